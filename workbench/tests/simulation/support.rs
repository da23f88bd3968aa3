//! Protocols and orders to begin from, and how far a share may be from what it should be.

use workbench::simulation::{
    Order, Recruitment,
    model::{Life, Model, Visit, stream},
    protocol::Protocol,
};

pub const STANDARD: &str = include_str!("../../../samples/protocols/aflibercept_te.yaml");
pub const NHS: &str = include_str!("../../../samples/protocols/aflibercept_te_nhs.yaml");
pub const MONTHLY: &str = include_str!("../../../samples/protocols/fixed_monthly.yaml");
pub const REACTIVE: &str = include_str!("../../../samples/protocols/aflibercept_reactive.yaml");

/// Standard errors that a figure may be from its closed form: chance goes beyond once in 150,000 figures, and the seeds
/// are fixed.
pub const ERRORS: f64 = 4.5;

/// A text with one place changed; the place must be there.
pub fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// Nobody stops.
pub fn without_endings(text: &str) -> String {
    let text = with(text, "poor_vision_rate: 0.10", "poor_vision_rate: 0");
    let text = with(&text, "injections_rate: 0.02", "injections_rate: 0");
    with(&text, "months_rate: 0.01", "months_rate: 0")
}

pub fn order(protocol: &str) -> Order {
    Order {
        name: None,
        protocol: protocol.to_owned(),
        patients: 1000,
        duration_years: 5.0,
        seed: 42,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    }
}

/// So many lives of so many days, each with its visits.
pub fn lives(protocol: &str, count: u64, days: u32, seed: u64) -> Vec<(Life, Vec<Visit>)> {
    let model = Model::of(&Protocol::read(protocol).unwrap()).unwrap();
    let live = |number| {
        let mut visits = Vec::new();
        let life = model.live(days, &mut stream(seed, number), |visit| visits.push(visit));
        (life, visits)
    };
    (1..=count).map(live).collect()
}

/// A share of `count` independent cases must be near its chance.
#[track_caller]
pub fn assert_share(found: usize, count: usize, chance: f64, what: &str) {
    let (found, count) = (found as f64, count as f64);
    let error = (chance * (1.0 - chance) / count).sqrt();
    let distance = (found / count - chance).abs();
    assert!(
        distance <= ERRORS * error + 1e-12,
        "{what}: {} instead of {chance} ± {error}",
        found / count
    );
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}
