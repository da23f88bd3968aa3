//! Randomness that is the same on any number of threads: a counter-based generator, and for each patient a stream of
//! their own. Streams of one seed never overlap (ChaCha with 8 rounds; 64 bits of key from the seed, 64 of stream).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The generator of one stream.
pub type Random = ChaCha8Rng;

/// The stream that arrivals are drawn from; patients are numbered from 1.
pub const ARRIVALS: u64 = 0;

/// The beginning of one stream of a run's seed.
pub fn stream(seed: u64, number: u64) -> Random {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(number);
    random
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    fn first(seed: u64, number: u64) -> [u64; 4] {
        let mut random = stream(seed, number);
        std::array::from_fn(|_| random.random())
    }

    #[test]
    fn a_stream_is_the_same_each_time_and_like_no_other() {
        assert_eq!(first(7, 3), first(7, 3));
        assert_ne!(first(7, 3), first(7, 4));
        assert_ne!(first(7, 3), first(8, 3));
    }
}
