//! Outcome measures against the same lives, counted one by one.

use tokio_util::sync::CancellationToken;
use workbench::simulation::{
    Means, Meter, Order, Recruitment, RunInfo, RunStatus, outcomes::outcomes, protocol::Protocol,
    simulate, tables::Stored,
};

use super::support::{REACTIVE, STANDARD, deviation, lives, mean, order};

const PATIENTS: u32 = 6000;

fn info(order: &Order) -> RunInfo {
    RunInfo {
        id: "sim_20260311_140509_03-00_calm-otter".into(),
        name: "calm-otter".into(),
        status: RunStatus::Completed,
        reason: None,
        protocol_name: String::new(),
        protocol_version: String::new(),
        protocol_checksum: String::new(),
        protocol: order.protocol.clone(),
        engine: String::new(),
        model: String::new(),
        patients: order.patients,
        duration_years: order.duration_years,
        seed: order.seed,
        recruitment: order.recruitment,
        start_date: order.start_date.clone(),
        created_at: 0,
        created_by: String::new(),
        trial: None,
        carried: None,
        result: None,
        tags: Vec::new(),
        notes: String::new(),
        is_pinned: false,
        last_accessed: None,
        access_count: 0,
        version: 1,
    }
}

fn simulated(order: &Order) -> (Stored, Means, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let protocol = Protocol::read(&order.protocol).unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    let done = simulate(&protocol, order, folder.path(), 2, &meter, &cancel).unwrap();
    let stored = Stored::open(folder.path()).unwrap();
    (stored, done.means.unwrap(), folder)
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    // Tables hold letters as 32-bit floats.
    assert!((found - expected).abs() < 1e-4, "{found} {expected}");
}

#[test]
fn measures_are_what_counting_every_life_gives() {
    for text in [STANDARD, REACTIVE] {
        let order = Order {
            patients: PATIENTS,
            duration_years: 3.0,
            ..order(text)
        };
        let (stored, means, _folder) = simulated(&order);
        let found = outcomes(&info(&order), &stored).unwrap();
        assert_near(means.baseline, found.all.baseline.mean);
        assert_near(means.last, found.all.last.mean);
        assert_near(means.injections, found.injections.mean);
        // 3 x 365.25 days.
        let lives = lives(text, u64::from(PATIENTS), 1095, order.seed);

        let last: Vec<f64> = lives.iter().map(|(life, _)| life.vision).collect();
        assert_eq!(found.all.last.n, u64::from(PATIENTS));
        assert_near(found.all.last.mean, mean(&last));
        assert_near(found.all.last.sd, deviation(&last));
        let changes: Vec<f64> = lives
            .iter()
            .map(|(life, _)| life.vision - life.baseline)
            .collect();
        assert_near(found.all.change.mean, mean(&changes));
        let poor = last.iter().filter(|vision| **vision < 35.0).count();
        assert_near(found.all.poor_vision, poor as f64 / f64::from(PATIENTS));
        // Who loses 5 letters to the last bit of a 32-bit float may fall on either side.
        let maintained = changes.iter().filter(|change| **change >= -5.0).count();
        assert!((found.all.maintained - maintained as f64 / f64::from(PATIENTS)).abs() < 2e-4);

        let stopped = lives
            .iter()
            .filter(|(life, _)| life.ending.is_some())
            .count() as u64;
        assert_eq!(
            found
                .discontinued
                .iter()
                .map(|(_, count)| count)
                .sum::<u64>(),
            stopped
        );
        assert_eq!(found.still_treated.last.n, u64::from(PATIENTS) - stopped);
        assert!(stopped > 0 && found.discontinued[0].0 == "poor_vision");

        let injections: Vec<f64> = lives
            .iter()
            .map(|(life, _)| f64::from(life.injections))
            .collect();
        assert_near(found.injections.mean, mean(&injections));
        let visits: usize = lives.iter().map(|(_, visits)| visits.len()).sum();
        assert_near(
            found.injections_per_visit,
            injections.iter().sum::<f64>() / visits as f64,
        );
        assert_near(found.visits.mean, visits as f64 / f64::from(PATIENTS));

        let mut intervals = [0; 7];
        for (_, visits) in &lives {
            for pair in visits.windows(2) {
                intervals[match pair[1].day - pair[0].day {
                    0..=35 => 0,
                    36..=63 => 1,
                    64..=111 => 2,
                    112..=119 => 3,
                    120..=180 => 4,
                    181..=365 => 5,
                    _ => 6,
                }] += 1;
            }
        }
        assert_eq!(found.intervals, intervals);
        // Everybody is followed for three years, stopped or not.
        assert_eq!(
            (found.all.year_1.n, found.all.year_2.n),
            (u64::from(PATIENTS), u64::from(PATIENTS))
        );
    }
}

#[test]
fn who_came_late_is_not_in_a_year_that_is_not_over() {
    let order = Order {
        recruitment: Recruitment::OverTheRun,
        patients: PATIENTS,
        duration_years: 3.0,
        ..order(STANDARD)
    };
    let (stored, _, _folder) = simulated(&order);
    let found = outcomes(&info(&order), &stored).unwrap();
    let all = found.all.last.n as f64;
    // 13 months are 395.72 days of 1095, 25 months 761.
    let share = |n: u64| n as f64 / all;
    assert!((share(found.all.year_1.n) - 699.0 / 1095.0).abs() < 0.03);
    assert!((share(found.all.year_2.n) - 334.0 / 1095.0).abs() < 0.03);
    assert_eq!(found.recruitment, Recruitment::OverTheRun);
}
