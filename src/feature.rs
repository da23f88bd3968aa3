//! Feature flags: states of the kind [`Kind::FEATURE`] whose data says for whom a feature is on.
//!
//! A flag is off unless its status is `enabled`; then its data decides, in this order: who is named in
//! `off` does not have it, who is named in `on` does, and of the others so many in a hundred as
//! `percentage` says. Without data it is on for everybody.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{Error, Kind, Scope, State, StateId, StateManager, Status};

/// Parts that a percentage is counted in: two digits behind the point make a difference.
const PARTS: u64 = 10_000;

/// For whom an enabled feature is on: the data of a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Of those who are not named: so many in a hundred, 0 to 100.
    pub percentage: f64,
    /// Those who have it.
    pub on: Vec<String>,
    /// Those who do not.
    pub off: Vec<String>,
}

impl Default for Audience {
    fn default() -> Self {
        Self {
            percentage: 100.0,
            on: Vec::new(),
            off: Vec::new(),
        }
    }
}

impl Audience {
    /// The audience that a flag's data describes; `null` is everybody.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field.
    pub fn of(data: &Value) -> Result<Self, Error> {
        if data.is_null() {
            return Ok(Self::default());
        }
        let audience = Self::deserialize(data)
            .map_err(|error| Error::invalid("data", format!("not a feature flag: {error}")))?;
        if !(0.0..=100.0).contains(&audience.percentage) {
            return Err(Error::invalid("data.percentage", "must be 0 to 100"));
        }
        Ok(audience)
    }

    /// Whether `subject` belongs to it. The same subject always gets the same answer; raising the
    /// percentage takes nobody out; two flags pick different people.
    pub fn includes(&self, flag: &StateId, subject: &str) -> bool {
        let is_named = |names: &[String]| names.iter().any(|name| name == subject);
        if is_named(&self.off) {
            return false;
        }
        is_named(&self.on) || (part(flag, subject) as f64) < self.percentage * PARTS as f64 / 100.0
    }
}

/// Where a subject stands among [`PARTS`].
fn part(flag: &StateId, subject: &str) -> u64 {
    let hash = Sha256::new()
        .chain_update(flag.as_str())
        .chain_update([0])
        .chain_update(subject)
        .finalize();
    let (first, _) = hash.split_at(8);
    first
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
        % PARTS
}

/// Whether the flag is on for `subject`.
fn is_on(flag: &State, subject: &str) -> Result<bool, Error> {
    if flag.kind != Kind::FEATURE || flag.status != Status::ENABLED {
        return Ok(false);
    }
    Ok(Audience::of(&flag.data)?.includes(&flag.id, subject))
}

impl StateManager {
    /// Whether a feature is on for `subject` (a person, a session, a tenant). A flag that does not
    /// exist, or whose time is over, is off.
    ///
    /// # Errors
    /// [`Error::Invalid`] when its data is not an [`Audience`].
    pub async fn is_on(&self, scope: &Scope, flag: &StateId, subject: &str) -> Result<bool, Error> {
        match self.get(scope, flag).await {
            Ok(Some(state)) => is_on(&state, subject),
            Ok(None) | Err(Error::Expired { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use serde_json::json;

    use super::*;

    fn flag() -> StateId {
        StateId::new("new-plot")
    }

    fn share(percentage: f64) -> usize {
        let audience = Audience {
            percentage,
            ..Audience::default()
        };
        let people = (0..10_000).map(|n| format!("user:{n}"));
        people.filter(|who| audience.includes(&flag(), who)).count()
    }

    #[test]
    fn so_many_in_a_hundred_have_it() {
        assert_eq!((share(0.0), share(100.0)), (0, 10_000));
        // Five standard deviations of a fair draw.
        assert!(share(25.0).abs_diff(2_500) < 220, "{}", share(25.0));
        assert!(share(0.5).abs_diff(50) < 36, "{}", share(0.5));
    }

    #[test]
    fn who_has_it_keeps_it_when_more_do() {
        let at = |percentage| Audience {
            percentage,
            ..Audience::default()
        };
        for n in 0..1_000 {
            let who = format!("user:{n}");
            if at(10.0).includes(&flag(), &who) {
                assert!(at(10.5).includes(&flag(), &who));
            }
        }
    }

    #[test]
    fn the_named_are_served_first_and_off_wins() {
        let audience =
            Audience::of(&json!({"percentage": 0, "on": ["ada", "bob"], "off": ["bob"]}));
        let audience = audience.unwrap();
        assert!(audience.includes(&flag(), "ada"));
        assert!(!audience.includes(&flag(), "bob"));
        assert!(!audience.includes(&flag(), "eve"));
    }

    #[test]
    fn what_is_not_an_audience_is_refused_with_its_field() {
        for (data, path) in [
            (json!({"percentage": 101}), "data.percentage"),
            (json!({"percentage": -1}), "data.percentage"),
            (json!({"percentage": "all"}), "data"),
            (json!({"users": []}), "data"),
        ] {
            let refused = Audience::of(&data).unwrap_err();
            assert!(matches!(refused, Error::Invalid { path: found, .. } if found == path));
        }
    }
}
