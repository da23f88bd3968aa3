//! Time and new ids, as parameters: a test moves the clock and knows the ids beforehand.
//!
//! Nothing else in the crate reads the system's clock or randomness.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use rand::{RngCore, SeedableRng, rngs::StdRng};
use tokio::sync::watch;

use crate::{StateId, Timestamp};

/// The longest that a waiter sleeps before it looks at the clock again: the computer's clock may have
/// been set, or the computer may have been asleep.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Says what time it is.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now, in milliseconds since 1970-01-01 UTC.
    fn now(&self) -> Timestamp;

    /// Waits until it is `at`, or later.
    async fn until(&self, at: Timestamp) {
        loop {
            let left = u64::try_from(at.0.saturating_sub(self.now().0)).unwrap_or_default();
            if left == 0 {
                return;
            }
            tokio::time::sleep(LOOK_AGAIN.min(Duration::from_millis(left))).await;
        }
    }
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one clock that asks the computer"
    )]
    fn now(&self) -> Timestamp {
        // A clock set before 1970 is the only way to fail; zero is then as good as anything.
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
    /// A clock standing at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(watch::Sender::new(start))
    }

    /// Moves the clock forward, and wakes those whose time has come.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0
            .send_modify(|now| now.0 = now.0.saturating_add(millis));
    }

    /// Sets the clock, back too, as somebody does who corrects a computer's.
    pub fn set(&self, now: Timestamp) {
        self.0.send_replace(now);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn until(&self, at: Timestamp) {
        // It ends early only when the clock is gone, and this borrows it.
        let _ = self.0.subscribe().wait_for(|now| *now >= at).await;
    }
}

/// Names a state whose creator did not.
pub trait Ids: fmt::Debug + Send + Sync {
    /// An id that was never given before.
    fn next(&self) -> StateId;
}

/// Ids as UUID version 7 (RFC 9562): 48 bits of time, so that they sort by it, and 74 random bits.
pub struct UuidV7 {
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn RngCore + Send>>,
}

impl UuidV7 {
    /// Ids with the randomness of `random`: a seeded one makes a test repeatable.
    pub fn new(clock: Arc<dyn Clock>, random: impl RngCore + Send + 'static) -> Self {
        Self {
            clock,
            random: Mutex::new(Box::new(random)),
        }
    }

    /// Ids with randomness seeded by the operating system.
    pub fn seeded_by_system(clock: Arc<dyn Clock>) -> Self {
        Self::new(clock, StdRng::from_os_rng())
    }
}

impl fmt::Debug for UuidV7 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UuidV7").finish_non_exhaustive()
    }
}

impl Ids for UuidV7 {
    fn next(&self) -> StateId {
        let mut random = [0; 10];
        // A generator whose other user panicked is still a generator.
        let mut source = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        source.fill_bytes(&mut random);
        drop(source);
        let millis = u64::try_from(self.clock.now().0).unwrap_or_default();
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        StateId::new(uuid.to_string())
    }
}
