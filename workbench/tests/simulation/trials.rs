//! Trials that were not simulated become runs, each arm one, all or none.

use std::fmt::Write as _;

use arrow::{
    array::AsArray as _,
    datatypes::{Float32Type, UInt16Type},
};
use tokio_util::sync::CancellationToken;
use workbench::{
    Limits, Workbench,
    compare::{Mode, NoteKind, Request, Verdict},
    data::TableInfo,
    simulation::{
        RunInfo, RunStatus, outcomes,
        runs::RunsError,
        trial::{Mapping, TimeIs},
    },
};

use super::{
    packages::{everything, import, package},
    runs::{Bench, ada, bench, wanted},
};

/// The sequential measures of the PBC trial with the arm of each patient, one row a visit.
fn pbc() -> String {
    let demographics = include_str!("../../../samples/pbc/demographics.csv");
    let labs = include_str!("../../../samples/pbc/labs.csv");
    let cells = |line: &'static str| -> Vec<&str> { line.split(',').collect() };
    let arms: Vec<(&str, &str)> = demographics
        .lines()
        .skip(1)
        .map(|line| (cells(line)[0], cells(line)[3]))
        .collect();
    let mut text = "id,day,trt,bili\n".to_owned();
    for line in labs.lines().skip(1) {
        let cells = cells(line);
        let arm = arms.iter().find(|(id, _)| *id == cells[0]).unwrap().1;
        writeln!(text, "{},{},{arm},{}", cells[0], cells[2], cells[3]).unwrap();
    }
    text
}

fn mapping() -> Mapping {
    Mapping {
        patient: "id".into(),
        time: "day".into(),
        time_is: TimeIs::Days,
        measure: "bili".into(),
        injected: None,
        arm: Some("trt".into()),
    }
}

struct Desk {
    b: Bench,
    bench: Workbench,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            b: bench().await,
            bench: Workbench::open(folder.path().join("data"), Limits::default()).unwrap(),
            folder,
        }
    }

    async fn table(&self, name: &str, text: &str) -> TableInfo {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let cancel = CancellationToken::new();
        self.bench.import(&path, name, &cancel).await.unwrap()
    }

    async fn take(
        &self,
        table: &TableInfo,
        mapping: &Mapping,
        tags: &[String],
    ) -> Result<Vec<RunInfo>, RunsError> {
        let path = self.bench.table_path(&table.id);
        let runs = &self.b.runs;
        runs.import_trial(&ada(), &path, table, mapping, tags).await
    }

    async fn refused(&self, text: &str, mapping: &Mapping, field: &str, because: &str) {
        let table = self.table("trial.csv", text).await;
        let refused = self.take(&table, mapping, &[]).await.unwrap_err();
        let told = refused.to_string();
        assert!(
            matches!(&refused, RunsError::Order(error) if error.field == field),
            "{told}"
        );
        assert!(told.contains(because), "{told}");
        let all = everything(&self.b);
        assert!(all.iter().all(|name| !name.starts_with("sim_")), "{all:?}");
    }
}

#[tokio::test]
async fn the_arms_of_the_pbc_trial_become_two_runs_with_their_bilirubin() {
    let desk = Desk::new().await;
    let table = desk.table("pbc.csv", &pbc()).await;
    let tags = ["pbc".to_owned()];
    let runs = desk.take(&table, &mapping(), &tags).await.unwrap();
    // Patients, visits, mean at the first and at the last visit, by Python's csv module.
    let expected = [
        ("pbc, trt 0", 154, 967, 3.648_701_298_701_298),
        ("pbc, trt 1", 158, 978, 2.794_936_708_860_759_3),
    ];
    for (run, (name, patients, visits, baseline)) in runs.iter().zip(expected) {
        assert_eq!(
            (run.name.as_str(), run.status),
            (name, RunStatus::Completed)
        );
        assert_eq!(
            (run.model.as_str(), run.protocol.as_str()),
            ("imported", "")
        );
        let result = run.result.clone().unwrap();
        assert_eq!((result.patients, result.visits), (patients, visits));
        assert!(desk.b.runs.verify(&ada(), &run.id).await.unwrap());
        let stored = desk.b.runs.tables(&ada(), &run.id).await.unwrap();
        let came = outcomes::outcomes(run, &stored).unwrap();
        assert!((came.all.baseline.mean - baseline).abs() < 1e-6, "{came:?}");
        let trial = run.trial.clone().unwrap();
        assert_eq!(trial.checksum, table.checksum);
        assert!(trial.remarks.iter().any(|it| it.contains("no dates")));
    }
    let mut tagged = wanted();
    tagged.tags = vec!["pbc".into()];
    assert_eq!(desk.b.runs.list(&ada(), &tagged).await.unwrap().total, 2);
    // One travels like any other.
    let came = import(&desk.b, &package(&desk.b.runs, &runs[0].id).await)
        .await
        .unwrap();
    assert_eq!(
        (came.result, came.trial),
        (runs[0].result.clone(), runs[0].trial.clone())
    );
}

