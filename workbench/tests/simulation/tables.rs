//! Tables: the same on any number of threads, written whole, read back by column and group, told when they changed.

use std::fs;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Date32Type, Float32Type, UInt16Type, UInt32Type},
};
use tokio_util::sync::CancellationToken;
use workbench::{
    Error,
    simulation::{
        Meter, Order, Progress, Recruitment, Simulated,
        protocol::Protocol,
        simulate,
        tables::{
            GROUP_PATIENTS, PATIENTS_FILE, Select, Stored, VISITS_FILE, patients_schema,
            visits_schema,
        },
    },
};

use super::support::{REACTIVE, STANDARD, order};

fn run(order: &Order, threads: usize) -> (Simulated, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let protocol = Protocol::read(&order.protocol).unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    let done = simulate(&protocol, order, folder.path(), threads, &meter, &cancel).unwrap();
    let all = Progress {
        done: done.patients,
        total: done.patients,
    };
    assert_eq!(meter.progress(), all);
    (done, folder)
}

/// Patients of more than two groups, over one year.
fn several_groups(text: &str) -> Order {
    Order {
        patients: 3 * GROUP_PATIENTS - 1000,
        duration_years: 1.0,
        ..order(text)
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_1_2_and_8_threads() {
    for text in [STANDARD, REACTIVE] {
        for recruitment in [Recruitment::AllAtOnce, Recruitment::OverTheRun] {
            let order = Order {
                recruitment,
                ..several_groups(text)
            };
            let (one, folder) = run(&order, 1);
            for threads in [2, 8] {
                let (again, other) = run(&order, threads);
                assert_eq!(one, again, "{threads} threads");
                for file in [PATIENTS_FILE, VISITS_FILE] {
                    let bytes =
                        |root: &tempfile::TempDir| fs::read(root.path().join(file)).unwrap();
                    assert!(
                        bytes(&folder) == bytes(&other),
                        "{file} on {threads} threads"
                    );
                }
            }
            let (another, _) = run(&Order { seed: 43, ..order }, 2);
            assert_ne!(one.checksum, another.checksum);
        }
    }
}

#[test]
fn what_is_read_back_is_sorted_and_adds_up() {
    let order = Order {
        recruitment: Recruitment::OverTheRun,
        ..several_groups(STANDARD)
    };
    let (done, folder) = run(&order, 2);
    let stored = Stored::open(folder.path()).unwrap();
    assert_eq!(stored.groups(), 3);
    let tables = stored.load().unwrap();
    assert_eq!(tables.patients[0].schema(), patients_schema());
    assert_eq!(tables.visits[0].schema(), visits_schema());
    let rows = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    assert_eq!(rows(&tables.patients), done.patients as usize);
    assert_eq!(rows(&tables.visits) as u64, done.visits);

    let mut next_patient = 1;
    for (patients, visits) in tables.patients.iter().zip(&tables.visits) {
        let ids = patients["patient_id"].as_primitive::<UInt32Type>();
        let enrolled = patients["enrollment_date"].as_primitive::<Date32Type>();
        let totals = patients["total_visits"].as_primitive::<UInt32Type>();
        let finals = patients["final_vision"].as_primitive::<Float32Type>();
        let (of, date) = (
            visits["patient_id"].as_primitive::<UInt32Type>(),
            visits["date"].as_primitive::<Date32Type>(),
        );
        let (day, vision) = (
            visits["time_days"].as_primitive::<UInt16Type>(),
            visits["vision"].as_primitive::<Float32Type>(),
        );
        let mut row = 0;
        for at in 0..patients.num_rows() {
            assert_eq!(ids.value(at), next_patient);
            next_patient += 1;
            let first = row;
            while row < visits.num_rows() && of.value(row) == ids.value(at) {
                assert_eq!(
                    date.value(row),
                    enrolled.value(at) + i32::from(day.value(row))
                );
                assert!(row == first || day.value(row) > day.value(row - 1));
                row += 1;
            }
            assert_eq!((row - first) as u32, totals.value(at));
            assert_eq!(vision.value(row - 1), finals.value(at));
            let has_ended = patients["discontinued"].as_boolean().value(at);
            for column in [
                "discontinuation_time",
                "discontinuation_type",
                "discontinuation_reason",
            ] {
                assert_eq!(patients[column].is_valid(at), has_ended);
            }
        }
        assert_eq!(row, visits.num_rows());
    }
}

#[test]
fn some_columns_of_some_groups_are_read_and_unknown_ones_refused() {
    let (_, folder) = run(&several_groups(STANDARD), 2);
    let stored = Stored::open(folder.path()).unwrap();
    let read = stored
        .visits(Select::Columns(&["vision", "patient_id"]), 1..2)
        .unwrap();
    let [batch] = read.as_slice() else { panic!() };
    let names: Vec<_> = batch
        .schema()
        .fields()
        .iter()
        .map(|it| it.name().clone())
        .collect();
    assert_eq!(names, ["patient_id", "vision"]);
    let ids = batch["patient_id"].as_primitive::<UInt32Type>();
    assert_eq!(ids.value(0), GROUP_PATIENTS + 1);

    assert_eq!(stored.groups_with(&(1..=GROUP_PATIENTS)), 0..1);
    assert_eq!(
        stored.groups_with(&(GROUP_PATIENTS..=GROUP_PATIENTS + 1)),
        0..2
    );
    assert_eq!(stored.groups_with(&(10_000..=u32::MAX)), 2..3);
    assert_eq!(stored.groups_with(&(1_000_000..=u32::MAX)), 0..0);

    let refused = stored
        .visits(Select::Columns(&["letters"]), 0..1)
        .unwrap_err();
    assert!(matches!(refused, Error::BadRequest(_)));
    assert!(refused.to_string().contains("letters") && refused.to_string().contains("vision"));
}

#[test]
fn a_changed_byte_is_noticed() {
    let (done, folder) = run(&order(STANDARD), 2);
    let stored = Stored::open(folder.path()).unwrap();
    assert_eq!(stored.checksum().unwrap(), done.checksum);
    let path = folder.path().join(VISITS_FILE);
    let whole = fs::read(&path).unwrap();
    // All but the last eighth, in which the footer is: least and most of a group are no content.
    for at in (1..7).map(|eighth| whole.len() / 8 * eighth) {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        fs::write(&path, &changed).unwrap();
        let read = Stored::open(folder.path()).and_then(|stored| stored.checksum());
        assert_ne!(read.ok().as_ref(), Some(&done.checksum), "byte {at}");
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(Stored::open(folder.path()).is_err(), "cut in half");
    fs::remove_file(&path).unwrap();
    assert!(matches!(Stored::open(folder.path()), Err(Error::Io { .. })));
}

#[test]
fn who_cancels_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let order = Order {
        patients: 100_000,
        ..order(STANDARD)
    };
    let protocol = Protocol::read(&order.protocol).unwrap();
    let (meter, cancel) = (Meter::default(), CancellationToken::new());
    std::thread::scope(|scope| {
        let work = scope.spawn(|| simulate(&protocol, &order, folder.path(), 2, &meter, &cancel));
        while meter.progress().done == 0 && !work.is_finished() {
            std::thread::yield_now();
        }
        cancel.cancel();
        assert!(matches!(work.join().unwrap(), Err(Error::Cancelled)));
    });
    assert!(meter.progress().done < 100_000);
}

#[test]
fn an_order_out_of_its_bounds_is_refused_by_field() {
    let protocol = Protocol::read(STANDARD).unwrap();
    let good = order(STANDARD);
    assert_eq!(good.check(&protocol), Ok(()));
    let cases = [
        (
            Order {
                patients: 9,
                ..good.clone()
            },
            "patients",
        ),
        (
            Order {
                patients: 1_000_001,
                ..good.clone()
            },
            "patients",
        ),
        (
            Order {
                patients: 1_000_000,
                duration_years: 20.0,
                ..good.clone()
            },
            "patients",
        ),
        (
            Order {
                duration_years: 0.5,
                ..good.clone()
            },
            "duration_years",
        ),
        (
            Order {
                duration_years: 20.1,
                ..good.clone()
            },
            "duration_years",
        ),
        (
            Order {
                duration_years: f64::NAN,
                ..good.clone()
            },
            "duration_years",
        ),
        (
            Order {
                start_date: "2026-02-29".into(),
                ..good.clone()
            },
            "start_date",
        ),
        (
            Order {
                start_date: "1.1.2026".into(),
                ..good.clone()
            },
            "start_date",
        ),
        (
            Order {
                name: Some(" ".into()),
                ..good.clone()
            },
            "name",
        ),
        (
            Order {
                tags: vec![String::new()],
                ..good.clone()
            },
            "tags",
        ),
        (
            Order {
                tags: vec!["a".into(); 51],
                ..good.clone()
            },
            "tags",
        ),
        (
            Order {
                notes: "n".repeat(10_001),
                ..good.clone()
            },
            "notes",
        ),
    ];
    for (order, field) in cases {
        let error = order.check(&protocol).unwrap_err();
        assert_eq!(error.field, field, "{error}");
        assert!(error.to_string().starts_with(field));
    }
}
