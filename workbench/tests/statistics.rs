//! Our statistics against stored answers of scipy, statsmodels and pandas, to 1e-6; and laws that
//! hold for any data.
#![expect(clippy::expect_used, reason = "a test may stop at a surprise")]

mod reference;

use proptest::prelude::*;
use reference::{assert_close, cases, number, numbers, stored};
use serde_json::Value;
use workbench::{
    plot::Bandwidth,
    statistics::{
        Kde, Moments, NotMade, Sample, anderson, anova, f_p, mean_interval, normal_upper, ols,
        shapiro, t_p, t_quantile,
    },
};

const SAMPLES: &str = include_str!("reference/samples.json");
const LINES: &str = include_str!("reference/lines.json");
const GROUPS: &str = include_str!("reference/groups.json");
const TAILS: &str = include_str!("reference/tails.json");

fn each_sample(check: impl Fn(&str, &Sample, &Value)) {
    for case in cases(&stored(SAMPLES)) {
        let name = case["name"].as_str().expect("a name");
        check(name, &Sample::new(numbers(&case["values"])), case);
    }
}

#[test]
fn every_sample_is_described_as_scipy_and_pandas_do() {
    each_sample(|name, sample, case| {
        let ours = sample.describe(3).expect("there are values");
        let theirs = &case["describe"];
        assert_eq!(ours.n as f64, number(&theirs["n"]), "{name}");
        assert_eq!(ours.missing, 3);
        for (field, value) in [
            ("mean", ours.mean),
            ("median", ours.median),
            ("sd", ours.sd),
            ("variance", ours.variance),
            ("min", ours.min),
            ("max", ours.max),
            ("q25", ours.q25),
            ("q75", ours.q75),
        ] {
            assert_close(
                &format!("{name}: {field}"),
                value,
                number(&theirs[field]),
                0.0,
            );
        }
        // Differences around 0: scipy's own rounding is some 1e-15 there.
        assert_close(name, ours.skewness, number(&theirs["skewness"]), 1e-8);
        assert_close(name, ours.kurtosis, number(&theirs["kurtosis"]), 1e-8);
        let [low, high] = mean_interval(&Moments::of(sample.values()));
        // The ends of an interval around 1e9 keep some 1e-7; the reference is its half width.
        let lost = 1e-15 * ours.mean.abs();
        let half = number(&theirs["interval_half"]);
        assert!(
            ((high - low) / 2.0 - half).abs() <= 1e-6 * half + lost,
            "{name}"
        );
    });
}

#[test]
fn densities_agree_with_gaussian_kde_for_every_bandwidth() {
    each_sample(|name, sample, case| {
        let theirs = &case["kde"];
        let manual = Bandwidth::Manual(number(&theirs["manual_bandwidth"]));
        let rules = [
            ("scott", Bandwidth::Scott),
            ("silverman", Bandwidth::Silverman),
            ("manual", manual),
        ];
        for (rule, bandwidth) in rules {
            let kde = Kde::new(sample, bandwidth).expect("the values vary");
            let expected = numbers(&theirs[rule]);
            let peak = expected.iter().copied().fold(0.0, f64::max);
            for (place, density) in numbers(&theirs["places"]).into_iter().zip(expected) {
                let what = format!("{name}: {rule} at {place}");
                assert_close(&what, kde.at(place), density, 1e-6 * peak);
            }
        }
    });
}

#[test]
fn normality_tests_agree_with_scipy_and_statsmodels() {
    each_sample(|name, sample, case| {
        if let Some([w, p]) = pair(&case["shapiro"]) {
            let ours = shapiro(sample).expect("3 to 5,000 values");
            assert_close(&format!("{name}: W"), ours[0], w, 0.0);
            // The exact p of three values is a difference of two angles, with their rounding.
            let floor = if sample.len() == 3 { 1e-8 } else { 0.0 };
            assert_close(&format!("{name}: p of W"), ours[1], p, floor);
        }
        if let Some(theirs) = case["anderson"].as_array() {
            let ours = anderson(sample).expect("at least 8 values");
            assert_close(&format!("{name}: A2"), ours[0], number(&theirs[0]), 0.0);
            // statsmodels says 0 where the formula ends, and has too few digits far out.
            if let Some(p) = theirs[1].as_f64() {
                assert_close(&format!("{name}: p of A2"), ours[1], p, 1e-24);
            }
        }
    });
}

