//! Which state is asked for next: any of them, in an order that is the same at each run.

/// A generator by Marsaglia (xorshift64): a few instructions a number, and none of it is a secret.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Different numbers for each client.
    pub fn of(client: usize) -> Self {
        let mut random = Self((client as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.next();
        random
    }

    /// One of `0..below`.
    pub fn below(&mut self, below: usize) -> usize {
        (self.next() >> 16) as usize % below.max(1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
