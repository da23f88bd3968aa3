//! A state's JSON, made once: the digest is taken of it, limits and quotas count it, and the backends keep
//! it. What goes around the state in a record of the log is each backend's own business.

pub(crate) mod json;
pub(crate) mod weight;

use std::sync::Arc;

use serde_json::Value;

use self::json::Tree;
use crate::{Scope, State};

/// The JSON of a state, together with the state that it was made from; or nothing, and then whoever
/// needs it makes it.
#[derive(Debug, Clone, Default)]
pub struct Text(Option<Made>);

/// What was made, and of what.
#[derive(Debug, Clone)]
struct Made {
    of: Arc<State>,
    json: Arc<str>,
    /// The memory of the state as a tree of values.
    weight: u32,
}

impl Text {
    pub(crate) fn new(state: &Arc<State>, json: Arc<str>, sizes: Sizes) -> Self {
        Self(Some(Made {
            of: Arc::clone(state),
            json,
            weight: weight::with(state, sizes.beyond),
        }))
    }

    /// The JSON, if it is this very state's: a write that was given another state has none.
    pub(crate) fn of(&self, state: &Arc<State>) -> Option<Arc<str>> {
        self.made_of(state).map(|made| Arc::clone(&made.json))
    }

    /// The memory that this very state takes as a tree of values.
    pub(crate) fn weight(&self, state: &Arc<State>) -> Option<u32> {
        self.made_of(state).map(|made| made.weight)
    }

    fn made_of(&self, state: &Arc<State>) -> Option<&Made> {
        self.0.as_ref().filter(|made| Arc::ptr_eq(&made.of, state))
    }
}

/// How large a value is as JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) bytes: u64,
    /// Those that open something, or look like it: no value nests deeper than it has of them.
    pub(crate) brackets: u64,
}

impl Size {
    pub(crate) fn of(json: &[u8]) -> Self {
        // In chunks whose count fits a byte, so that the processor compares many bytes at once.
        let counts = json.chunks(usize::from(u8::MAX)).map(|chunk| {
            // One bit tells the two apart.
            let is_opening = |byte: &u8| u8::from(byte | 0x20 == b'{');
            chunk.iter().map(is_opening).fold(0, u8::wrapping_add)
        });
        Self {
            bytes: json.len() as u64,
            brackets: counts.map(u64::from).sum(),
        }
    }
}

/// The parts that have limits of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) data: Size,
    pub(crate) metadata: Size,
    /// The memory of both as trees of values, outside of themselves.
    pub(crate) beyond: usize,
}

/// Appends a state as `serde_json` would, and says how large its parts are.
pub(crate) fn append(state: &State, text: &mut Vec<u8>) -> serde_json::Result<Sizes> {
    // Taken apart, so that no field is forgotten.
    let State {
        id,
        kind,
        name,
        status,
        data,
        metadata,
        version,
        schema_version,
        scope,
        created_at,
        updated_at,
        expires_at,
        digest,
        removed,
    } = state;
    text.extend_from_slice(b"{\"id\":");
    json::string(text, id.as_str())?;
    text.extend_from_slice(b",\"kind\":");
    json::string(text, kind.as_str())?;
    text.extend_from_slice(b",\"name\":");
    json::string(text, name)?;
    text.extend_from_slice(b",\"status\":");
    json::string(text, status.as_str())?;
    text.extend_from_slice(b",\"data\":");
    let (data, within_data) = part(text, data)?;
    text.extend_from_slice(b",\"metadata\":");
    let (metadata, within_metadata) = part(text, metadata)?;
    text.extend_from_slice(b",\"version\":");
    json::unsigned(text, version.0);
    text.extend_from_slice(b",\"schema_version\":");
    json::unsigned(text, u64::from(*schema_version));
    append_scope(text, scope)?;
    text.extend_from_slice(b",\"created_at\":");
    json::signed(text, created_at.0);
    text.extend_from_slice(b",\"updated_at\":");
    json::signed(text, updated_at.0);
    text.extend_from_slice(b",\"expires_at\":");
    match expires_at {
        Some(end) => json::signed(text, end.0),
        None => text.extend_from_slice(b"null"),
    }
    if let Some(removed) = removed {
        text.extend_from_slice(b",\"removed\":");
        json::other(text, removed)?;
    }
    text.extend_from_slice(b",\"digest\":\"");
    text.extend_from_slice(&digest.digits());
    text.extend_from_slice(b"\"}");
    Ok(Sizes {
        data,
        metadata,
        beyond: within_data + within_metadata,
    })
}

