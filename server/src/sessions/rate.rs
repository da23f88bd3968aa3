//! How often one address may open a session: a generous bound that a person never meets.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use holdfast::Timestamp;

use crate::web::network;

const WINDOW_MS: i64 = 60_000;
/// Addresses counted at a time. Beyond it, new addresses share one count: memory stays bounded.
const MAX_ADDRESSES: usize = 10_000;

/// Counts openings by address in windows of a minute.
#[derive(Debug)]
pub(crate) struct Rate {
    per_window: u32,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    window: i64,
    by_address: HashMap<IpAddr, u32>,
    others: u32,
}

impl Rate {
    pub(crate) fn new(per_window: u32) -> Self {
        Self {
            per_window,
            counts: Mutex::default(),
        }
    }

    /// Counts one opening; whether it is still within the bound.
    pub(crate) fn allows(&self, address: IpAddr, now: Timestamp) -> bool {
        let address = network(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let window = now.0.div_euclid(WINDOW_MS);
        if counts.window != window {
            *counts = Counts {
                window,
                ..Counts::default()
            };
        }
        let is_known = counts.by_address.contains_key(&address);
        let count = if is_known || counts.by_address.len() < MAX_ADDRESSES {
            counts.by_address.entry(address).or_default()
        } else {
            &mut counts.others
        };
        *count = count.saturating_add(1);
        *count <= self.per_window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_over_the_bound_waits_for_the_next_minute_and_others_do_not() {
        let rate = Rate::new(2);
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let now = Timestamp(1_000_000_000);
        assert!(rate.allows(one, now) && rate.allows(one, now));
        assert!(!rate.allows(one, now));
        assert!(rate.allows(other, now));
        assert!(rate.allows(one, Timestamp(now.0 + WINDOW_MS)));
    }

    #[test]
    fn a_flood_of_addresses_is_bounded_in_memory_and_in_number() {
        let rate = Rate::new(1);
        let now = Timestamp(0);
        let address = |n: u32| IpAddr::from(n.to_be_bytes());
        for n in 0..10_001 {
            assert!(rate.allows(address(n), now));
        }
        assert!(!rate.allows(address(20_000), now));
    }
}
