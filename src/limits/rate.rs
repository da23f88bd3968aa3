//! How often a scope may read and write: a token bucket for each scope that is in use.
//!
//! It counts what callers ask for, not what the engine does by itself: the sweeper and migrations
//! are never refused, and the log of all scopes is nobody's. Time comes from the clock.

use std::{fmt, num::NonZeroU32, time::Duration};

use dashmap::DashMap;

use crate::{Error, Scope, Timestamp};

/// Scopes whose buckets are held, each in about 100 bytes. A full bucket says nothing and is
/// forgotten first; where more than half are not full, all are: too generous for a moment is better than
/// without bound.
const MAX_SCOPES: usize = 65_536;

/// How often each scope may do something. Without a rate as often as it likes, which is the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Looking up a state, a page of states, a page of history.
    pub reads: Option<Rate>,
    /// Writing a state; in a transaction each of its writes, when it is drafted.
    pub writes: Option<Rate>,
}

/// So many at once, and so many a second in the long run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run.
    pub per_second: NonZeroU32,
    /// At once, after a time of rest.
    pub burst: NonZeroU32,
}

/// What a rate limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Reading states.
    Read,
    /// Writing states.
    Write,
}

impl Access {
    /// The setting that decides, as it is named in the configuration.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Read => "state.reads_per_second",
            Self::Write => "state.writes_per_second",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "reads",
            Self::Write => "writes",
        })
    }
}

/// The buckets of all scopes.
#[derive(Debug)]
pub(crate) struct Gate {
    reads: Option<Buckets>,
    writes: Option<Buckets>,
}

impl Gate {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            reads: limits.reads.map(Buckets::new),
            writes: limits.writes.map(Buckets::new),
        }
    }

    /// Lets one access of a scope pass, or says when the next one may.
    pub(crate) fn admit(
        &self,
        what: Access,
        scope: &Scope,
        now: impl FnOnce() -> Timestamp,
    ) -> Result<(), Error> {
        let buckets = match what {
            Access::Read => &self.reads,
            Access::Write => &self.writes,
        };
        let refused = buckets.as_ref().and_then(|all| all.take(scope, now()));
        refused.map_or(Ok(()), |retry_after| {
            Err(Error::RateLimited { what, retry_after })
        })
    }
}

#[derive(Debug)]
struct Buckets {
    rate: Rate,
    of: DashMap<Scope, Bucket>,
}

/// What was in it at a time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Buckets {
    fn new(rate: Rate) -> Self {
        let of = DashMap::new();
        Self { rate, of }
    }

    /// Takes a token, or says how long it takes until there is one.
    fn take(&self, scope: &Scope, now: Timestamp) -> Option<Duration> {
        if let Some(mut bucket) = self.of.get_mut(scope) {
            return bucket.take(self.rate, now);
        }
        if self.of.len() >= MAX_SCOPES {
            self.forget(now);
        }
        let tokens = f64::from(self.rate.burst.get());
        let mut bucket = Bucket { tokens, at: now };
        let refused = bucket.take(self.rate, now);
        self.of.insert(scope.clone(), bucket);
        refused
    }

    fn forget(&self, now: Timestamp) {
        let full = f64::from(self.rate.burst.get());
        self.of
            .retain(|_, bucket| bucket.filled(self.rate, now) < full);
        if self.of.len() > MAX_SCOPES / 2 {
            self.of.clear();
        }
    }
}

impl Bucket {
    /// What is in it now. A clock that was set back fills nothing, and takes nothing.
    fn filled(&self, rate: Rate, now: Timestamp) -> f64 {
        let millis = now.0.saturating_sub(self.at.0).max(0);
        let more = millis as f64 / 1000.0 * f64::from(rate.per_second.get());
        (self.tokens + more).min(f64::from(rate.burst.get()))
    }

    fn take(&mut self, rate: Rate, now: Timestamp) -> Option<Duration> {
        let tokens = self.filled(rate, now);
        self.at = now;
        // Whoever waited as long as they were told is not one rounding short.
        let is_enough = tokens > 1.0 - 1e-9;
        self.tokens = if is_enough { tokens - 1.0 } else { tokens };
        let missing = (1.0 - tokens) / f64::from(rate.per_second.get());
        // The clock counts milliseconds.
        (!is_enough).then(|| Duration::from_millis((missing * 1000.0).ceil() as u64))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use super::*;

    #[test]
    fn scopes_that_rest_are_forgotten_and_memory_stays_bounded() {
        let two = NonZeroU32::new(2).unwrap();
        let rate = Rate {
            per_second: NonZeroU32::MIN,
            burst: two,
        };
        let buckets = Buckets::new(rate);
        let scope = |n: usize| Scope::Session(n.to_string());
        let now = Timestamp(0);
        for n in 0..MAX_SCOPES {
            assert_eq!(buckets.take(&scope(n), now), None);
        }
        // A second later all but one are full again.
        let later = Timestamp(1000);
        for _ in 0..2 {
            assert_eq!(buckets.take(&scope(0), later), None);
        }
        assert_eq!(buckets.take(&scope(MAX_SCOPES), later), None);
        assert_eq!(buckets.of.len(), 2);
        let refused = buckets.take(&scope(0), later);
        assert_eq!(refused, Some(Duration::from_secs(1)), "and that one is not");
        // Where nobody rests there is an end, too.
        for n in 0..3 * MAX_SCOPES {
            buckets.take(&scope(n), later);
            assert!(buckets.of.len() <= MAX_SCOPES);
        }
    }
}