fn part(text: &mut Vec<u8>, value: &Value) -> serde_json::Result<(Size, usize)> {
    let before = text.len();
    let mut tree = Tree::default();
    json::value(text, value, &mut tree)?;
    let (bytes, brackets) = ((text.len() - before) as u64, tree.brackets);
    Ok((Size { bytes, brackets }, tree.beyond))
}

fn append_scope(text: &mut Vec<u8>, scope: &Scope) -> serde_json::Result<()> {
    let (kind, id) = match scope {
        Scope::Shared => ("shared", None),
        Scope::Tenant(id) => ("tenant", Some(id)),
        Scope::User(id) => ("user", Some(id)),
        Scope::Session(id) => ("session", Some(id)),
    };
    text.extend_from_slice(b",\"scope\":{\"type\":");
    json::string(text, kind)?;
    if let Some(id) = id {
        text.extend_from_slice(b",\"id\":");
        json::string(text, id)?;
    }
    text.push(b'}');
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{Digest, Kind, Removed, Revision, StateId, Status, Timestamp, Version};

    fn state(scope: Scope, data: Value, metadata: Value, expires_at: Option<Timestamp>) -> State {
        State {
            id: StateId::new("an \"id\" \u{1F600}"),
            kind: Kind::STORE,
            name: "a\\name".into(),
            status: Status::ACTIVE,
            data,
            metadata,
            version: Version(u64::MAX),
            schema_version: 7,
            scope,
            created_at: Timestamp(i64::MIN),
            updated_at: Timestamp(0),
            expires_at,
            digest: Digest([0xa5; 32]),
            removed: None,
        }
    }

    #[test]
    fn the_text_and_its_sizes_are_those_of_serde_json() {
        let data = json!({"b": [1, -2.5, 1e300, null, true], "a": {"\u{0}\n": "é"}});
        let user = Scope::User("ada \"x\"".into());
        let mut thinned = state(Scope::Shared, Value::Null, Value::Null, None);
        thinned.removed = Some(Arc::new(Removed {
            at: Timestamp(1),
            policy: "keep_days = 3".into(),
            by: Revision(9),
        }));
        for state in [
            thinned,
            state(user, data, json!({"tags": []}), Some(Timestamp(-5))),
            state(Scope::Shared, Value::Null, Value::Null, None),
            state(Scope::Tenant("t".into()), Value::Null, json!({}), None),
            state(Scope::Session("s".into()), json!([]), Value::Null, None),
            state(
                Scope::Shared,
                json!(vec![json!([]); 700]),
                Value::Null,
                None,
            ),
        ] {
            let mut text = b"before".to_vec();
            let sizes = append(&state, &mut text).unwrap();
            let expected = serde_json::to_string(&state).unwrap();
            assert_eq!(
                String::from_utf8(text).unwrap(),
                format!("before{expected}")
            );
            let weight = weight::with(&state, sizes.beyond);
            assert_eq!(
                weight,
                weight::of(&state),
                "learned on the way or looked for"
            );
            for (size, value) in [(sizes.data, &state.data), (sizes.metadata, &state.metadata)] {
                assert_eq!(size, crate::validate::size(value).unwrap());
                let json = value.to_string();
                assert_eq!(size.bytes, json.len() as u64);
                assert_eq!(size.brackets, json.matches(['[', '{']).count() as u64);
            }
        }
    }

    #[test]
    fn a_text_is_that_of_one_state_only() {
        let one = Arc::new(state(Scope::Shared, json!(1), Value::Null, None));
        let text = Text::new(&one, "{}".into(), Sizes::default());
        assert!(text.of(&one).is_some() && text.weight(&one).is_some());
        assert!(text.of(&Arc::new(State::clone(&one))).is_none());
        assert!(Text::default().of(&one).is_none());
    }
}
