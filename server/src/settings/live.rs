//! Who is told of changes as they happen, and how often anybody may ask.

use std::num::NonZeroU32;

use holdfast::limits::Rate;
use serde::{Deserialize, Serialize};

/// Live connections: event streams and sockets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiveSettings {
    /// Connections of everybody together.
    pub listeners: usize,
    /// Connections of one browser's session, or under one token.
    pub listeners_per_session: usize,
    /// Seconds after which a silent connection is given a sign of life.
    pub keep_alive_seconds: u64,
    /// Seconds that a client may take to receive one message.
    pub patience_seconds: u64,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            listeners: 10_000,
            listeners_per_session: 32,
            keep_alive_seconds: 15,
            patience_seconds: 10,
        }
    }
}

/// How often requests may come: so many a second in the long run (0: as many as it likes), so many at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// From one address; of IPv6 from one network of 64 bits.
    pub address_per_second: u32,
    /// At once.
    pub address_burst: u32,
    /// Of one account, in browsers.
    pub account_per_second: u32,
    /// At once.
    pub account_burst: u32,
    /// Under one token.
    pub token_per_second: u32,
    /// At once.
    pub token_burst: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            address_per_second: 5_000,
            address_burst: 20_000,
            account_per_second: 1_000,
            account_burst: 10_000,
            token_per_second: 500,
            token_burst: 5_000,
        }
    }
}

impl LimitSettings {
    pub(crate) fn address(&self) -> Option<Rate> {
        rate(self.address_per_second, self.address_burst)
    }

    pub(crate) fn account(&self) -> Option<Rate> {
        rate(self.account_per_second, self.account_burst)
    }

    pub(crate) fn token(&self) -> Option<Rate> {
        rate(self.token_per_second, self.token_burst)
    }
}

/// None where the long run is not limited.
fn rate(per_second: u32, burst: u32) -> Option<Rate> {
    Some(Rate {
        per_second: NonZeroU32::new(per_second)?,
        burst: NonZeroU32::new(burst)?,
    })
}