fn pair(value: &Value) -> Option<[f64; 2]> {
    value.as_array().map(|v| [number(&v[0]), number(&v[1])])
}

#[test]
fn lines_agree_with_linregress_and_their_intervals_with_the_textbook() {
    for case in cases(&stored(LINES)) {
        let name = case["name"].as_str().expect("a name");
        let line = ols(&numbers(&case["x"]), &numbers(&case["y"])).expect("a line");
        for (field, value) in [
            ("slope", line.slope),
            ("intercept", line.intercept),
            ("r", line.r),
            ("p", line.p),
            ("standard_error", line.standard_error),
        ] {
            // An intercept of 0 is a difference of two means, with their rounding.
            let floor = if field == "intercept" { 1e-8 } else { 0.0 };
            assert_close(
                &format!("{name}: {field}"),
                value,
                number(&case[field]),
                floor,
            );
        }
        for (i, x) in numbers(&case["at"]).into_iter().enumerate() {
            let [low, high] = line.interval(x);
            assert_close(name, low, number(&case["lower"][i]), 0.0);
            assert_close(name, high, number(&case["upper"][i]), 0.0);
        }
    }
}

#[test]
fn analyses_of_variance_and_their_pairs_agree_with_scipy() {
    for case in cases(&stored(GROUPS)) {
        let name = case["name"].as_str().expect("a name");
        let groups: Vec<(String, Moments)> = cases(&case["groups"])
            .iter()
            .enumerate()
            .map(|(i, values)| (i.to_string(), Moments::of(&numbers(values))))
            .collect();
        let ours = anova(&groups).expect("groups that vary");
        assert_close(&format!("{name}: F"), ours.f, number(&case["f"]), 0.0);
        assert_close(&format!("{name}: p"), ours.p, number(&case["p"]), 0.0);
        assert_close(name, ours.eta_squared, number(&case["eta_squared"]), 0.0);
        for i in 0..2 {
            assert_close(name, ours.df[i], number(&case["df"][i]), 0.0);
            assert_close(name, ours.ss[i], number(&case["ss"][i]), 0.0);
            assert_close(name, ours.ms[i], number(&case["ms"][i]), 0.0);
        }
        assert_eq!(ours.pairwise.len(), cases(&case["pairwise"]).len());
        for (ours, theirs) in ours.pairwise.iter().zip(cases(&case["pairwise"])) {
            assert_eq!([&ours.a, &ours.b], [&theirs["a"], &theirs["b"]]);
            for (field, value) in [
                ("difference", ours.difference),
                ("t", ours.t),
                ("p", ours.p),
                ("p_adjusted", ours.p_adjusted),
                ("d", ours.d),
            ] {
                assert_close(
                    &format!("{name}: {field}"),
                    value,
                    number(&theirs[field]),
                    0.0,
                );
            }
        }
    }
}

#[test]
fn tails_keep_their_digits_however_far_out() {
    let stored = stored(TAILS);
    // Below the smallest normal double there are no digits to compare.
    let nothing = 1e-300;
    for case in cases(&stored["t"]).iter().map(numbers) {
        assert_close(
            &format!("t {case:?}"),
            t_p(case[0], case[1]),
            case[2],
            nothing,
        );
    }
    for case in cases(&stored["f"]).iter().map(numbers) {
        let ours = f_p(case[0], case[1], case[2]);
        assert_close(&format!("F {case:?}"), ours, case[3], nothing);
    }
    for case in cases(&stored["t_quantile"]).iter().map(numbers) {
        let ours = t_quantile(case[0], case[1]);
        assert_close(&format!("t quantile {case:?}"), ours, case[2], 0.0);
    }
    for case in cases(&stored["normal_upper"]).iter().map(numbers) {
        assert_close(
            &format!("normal {case:?}"),
            normal_upper(case[0]),
            case[1],
            nothing,
        );
    }
}

