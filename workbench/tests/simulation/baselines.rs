//! Baselines against their distributions: mean, deviation, ends of the range, the share above the threshold.

use statrs::function::beta::beta_reg;

use super::support::{ERRORS, STANDARD, assert_share, deviation, lives, mean, with};

/// Baselines of many patients.
fn baselines(distribution: &str) -> Vec<f64> {
    let normal = "type: normal\n  mean: 70\n  sd: 10\n  range: [20, 90]\n";
    let text = with(STANDARD, normal, distribution);
    let lives = lives(&text, 200_000, 0, 3);
    lives.iter().map(|(life, _)| life.baseline).collect()
}

#[track_caller]
fn assert_moments(values: &[f64], chances: impl Fn(u8) -> f64, least: u8, most: u8) -> (f64, f64) {
    let letters = || (least..=most).map(f64::from);
    let total: f64 = (least..=most).map(&chances).sum();
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    let expected: f64 = letters()
        .zip(least..=most)
        .map(|(x, k)| x * chances(k))
        .sum();
    let moment = |power: i32| -> f64 {
        letters()
            .zip(least..=most)
            .map(|(x, k)| (x - expected).powi(power) * chances(k))
            .sum()
    };
    let (variance, fourth) = (moment(2), moment(4));
    let count = values.len() as f64;
    let error = (variance / count).sqrt();
    assert!(
        (mean(values) - expected).abs() < ERRORS * error,
        "{} {expected}",
        mean(values)
    );
    // The standard error of a variance, and by it of its root.
    let error = ((fourth - variance * variance) / count).sqrt() / (2.0 * variance.sqrt());
    let sd = variance.sqrt();
    assert!(
        (deviation(values) - sd).abs() < ERRORS * error,
        "{} {sd}",
        deviation(values)
    );
    assert!(
        values
            .iter()
            .all(|it| it.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(it))
    );
    (expected, sd)
}

#[test]
fn a_beta_baseline_has_the_moments_of_its_density() {
    let values = baselines(
        "type: beta_with_threshold\n  a: 3.5\n  b: 2.0\n  range: [5, 98]\n  threshold: 70\n  reduction: 0.6\n",
    );
    let below = |x: f64| beta_reg(3.5, 2.0, ((x - 5.0) / 93.0).clamp(0.0, 1.0));
    let kept = 1.0 - 0.6 * (1.0 - below(70.0));
    let cumulative = |x: f64| {
        let above = (below(x) - below(70.0)).max(0.0);
        (below(x) - 0.6 * above) / kept
    };
    let chance =
        |letter: u8| cumulative(f64::from(letter) + 0.5) - cumulative(f64::from(letter) - 0.5);
    let (expected, sd) = assert_moments(&values, chance, 5, 98);
    let above: f64 = (71..=98).map(chance).sum();
    let found = values.iter().filter(|letters| **letters > 70.0).count();
    assert_share(found, values.len(), above, "above 70");
    // What the density comes to, and the clinics' figures that it was made for: 58.4, 15.1, 20.4 %.
    assert!(
        (expected - 58.68).abs() < 0.01
            && (sd - 16.50).abs() < 0.01
            && (above - 0.215).abs() < 0.001
    );
    assert!(
        (expected - 58.4).abs() < 0.5 && (sd - 15.1).abs() < 1.5 && (above - 0.204).abs() < 0.015
    );
}

#[test]
fn a_normal_baseline_is_cut_to_the_letter_and_to_its_range() {
    let values = baselines("type: normal\n  mean: 70\n  sd: 10\n  range: [20, 90]\n");
    let below =
        |x: f64| 0.5 * statrs::function::erf::erfc(-(x - 70.0) / 10.0 / std::f64::consts::SQRT_2);
    let chance = |letter: u8| match letter {
        20 => below(21.0),
        90 => 1.0 - below(90.0),
        _ => below(f64::from(letter) + 1.0) - below(f64::from(letter)),
    };
    assert_moments(&values, chance, 20, 90);
}

#[test]
fn a_uniform_baseline_has_each_letter_as_often() {
    let values = baselines("type: uniform\n  range: [30, 79]\n");
    assert_moments(&values, |_| 0.02, 30, 79);
    for letter in [30.0, 79.0] {
        let found = values.iter().filter(|it| **it == letter).count();
        assert_share(found, values.len(), 0.02, "an end of the range");
    }
}
