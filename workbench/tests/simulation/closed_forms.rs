//! Lives against what can be computed: Markov chains, arrivals, chances to stop, the first change of vision.

use workbench::simulation::{
    Recruitment,
    model::arrivals,
    protocol::{DiseaseState, Protocol},
};

use super::support::{
    ERRORS, MONTHLY, REACTIVE, STANDARD, assert_share, deviation, lives, mean, order, with,
    without_endings,
};

const STATES: [DiseaseState; 3] = [
    DiseaseState::Stable,
    DiseaseState::Active,
    DiseaseState::HighlyActive,
];

/// The chances of the three states after one more visit.
fn step(chances: [f64; 3], matrix: [[f64; 3]; 3]) -> [f64; 3] {
    std::array::from_fn(|to| (0..3).map(|from| chances[from] * matrix[from][to]).sum())
}

/// Where a chain comes to in the end.
fn stationary(matrix: [[f64; 3]; 3]) -> [f64; 3] {
    (0..10_000).fold([1.0, 0.0, 0.0], |chances, _| step(chances, matrix))
}

/// Rows of a protocol, untreated or treated.
fn matrix(protocol: &Protocol, is_treated: bool) -> [[f64; 3]; 3] {
    STATES.map(|state| {
        let chances = protocol.transitions.from(state).numbers();
        if !is_treated {
            return chances;
        }
        let multipliers = protocol.treatment.multipliers.from(state).numbers();
        let row: [f64; 3] = std::array::from_fn(|at| chances[at] * multipliers[at]);
        let sum: f64 = row.iter().sum();
        row.map(|chance| chance / sum)
    })
}

/// Follows 20,000 patients who are seen monthly, and compares what the n-th visit finds with the n-th power of a matrix.
fn compare_chain(text: &str, is_treated: bool) {
    const PATIENTS: u64 = 20_000;
    let protocol = Protocol::read(text).unwrap();
    let matrix = matrix(&protocol, is_treated);
    let lives = lives(text, PATIENTS, 28 * 60, 11);
    let mut chances = protocol.transitions.naive.numbers();
    for visit in 0..60 {
        for (state, chance) in STATES.into_iter().zip(chances) {
            let found = lives
                .iter()
                .filter(|(_, visits)| visits[visit].state == state)
                .count();
            assert_share(
                found,
                lives.len(),
                chance,
                &format!("{state:?} at visit {visit}"),
            );
        }
        chances = step(chances, matrix);
    }
    // By then the chain has come to its end.
    for (chance, end) in chances.into_iter().zip(stationary(matrix)) {
        assert!((chance - end).abs() < 1e-4, "{chance} {end}");
    }
}

#[test]
fn without_an_effect_of_treatment_states_come_to_the_stationary_distribution() {
    let text = with(
        MONTHLY,
        "treatment_effect_days: 84",
        "treatment_effect_days: 0",
    );
    compare_chain(&without_endings(&text), false);
}

#[test]
fn under_treatment_states_follow_the_multiplied_matrix() {
    compare_chain(&without_endings(MONTHLY), true);
}

#[test]
fn an_injection_has_its_effect_for_84_days_and_no_longer() {
    for (days, is_treated) in [(84, true), (85, false)] {
        let text = without_endings(MONTHLY).replace(
            "min_interval_days: 28",
            &format!("min_interval_days: {days}"),
        );
        let text = text.replace(
            "max_interval_days: 28",
            &format!("max_interval_days: {days}"),
        );
        let text = with(&text, "doses: 3", "doses: 0");
        let protocol = Protocol::read(&text).unwrap();
        let from_naive = protocol.transitions.naive.numbers();
        let expected = step(from_naive, matrix(&protocol, is_treated));
        let lives = lives(&text, 40_000, days, 5);
        for (state, chance) in STATES.into_iter().zip(expected) {
            let found = lives
                .iter()
                .filter(|(_, visits)| visits[1].state == state)
                .count();
            assert_share(
                found,
                lives.len(),
                chance,
                &format!("{state:?} after {days} days"),
            );
        }
    }
}