#[tokio::test]
async fn arms_are_compared_by_what_they_measured_and_nobody_says_what_is_poor_or_better() {
    let desk = Desk::new().await;
    let table = desk.table("pbc.csv", &pbc()).await;
    let runs = desk.take(&table, &mapping(), &[]).await.unwrap();
    let asked = Request {
        ids: runs.iter().map(|run| run.id.clone()).collect(),
        mode: Mode::Statistical,
        ..Request::default()
    };
    let found = desk.bench.compare_runs(&desk.b.runs, &ada(), &asked).await;
    let found = found.unwrap();
    assert_eq!(found.measured.as_deref(), Some("bili"));
    let names: Vec<&str> = found.metrics.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        names[..4],
        [
            "bili at baseline",
            "bili at the end",
            "Change of bili",
            "Injections of a patient"
        ]
    );
    assert!(
        found.metrics[..3].iter().all(|row| row.unit.is_empty()),
        "{names:?}"
    );
    let told = found
        .metrics
        .iter()
        .flat_map(|row| &row.differences)
        .flatten();
    assert!(told.into_iter().all(|far| far.verdict == Verdict::Neither));
    let words = found.pairs.iter().map(|pair| pair.words.as_str());
    let words: String = words.collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("bili at the end in pbc, trt 1 is"),
        "{words}"
    );
    assert!(
        !words.contains("letters") && !words.contains("ision"),
        "{words}"
    );
    assert!(found.notes.iter().all(|it| it.kind != NoteKind::PoorVision));
}

#[tokio::test]
async fn three_arms_come_in_and_are_tagged_all_or_nothing() {
    let desk = Desk::new().await;
    let text = "id,day,arm,letters\n1,0,a,60\n1,30,a,61\n2,0,b,55\n3,0,c,70\n";
    let table = desk.table("three.csv", text).await;
    let mapping = Mapping {
        measure: "letters".into(),
        arm: Some("arm".into()),
        ..mapping()
    };
    // A tag that no run may have is found when the first of them is registered.
    let tags = ["x".repeat(61)];
    let refused = desk.take(&table, &mapping, &tags).await.unwrap_err();
    assert!(matches!(&refused, RunsError::Order(error) if error.field == "tags"));
    assert!(
        everything(&desk.b)
            .iter()
            .all(|name| !name.starts_with("sim_"))
    );
    assert_eq!(desk.b.runs.list(&ada(), &wanted()).await.unwrap().total, 0);

    let revision = desk.b.states.revision().await.unwrap();
    let runs = desk
        .take(&table, &mapping, &["trial".to_owned()])
        .await
        .unwrap();
    assert_eq!(runs.len(), 3);
    let changes = desk.b.states.log(revision, 100).await.unwrap();
    let steps: Vec<String> = changes.iter().map(|it| it.transition.to_string()).collect();
    assert_eq!(
        steps,
        [
            "create", "activate", "create", "activate", "create", "activate"
        ]
    );
}

