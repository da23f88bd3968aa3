//! How often somebody may try a password, or a code after it. What is counted is the attempt, before it is known whether it is right, and
//! whether there is such an account or not.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

use holdfast::Timestamp;

use super::Email;

/// After the first failure, so long is counted; who has too many waits for the end of it.
const WINDOW_MS: i64 = 15 * 60_000;
/// For one account from one address: what a person who forgot it tries.
const PAIR: u32 = 5;
/// From one address for any accounts: an office behind one address passes, a list of accounts does not.
const ADDRESS: u32 = 50;
/// For one account from any addresses: a person from another address still gets in while somebody tries from many.
const ACCOUNT: u32 = 100;
/// Codes after a right password, for one account from any addresses: a million codes, three of them good, are not found so.
const CODE: u32 = 20;
/// What is counted at a time, each in about 100 bytes. Beyond it, what is new shares one count.
const MOST: usize = 30_000;

/// What attempts are counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Of {
    Pair(Email, IpAddr),
    Address(IpAddr),
    Account(Email),
    Code(Email),
    Others,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    tries: u32,
    since: i64,
}

/// Attempts by account and address.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<Of, Count>>);

/// Too many attempts: in so many minutes there may be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) minutes: u32,
}

impl Throttle {
    /// Counts an attempt, and says how many of this account from this address are left after it.
    pub(super) fn attempt(
        &self,
        email: &Email,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<u32, Wait> {
        let address = network(address);
        self.counted(
            &[
                (Of::Pair(email.clone(), address), PAIR),
                (Of::Address(address), ADDRESS),
                (Of::Account(email.clone()), ACCOUNT),
            ],
            now,
        )
    }

    /// The same for a code: whoever may try one has proved the password.
    pub(super) fn code(&self, email: &Email, address: IpAddr, now: Timestamp) -> Result<u32, Wait> {
        let address = network(address);
        self.counted(
            &[
                (Of::Pair(email.clone(), address), PAIR),
                (Of::Address(address), ADDRESS),
                (Of::Account(email.clone()), ACCOUNT),
                (Of::Code(email.clone()), CODE),
            ],
            now,
        )
    }

    /// Counts for all of these, or for none where one is full; how many are left.
    fn counted(&self, limits: &[(Of, u32)], now: Timestamp) -> Result<u32, Wait> {
        let mut counts = self.counts();
        let over = limits
            .iter()
            .filter_map(|(of, most)| over(&counts, of, *most, now));
        if let Some(wait) = over.max() {
            return Err(Wait {
                minutes: minutes(wait),
            });
        }
        make_room(&mut counts, now);
        let mut left = PAIR;
        for (of, most) in limits {
            let tries = count(&mut counts, of.clone(), now);
            left = left.min(most.saturating_sub(tries));
        }
        Ok(left)
    }

    /// Counts something else that one address may not do without end: signing up.
    pub(super) fn from(&self, address: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let address = network(address);
        let mut counts = self.counts();
        if let Some(wait) = over(&counts, &Of::Address(address), ADDRESS, now) {
            return Err(Wait {
                minutes: minutes(wait),
            });
        }
        make_room(&mut counts, now);
        count(&mut counts, Of::Address(address), now);
        Ok(())
    }

    /// The attempt was right: it is not held against the person.
    pub(super) fn forgive(&self, email: &Email, address: IpAddr) {
        let address = network(address);
        let mut counts = self.counts();
        counts.remove(&Of::Pair(email.clone(), address));
        for of in [Of::Address(address), Of::Account(email.clone())] {
            if let Some(count) = counts.get_mut(&of) {
                count.tries = count.tries.saturating_sub(1);
            }
        }
    }

    /// So was the code, after the password.
    pub(super) fn forgive_code(&self, email: &Email, address: IpAddr) {
        self.forgive(email, address);
        self.counts().remove(&Of::Code(email.clone()));
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Of, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What counts as one address. Who has one of IPv6 has the 2^64 beside it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

/// How long to wait, in milliseconds, if there were too many.
fn over(counts: &HashMap<Of, Count>, of: &Of, most: u32, now: Timestamp) -> Option<i64> {
    let (count, most) = match counts.get(of) {
        Some(count) => (count, most),
        None if counts.len() >= MOST => (counts.get(&Of::Others)?, ACCOUNT),
        None => return None,
    };
    let end = count.since.saturating_add(WINDOW_MS);
    (count.tries >= most && now.0 < end).then(|| end - now.0)
}

fn count(counts: &mut HashMap<Of, Count>, of: Of, now: Timestamp) -> u32 {
    let is_full = counts.len() >= MOST && !counts.contains_key(&of);
    let of = if is_full { Of::Others } else { of };
    let fresh = Count {
        tries: 0,
        since: now.0,
    };
    let count = counts.entry(of).or_insert(fresh);
    if now.0 >= count.since.saturating_add(WINDOW_MS) {
        *count = fresh;
    }
    count.tries = count.tries.saturating_add(1);
    count.tries
}

/// Forgets what is over, once there is much.
fn make_room(counts: &mut HashMap<Of, Count>, now: Timestamp) {
    if counts.len() >= MOST {
        counts.retain(|_, count| now.0 < count.since.saturating_add(WINDOW_MS));
    }
}

fn minutes(millis: i64) -> u32 {
    u32::try_from(millis.div_euclid(60_000) + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn email(n: u32) -> Email {
        Email::parse(&format!("p{n}@lab.org")).unwrap()
    }

    fn from(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    #[test]
    fn five_attempts_then_a_wait_and_others_are_not_held_up() {
        let (throttle, now) = (Throttle::default(), Timestamp(1_000));
        for left in [4, 3, 2, 1, 0] {
            assert_eq!(throttle.attempt(&email(1), from(1), now), Ok(left));
        }
        assert_eq!(
            throttle.attempt(&email(1), from(1), now),
            Err(Wait { minutes: 16 })
        );
        assert_eq!(throttle.attempt(&email(1), from(2), now), Ok(4));
        assert_eq!(throttle.attempt(&email(2), from(1), now), Ok(4));
        let later = Timestamp(now.0 + WINDOW_MS);
        assert_eq!(throttle.attempt(&email(1), from(1), later), Ok(4));
    }

    #[test]
    fn who_has_a_network_has_one_address() {
        let (throttle, now) = (Throttle::default(), Timestamp(1_000));
        let of = |n: u128| IpAddr::from((0x2001_0db8_u128 << 96 | n).to_be_bytes());
        for n in 0..5 {
            assert!(throttle.attempt(&email(1), of(n), now).is_ok());
        }
        assert!(throttle.attempt(&email(1), of(6), now).is_err());
        assert_eq!(throttle.attempt(&email(1), of(1 << 64), now), Ok(4));
    }

    #[test]
    fn who_gets_in_begins_anew() {
        let (throttle, now) = (Throttle::default(), Timestamp(0));
        for _ in 0..4 {
            throttle.attempt(&email(1), from(1), now).unwrap();
        }
        throttle.forgive(&email(1), from(1));
        assert_eq!(throttle.attempt(&email(1), from(1), now), Ok(4));
    }

    #[test]
    fn a_list_of_accounts_from_one_address_is_stopped_and_so_is_one_account_from_many() {
        let (throttle, now) = (Throttle::default(), Timestamp(0));
        for n in 0..ADDRESS {
            throttle.attempt(&email(n), from(1), now).unwrap();
        }
        assert!(throttle.attempt(&email(999), from(1), now).is_err());
        for n in 0..ACCOUNT {
            throttle.attempt(&email(5_000), from(100 + n), now).unwrap();
        }
        assert!(throttle.attempt(&email(5_000), from(9_999), now).is_err());
    }

    #[test]
    fn a_right_password_gives_no_more_codes_to_try() {
        let (throttle, now) = (Throttle::default(), Timestamp(0));
        for n in 0..CODE {
            throttle.attempt(&email(1), from(n), now).unwrap();
            throttle.forgive(&email(1), from(n));
            throttle.code(&email(1), from(n), now).unwrap();
        }
        assert!(throttle.code(&email(1), from(999), now).is_err());
        assert!(throttle.code(&email(2), from(999), now).is_ok());
        throttle.forgive_code(&email(1), from(999));
        assert!(throttle.code(&email(1), from(999), now).is_ok());
    }

    #[test]
    fn a_flood_is_bounded_in_memory_and_stopped() {
        let (throttle, now) = (Throttle::default(), Timestamp(0));
        for n in 0..20_000 {
            let _attempt: Result<u32, Wait> = throttle.attempt(&email(n), from(n), now);
        }
        assert!(throttle.counts().len() <= MOST + 2);
        assert!(throttle.attempt(&email(50_000), from(50_000), now).is_err());
        let later = Timestamp(WINDOW_MS);
        assert!(
            throttle
                .attempt(&email(50_000), from(50_000), later)
                .is_ok()
        );
    }
}
