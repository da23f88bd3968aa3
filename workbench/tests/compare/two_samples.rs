//! Two samples against stored answers of scipy and statsmodels (`reference/make.py`), to 1e-9; and laws of any two.

use proptest::prelude::*;
use serde_json::Value;
use workbench::statistics::{NotMade, Sample, holm, two_samples};

const STORED: &str = include_str!("../reference/two_samples.json");
const LABS: &str = include_str!("../../../samples/pbc/labs.csv");
const PEOPLE: &str = include_str!("../../../samples/pbc/demographics.csv");

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[track_caller]
fn assert_close(what: &str, ours: f64, theirs: f64) {
    // Below the smallest normal double there are no digits to compare.
    let allowed = 1e-9 * theirs.abs() + 1e-300;
    assert!(
        (ours - theirs).abs() <= allowed,
        "{what}: ours {ours:e}, theirs {theirs:e}"
    );
}

/// A stored sample, or one that is drawn as the script draws it: seed, count, modulus, divisor, shift.
fn sample(name: &str, value: &Value) -> Sample {
    let numbers: Vec<f64> = value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect();
    let is_drawn = ["long", "few against", "some against", "the whole"]
        .iter()
        .any(|start| name.starts_with(start));
    let ([seed, count, modulus, divisor, shift], true) = (
        <[f64; 5]>::try_from(numbers.clone()).unwrap_or_default(),
        is_drawn,
    ) else {
        return Sample::new(numbers);
    };
    let mut seed = seed as u64;
    (0..count as u64)
        .map(|_| {
            seed = seed * 48_271 % 2_147_483_647;
            (seed % modulus as u64) as f64 / divisor + shift
        })
        .collect()
}

/// Bilirubin at all visits of an arm of the sample study.
fn bilirubin(arm: &str) -> Sample {
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let treated: Vec<String> = PEOPLE
        .lines()
        .map(cells)
        .filter(|row| row[3] == arm)
        .map(|row| row[0].clone())
        .collect();
    LABS.lines()
        .skip(1)
        .map(cells)
        .filter(|row| treated.contains(&row[0]))
        .filter_map(|row| row[3].parse().ok())
        .collect()
}

fn check(case: &Value, a: &Sample, b: &Sample) {
    let name = case["name"].as_str().expect("a name");
    let ours = two_samples(a, b);
    let (welch, ranks, whole) = (
        ours.welch.expect("they vary"),
        ours.mann_whitney.expect("they vary"),
        ours.smirnov.expect("there are values"),
    );
    assert_eq!(whole.is_exact, case["is_exact"], "{name}");
    // A difference of two means keeps the rounding of both.
    let rounding = 1e-13 * a.values().iter().map(|v| v.abs()).fold(1.0, f64::max);
    assert!((ours.difference - number(&case["difference"])).abs() <= rounding);
    for (what, value, key) in [
        ("half", (ours.interval[1] - ours.interval[0]) / 2.0, "half"),
        ("df", welch.freedom, "freedom"),
        ("U", ranks.u, "u"),
        ("p of U", ranks.p, "u_p"),
        ("D", whole.d, "d"),
        ("p of D", whole.p, "d_p"),
        ("delta", ranks.delta, "cliff"),
    ] {
        assert_close(&format!("{name}: {what}"), value, number(&case[key]));
    }
    if ours.difference != 0.0 {
        assert_close(&format!("{name}: t"), welch.t, number(&case["t"]));
        assert_close(&format!("{name}: p of t"), welch.p, number(&case["t_p"]));
        let d = ours.cohens_d.expect("they vary");
        assert_close(&format!("{name}: d"), d, number(&case["cohen"]));
    }
    let corrected = holm(&[welch.p, ranks.p, whole.p]);
    for (ours, theirs) in corrected.into_iter().zip(case["holm"].as_array().unwrap()) {
        assert_close(&format!("{name}: Holm"), ours, number(theirs));
    }
}

#[test]
fn every_statistic_of_two_samples_is_scipys() {
    let stored: Value = serde_json::from_str(STORED).unwrap();
    let cases = stored.as_array().unwrap();
    assert!(cases.len() >= 19);
    for case in &cases[1..] {
        let name = case["name"].as_str().unwrap();
        check(case, &sample(name, &case["a"]), &sample(name, &case["b"]));
    }
}