#[tokio::test]
async fn dates_and_injections_are_read_as_people_write_them() {
    let desk = Desk::new().await;
    let text = "who,when,letters,shot\nB10,2024-03-01,60,yes\nB2,2024-02-01,50,no\nB10,2024-04-05,62.5,no\nB2,2024-02-29,,yes\n";
    let mapping = Mapping {
        patient: "who".into(),
        time: "when".into(),
        time_is: TimeIs::Date,
        measure: "letters".into(),
        injected: Some("shot".into()),
        arm: None,
    };
    let table = desk.table("clinic.csv", text).await;
    let run = desk.take(&table, &mapping, &[]).await.unwrap().remove(0);
    assert_eq!(
        (run.name.as_str(), run.start_date.as_str()),
        ("clinic", "2024-02-01")
    );
    let tables = desk.b.runs.results(&ada(), &run.id).await.unwrap();
    let visits = &tables.visits[0];
    let days = visits.column_by_name("time_days").unwrap();
    assert_eq!(days.as_primitive::<UInt16Type>().values(), &[0, 0, 35]);
    let injected = visits.column_by_name("injected").unwrap().as_boolean();
    assert!(!injected.value(0) && injected.value(1) && !injected.value(2));
    let letters = visits.column_by_name("vision").unwrap();
    assert_eq!(
        letters.as_primitive::<Float32Type>().values(),
        &[50.0, 60.0, 62.5]
    );
    let patients = &tables.patients[0];
    assert_eq!(patients.num_rows(), 2);
    let remarks = run.trial.unwrap().remarks;
    assert!(
        remarks
            .iter()
            .any(|it| it.starts_with("1 rows without the measure")),
        "{remarks:?}"
    );
}

#[tokio::test]
async fn a_table_that_does_not_fit_is_refused_with_the_field_and_the_line() {
    let desk = Desk::new().await;
    let all = mapping();
    let text = "id,day,trt,bili\n1,0,1,2.0\n1,30,2,2.5\n";
    desk.refused(text, &all, "arm", "line 3: patient 1").await;
    desk.refused(
        "id,day,trt\n1,0,1\n2,0,1\n",
        &all,
        "measure",
        "no column \"bili\"",
    )
    .await;
    let text = "id,day,trt,bili\n1,0,1,high\n2,0,1,low\n";
    desk.refused(text, &all, "measure", "holds no numbers")
        .await;
    let text = "id,day,trt,bili\n1,0,1,2\n,5,1,2\n";
    desk.refused(text, &all, "patient", "line 3").await;
    let text = "id,day,trt,bili\n1,,1,2\n2,5,1,2\n";
    desk.refused(text, &all, "time", "line 2").await;
    let text = "id,day,trt,bili\n1,90000,1,2\n2,5,1,2\n";
    desk.refused(text, &all, "time", "day 90000").await;
    let by_date = Mapping {
        time_is: TimeIs::Date,
        ..mapping()
    };
    desk.refused(&pbc(), &by_date, "time", "holds no dates")
        .await;
    let mut many = "id,day,trt,bili\n".to_owned();
    (0..30).for_each(|at| writeln!(many, "{at},0,{at},1").unwrap());
    desk.refused(&many, &all, "arm", "at most 20").await;
}

#[tokio::test]
async fn a_trial_over_a_century_is_refused_with_its_dates_and_patients() {
    let desk = Desk::new().await;
    let by_date = Mapping {
        time: "when".into(),
        time_is: TimeIs::Date,
        arm: None,
        ..mapping()
    };
    let text = "id,when,bili\n1,0001-05-03,2\n1,2024-03-01,2\n2,2024-02-01,3\n";
    let because = "\"when\" goes from 0001-05-03 (patient 1) to 2024-03-01 (patient 1)";
    desk.refused(text, &by_date, "time", because).await;
    let text = "id,when,bili\n7,2024-02-01,2\n8,2024-03-01,2\n9,9999-12-31,3\n";
    let because = "from 2024-02-01 (patient 7) to 9999-12-31 (patient 9); a trial has at most 99";
    desk.refused(text, &by_date, "time", because).await;
    let text = "id,when,bili\n1,1900-01-01,2\n2,1999-01-01,3\n";
    desk.refused(text, &by_date, "time", "to 1999-01-01 (patient 2)")
        .await;
    // A day less are 99 years, as packages may have them too.
    let text = "id,when,bili\n1,1900-01-01,2\n2,1998-12-31,3\n";
    let table = desk.table("long.csv", text).await;
    let run = desk.take(&table, &by_date, &[]).await.unwrap().remove(0);
    assert_eq!(run.duration_years, 99.0);
    let came = import(&desk.b, &package(&desk.b.runs, &run.id).await).await;
    assert_eq!(came.unwrap().result, run.result);
}
