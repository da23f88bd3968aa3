//! Bytes that are almost right: what is known to be interesting, changed a little, for a time.

use std::{
    collections::BTreeMap,
    env,
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

/// For how many seconds each target runs; in the tests a few are enough to see that it works.
const SECONDS: &str = "HOLDFAST_FUZZ_SECONDS";
const DEFAULT_SECONDS: u64 = 3;

/// Where to begin, to do again what failed.
const SEED: &str = "HOLDFAST_FUZZ_SEED";

/// So many inputs are tried however slow the machine is.
const LEAST: u64 = 100;

/// Longer inputs are cut: they take time and show nothing new.
const LONGEST: usize = 64 * 1024;

/// What numbers, strings and nesting are wrong with, more often than chance would have it.
const TOKENS: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"null",
    b"-1",
    b"-0.0",
    b"1e999",
    b"18446744073709551616",
    b"9223372036854775808",
    b"\\u0000",
    b"\\ud800",
    b"\0",
    b"\xff",
    b"\xf0\x9f\x98\x80",
    b"%",
    b"_",
    b"*",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

pub struct Fuzzer {
    seed: u64,
    random: StdRng,
    corpus: Vec<Vec<u8>>,
    /// How often each kind of answer was given.
    answers: BTreeMap<String, u64>,
    input: Vec<u8>,
    count: u64,
    until: Instant,
}

impl Fuzzer {
    /// Begins with these as they are, and goes on with what can be made of them.
    pub fn over(corpus: Vec<Vec<u8>>) -> Self {
        let number = |name| env::var(name).ok().map(|text| text.parse().unwrap());
        let seed = number(SEED).unwrap_or_else(rand::random);
        let seconds = number(SECONDS).unwrap_or(DEFAULT_SECONDS);
        Self {
            seed,
            random: StdRng::seed_from_u64(seed),
            corpus,
            answers: BTreeMap::new(),
            input: Vec::new(),
            count: 0,
            until: Instant::now() + Duration::from_secs(seconds),
        }
    }

    /// The next input; `None` when the time is over.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        if self.count >= LEAST && Instant::now() >= self.until {
            return None;
        }
        let known = usize::try_from(self.count).unwrap();
        self.count += 1;
        self.input = match self.corpus.get(known) {
            Some(input) => input.clone(),
            None => self.changed(),
        };
        Some(self.input.clone())
    }

    /// What the last input led to. One that led to something new is worth changing further.
    pub fn answered(&mut self, answer: impl Into<String>) {
        let times = self.answers.entry(answer.into()).or_default();
        *times += 1;
        if *times == 1 {
            self.corpus.push(self.input.clone());
        }
    }

    /// Says what was seen, which must include this.
    pub fn finish(self, expected: &[&str]) {
        eprintln!("{} inputs: {:?}", self.count, self.answers);
        for answer in expected {
            assert!(self.answers.contains_key(*answer), "never {answer}");
        }
    }

    fn changed(&mut self) -> Vec<u8> {
        let random = &mut self.random;
        let mut bytes = self.corpus.choose(random).unwrap().clone();
        for _ in 0..random.random_range(1..=4) {
            let at = random.random_range(0..=bytes.len());
            let end = (at + random.random_range(1..=16)).min(bytes.len());
            match random.random_range(0..7) {
                0 => bytes
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|byte| *byte ^= 1 << (at % 8)),
                1 => bytes
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|byte| *byte = random.random()),
                2 => drop(bytes.drain(at..end)),
                3 => bytes.truncate(at),
                4 => {
                    let again = bytes[at..end].to_vec();
                    drop(bytes.splice(at..at, again));
                }
                5 => {
                    let other = self.corpus.choose(random).unwrap();
                    let from = random.random_range(0..=other.len());
                    bytes.splice(at.., other[from..].iter().copied());
                }
                _ => {
                    let token = TOKENS.choose(random).unwrap();
                    drop(bytes.splice(at..at, token.iter().copied()));
                }
            }
        }
        bytes.truncate(LONGEST);
        bytes
    }
}

impl Drop for Fuzzer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (seed, count, input) = (self.seed, self.count, self.input.escape_ascii());
            eprintln!("{SEED}={seed}, input {count}: b\"{input}\"");
        }
    }
}