#[test]
fn arrivals_are_a_poisson_stream_over_the_whole_run_on_all_days_of_the_week() {
    let mut counts = Vec::new();
    let mut all = Vec::new();
    let mut order = order(STANDARD);
    order.recruitment = Recruitment::OverTheRun;
    for seed in 0..400 {
        order.seed = seed;
        let days = arrivals(&order).unwrap();
        assert!(days.is_sorted());
        assert!(days.last().is_some_and(|last| *last < order.days()));
        counts.push(days.len() as f64);
        all.extend(days);
    }
    // The number is Poisson: its mean and its variance are what was ordered.
    assert!((mean(&counts) - 1000.0).abs() < ERRORS * (1000.0_f64 / 400.0).sqrt());
    let variance_error = (2.0_f64 / 399.0).sqrt();
    assert!((deviation(&counts).powi(2) / 1000.0 - 1.0).abs() < ERRORS * variance_error);
    // Each quarter of the run and each day of the week gets its share.
    for quarter in 0..4 {
        let range = order.days() * quarter / 4..order.days() * (quarter + 1) / 4;
        let found = all.iter().filter(|day| range.contains(day)).count();
        let chance = f64::from(range.end - range.start) / f64::from(order.days());
        assert_share(found, all.len(), chance, "a quarter");
    }
    for weekday in 0..7 {
        let found = all.iter().filter(|day| *day % 7 == weekday).count();
        let chance = (weekday..order.days()).step_by(7).count() as f64 / f64::from(order.days());
        assert_share(found, all.len(), chance, "a weekday");
    }
}

#[test]
fn who_may_stop_at_each_visit_stops_geometrically() {
    // Everybody sees less than 100 letters, but for very few; a tenth of them stops at each visit.
    let text = with(
        &without_endings(MONTHLY),
        "poor_vision_below: 35",
        "poor_vision_below: 100",
    );
    let text = with(&text, "poor_vision_rate: 0", "poor_vision_rate: 0.1");
    let text = with(
        &text,
        "mean: 70\n  sd: 10\n  range: [20, 90]",
        "mean: 30\n  sd: 5\n  range: [10, 50]",
    );
    let lives = lives(&text, 50_000, 28 * 20, 9);
    for visits in [1, 2, 5, 20_usize] {
        let found = lives
            .iter()
            .filter(|(life, _)| life.visits as usize > visits)
            .count();
        assert_share(
            found,
            lives.len(),
            0.9_f64.powi(visits as i32),
            &format!("beyond visit {visits}"),
        );
    }
}

#[test]
fn many_injections_and_long_treatment_end_at_their_rates() {
    let base = without_endings(MONTHLY);
    let injections = with(&base, "injections_rate: 0", "injections_rate: 0.02");
    let all = lives(&injections, 50_000, 28 * 50, 10);
    assert!(
        all.iter().all(|(life, _)| life.visits >= 21),
        "nobody stops before the 21st injection"
    );
    for visits in [21, 30, 50_u32] {
        let found = all.iter().filter(|(life, _)| life.visits > visits).count();
        assert_share(
            found,
            all.len(),
            0.98_f64.powi(visits as i32 - 20),
            "injections",
        );
    }
    let months = with(&base, "months_rate: 0", "months_rate: 0.01");
    let all = lives(&months, 50_000, 28 * 60, 12);
    // The first visit beyond 36 months of 30.44 days is the 41st, on day 1120.
    assert!(all.iter().all(|(life, _)| life.visits >= 41));
    for visits in [41, 60_u32] {
        let found = all.iter().filter(|(life, _)| life.visits > visits).count();
        assert_share(
            found,
            all.len(),
            0.99_f64.powi(visits as i32 - 40),
            "months",
        );
    }
}

/// The mean of a normal change that is cut toward zero to whole letters.
fn truncated_mean(mean: f64, sd: f64) -> f64 {
    let below =
        |x: f64| 0.5 * statrs::function::erf::erfc(-(x - mean) / sd / std::f64::consts::SQRT_2);
    (1..60)
        .map(|n| {
            let n = f64::from(n);
            n * (below(n + 1.0) - below(n)) - n * (below(-n) - below(-n - 1.0))
        })
        .sum()
}

#[test]
fn the_first_change_of_vision_under_the_reactive_rule_has_its_closed_form() {
    // From 50 letters nobody comes near an end of the chart at the first visit, which is always treated.
    let text = with(
        REACTIVE,
        "mean: 70\n  sd: 10\n  range: [20, 90]",
        "mean: 50\n  sd: 5\n  range: [40, 60]",
    );
    let protocol = Protocol::read(&text).unwrap();
    let expected: f64 = STATES
        .into_iter()
        .zip(protocol.transitions.naive.numbers())
        .map(|(state, chance)| {
            let change = protocol.vision_changes.of(state, true);
            chance * truncated_mean(change.0, change.1)
        })
        .sum();
    let lives = lives(&text, 200_000, 0, 21);
    let changes: Vec<f64> = lives
        .iter()
        .map(|(life, visits)| visits[0].vision - life.baseline)
        .collect();
    let error = deviation(&changes) / (changes.len() as f64).sqrt();
    assert!(
        (mean(&changes) - expected).abs() < ERRORS * error,
        "{} {expected}",
        mean(&changes)
    );
}
