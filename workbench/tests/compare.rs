//! Comparisons: statistics of two samples against scipy, curves and tables counted by hand, and the laws of the page.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may stop at a surprise"
)]

#[path = "compare/answers.rs"]
mod answers;
#[path = "compare/by_hand.rs"]
mod by_hand;
#[path = "compare/laws.rs"]
mod laws;
#[path = "compare/made.rs"]
mod made;
#[path = "compare/two_samples.rs"]
mod two_samples;