#[test]
fn what_cannot_be_made_says_why() {
    let constant = Sample::new(vec![4.0; 20]);
    assert_eq!(shapiro(&constant), Err(NotMade::Constant));
    assert_eq!(anderson(&constant), Err(NotMade::Constant));
    assert_eq!(
        Kde::new(&constant, Bandwidth::Scott),
        Err(NotMade::Constant)
    );
    assert_eq!(
        ols(&[1.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]),
        Err(NotMade::Constant)
    );
    let many = Sample::new((0..5_001).map(f64::from).collect());
    assert_eq!(
        shapiro(&many).map_err(|e| e.to_string()),
        Err("Not made: it holds for at most 5000 values, and there are 5001.".to_owned())
    );
    let one_group = [("a".to_owned(), Moments::of(&[1.0, 2.0]))];
    assert!(matches!(
        anova(&one_group),
        Err(NotMade::TooFew { needed: 2, have: 1 })
    ));
    let flat = [1.0, 2.0].map(|v| (v.to_string(), Moments::of(&[v, v])));
    assert!(matches!(anova(&flat), Err(NotMade::ConstantGroups)));
    assert_eq!(Sample::default().describe(0), None);
}

#[test]
fn a_constant_or_single_value_is_described_without_nan() {
    for values in [vec![7.5], vec![0.1; 9], vec![1e9 + 0.1; 1_000]] {
        let sample = Sample::new(values);
        let described = sample.describe(0).expect("there are values");
        assert_eq!([described.skewness, described.kurtosis], [0.0, 0.0]);
        assert!(described.sd.abs() <= 1e-9 * described.mean.abs());
    }
}

proptest! {
    #[test]
    fn f_of_two_groups_is_t_squared(
        a in prop::collection::vec(-1e3..1e3f64, 2..40),
        b in prop::collection::vec(-1e3..1e3f64, 2..40),
    ) {
        let groups = [("a".to_owned(), Moments::of(&a)), ("b".to_owned(), Moments::of(&b))];
        if let Ok(anova) = anova(&groups) {
            let pair = &anova.pairwise[0];
            prop_assert!((anova.f - pair.t * pair.t).abs() <= 1e-8 * anova.f.max(1e-8));
            prop_assert!((anova.p - pair.p).abs() <= 1e-8);
        }
    }

    #[test]
    fn nothing_is_ever_nan(
        values in prop::collection::vec(prop_oneof![Just(0.0), -1.0..1.0f64, -1e150..1e150f64, Just(1e9)], 1..60),
    ) {
        let sample = Sample::new(values.clone());
        let described = sample.describe(0).expect("there are values");
        prop_assert!(described.skewness.is_finite() && described.kurtosis.is_finite());
        for answer in [shapiro(&sample), anderson(&sample)].into_iter().flatten() {
            prop_assert!(answer.iter().all(|v| v.is_finite()));
            prop_assert!((0.0..=1.0).contains(&answer[1]));
        }
        let places: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
        if let Ok(line) = ols(&places, &values) {
            prop_assert!((-1.0..=1.0).contains(&line.r) && (0.0..=1.0).contains(&line.p));
        }
    }

    #[test]
    fn moving_all_values_moves_only_the_mean(
        values in prop::collection::vec(-100..100i32, 3..50),
        offset in prop_oneof![Just(0i64), Just(1_000_000_000), Just(-4_000_000_000)],
    ) {
        let near: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let far: Vec<f64> = near.iter().map(|v| v + offset as f64).collect();
        let (near, far) = (Moments::of(&near), Moments::of(&far));
        prop_assert!((near.squares - far.squares).abs() <= 1e-9 * near.squares);
        prop_assert!((near.mean + offset as f64 - far.mean).abs() <= 1e-12 * far.mean.abs().max(1.0));
    }

    #[test]
    fn a_density_holds_all_of_the_sample(values in prop::collection::vec(-50.0..50.0f64, 5..80)) {
        let sample = Sample::new(values);
        if let Ok(kde) = Kde::new(&sample, Bandwidth::Scott) {
            let [low, high] = sample.range().expect("there are values");
            let reach = 8.0 * kde.bandwidth();
            let curve = kde.curve(low - reach, high + reach, 2_000);
            let step = curve[1][0] - curve[0][0];
            let area: f64 = curve.iter().map(|point| point[1] * step).sum();
            prop_assert!((area - 1.0).abs() < 1e-3, "area {}", area);
        }
    }
}