#[test]
fn visits_of_the_sample_study_are_two_arms_as_scipy_has_them() {
    let stored: Value = serde_json::from_str(STORED).unwrap();
    let (a, b) = (bilirubin("1"), bilirubin("0"));
    assert_eq!((a.len(), b.len()), (978, 967));
    assert_eq!(
        (&stored[0]["a"], &stored[0]["b"]),
        (&978.into(), &967.into())
    );
    check(&stored[0], &a, &b);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let [none, one, flat, two] = [vec![], vec![3.0], vec![3.0; 5], vec![1.0, 2.0]].map(Sample::new);
    let found = two_samples(&none, &two);
    assert_eq!(found.smirnov, Err(NotMade::TooFew { needed: 1, have: 0 }));
    assert_eq!(
        found.mann_whitney,
        Err(NotMade::TooFew { needed: 1, have: 0 })
    );
    let found = two_samples(&one, &two);
    assert_eq!(found.welch, Err(NotMade::TooFew { needed: 2, have: 1 }));
    assert_eq!(found.cohens_d, Err(NotMade::TooFew { needed: 2, have: 1 }));
    let found = two_samples(&flat, &flat);
    assert_eq!(found.welch, Err(NotMade::ConstantGroups));
    assert_eq!(found.mann_whitney, Err(NotMade::Constant));
    assert_eq!(found.smirnov.map(|found| found.p), Ok(1.0));
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![(-4..4_i32).prop_map(f64::from), -50.0..50.0];
    prop::collection::vec(value, 2..50)
}

proptest! {
    #[test]
    fn which_comes_first_only_turns_the_sign(a in values(), b in values()) {
        let (a, b) = (Sample::new(a), Sample::new(b));
        let (one, other) = (two_samples(&a, &b), two_samples(&b, &a));
        prop_assert_eq!(one.difference, -other.difference);
        if let (Ok(one), Ok(other)) = (one.mann_whitney, other.mann_whitney) {
            prop_assert_eq!(one.p, other.p);
            prop_assert_eq!(one.u + other.u, (a.len() * b.len()) as f64);
            prop_assert!((one.delta + other.delta).abs() < 1e-12);
        }
        if let (Ok(one), Ok(other)) = (one.smirnov, other.smirnov) {
            prop_assert_eq!((one.d, one.p), (other.d, other.p));
        }
        if let (Ok(one), Ok(other)) = (one.welch, other.welch) {
            prop_assert!((one.t + other.t).abs() <= 1e-12 * one.t.abs());
            prop_assert!((one.p - other.p).abs() <= 1e-12);
        }
    }

    #[test]
    fn an_exact_p_of_distributions_is_counted_right(a in prop::collection::vec(0..9_i32, 1..6), b in prop::collection::vec(0..9_i32, 1..6)) {
        let found = two_samples(
            &a.iter().map(|v| f64::from(*v)).collect(),
            &b.iter().map(|v| f64::from(*v)).collect(),
        );
        let found = found.smirnov.expect("there are values");
        // All ways to lay n and m values in a row, whatever the ties: how many are at least as far apart.
        let (n, m) = (a.len(), b.len());
        let (mut far, mut all) = (0, 0);
        for ways in 0_u32..1 << (n + m) {
            if ways.count_ones() as usize != n {
                continue;
            }
            let (mut of_a, mut of_b, mut most) = (0, 0, 0.0_f64);
            for place in 0..n + m {
                if ways >> place & 1 == 1 { of_a += 1 } else { of_b += 1 }
                let apart = f64::from(of_a) / n as f64 - f64::from(of_b) / m as f64;
                most = most.max(apart.abs());
            }
            all += 1;
            far += i32::from(most > found.d - 1e-9);
        }
        prop_assert!((found.p - f64::from(far) / f64::from(all)).abs() < 1e-12);
    }

    #[test]
    fn holm_never_lowers_a_p_nor_changes_their_order(ps in prop::collection::vec(0.0..1.0_f64, 1..40)) {
        let corrected = holm(&ps);
        for (one, (p, c)) in ps.iter().zip(&corrected).enumerate() {
            prop_assert!(c >= p && *c <= 1.0);
            for (q, d) in ps.iter().zip(&corrected).skip(one) {
                prop_assert!(p > q || c <= d);
            }
        }
    }
}
