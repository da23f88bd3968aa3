//! How often is too often: a token bucket for whoever is counted, and one for each scope that reads and writes.
//!
//! It counts what callers ask for, not what the engine does by itself: the sweeper and migrations
//! are never refused, and the log of all scopes is nobody's. Time comes from the clock.

use std::{fmt, hash::Hash, num::NonZeroU32, time::Duration};

use dashmap::DashMap;

use crate::{Error, Scope, Timestamp};

/// Buckets that are held, each in about 100 bytes. A full bucket says nothing and is
/// forgotten first; where more than half are not full, all are: too generous for a moment is better than
/// without bound.
const MAX_BUCKETS: usize = 65_536;

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
    reads: Option<Buckets<Scope>>,
    writes: Option<Buckets<Scope>>,
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
        let Some(buckets) = buckets else {
            return Ok(());
        };
        match buckets.take(scope, now()) {
            Ok(_) => Ok(()),
            Err(retry_after) => Err(Error::RateLimited { what, retry_after }),
        }
    }
}

/// A bucket of tokens for each key that is in use, in bounded memory. Taking one locks nobody else's for long, and
/// waits for nothing.
#[derive(Debug)]
pub struct Buckets<K: Eq + Hash> {
    rate: Rate,
    of: DashMap<K, Bucket>,
}

/// What is left when a token was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Whole tokens.
    pub tokens: u32,
    /// How long it takes until the bucket is full, if nobody takes more.
    pub full_in: Duration,
}

/// What was in it at a time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl<K: Eq + Hash + Clone> Buckets<K> {
    /// All full.
    pub fn new(rate: Rate) -> Self {
        let of = DashMap::new();
        Self { rate, of }
    }

    /// How often each may be taken from.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes a token of this key.
    ///
    /// # Errors
    /// How long it takes until there is one.
    pub fn take(&self, key: &K, now: Timestamp) -> Result<Left, Duration> {
        if let Some(mut bucket) = self.of.get_mut(key) {
            return bucket.take(self.rate, now);
        }
        if self.of.len() >= MAX_BUCKETS {
            self.forget(now);
        }
        let tokens = f64::from(self.rate.burst.get());
        let mut bucket = Bucket { tokens, at: now };
        let taken = bucket.take(self.rate, now);
        self.of.insert(key.clone(), bucket);
        taken
    }

    fn forget(&self, now: Timestamp) {
        let full = f64::from(self.rate.burst.get());
        self.of
            .retain(|_, bucket| bucket.filled(self.rate, now) < full);
        if self.of.len() > MAX_BUCKETS / 2 {
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

    fn take(&mut self, rate: Rate, now: Timestamp) -> Result<Left, Duration> {
        let tokens = self.filled(rate, now);
        self.at = now;
        // Whoever waited as long as they were told is not one rounding short.
        let is_enough = tokens > 1.0 - 1e-9;
        self.tokens = if is_enough { tokens - 1.0 } else { tokens };
        if !is_enough {
            return Err(time_for(1.0 - tokens, rate));
        }
        Ok(Left {
            tokens: self.tokens.max(0.0) as u32,
            full_in: time_for(f64::from(rate.burst.get()) - self.tokens, rate),
        })
    }
}

/// How long so many tokens take. The clock counts milliseconds.
fn time_for(tokens: f64, rate: Rate) -> Duration {
    let seconds = tokens / f64::from(rate.per_second.get());
    Duration::from_millis((seconds * 1000.0).ceil() as u64)
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
        for n in 0..MAX_BUCKETS {
            assert_eq!(buckets.take(&scope(n), now).unwrap().tokens, 1);
        }
        // A second later all but one are full again.
        let later = Timestamp(1000);
        for left in [1, 0] {
            assert_eq!(buckets.take(&scope(0), later).unwrap().tokens, left);
        }
        let left = buckets.take(&scope(MAX_BUCKETS), later).unwrap();
        assert_eq!(left.full_in, Duration::from_secs(1));
        assert_eq!(buckets.of.len(), 2);
        let refused = buckets.take(&scope(0), later);
        assert_eq!(refused, Err(Duration::from_secs(1)), "and that one is not");
        // Where nobody rests there is an end, too.
        for n in 0..3 * MAX_BUCKETS {
            let _taken: Result<Left, Duration> = buckets.take(&scope(n), later);
            assert!(buckets.of.len() <= MAX_BUCKETS);
        }
    }
}
