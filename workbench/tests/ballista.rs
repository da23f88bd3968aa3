//! Results gathered on a Ballista cluster: a scheduler and two executors as processes, and what happens when they are gone.
#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

#[path = "ballista/cluster.rs"]
mod cluster;
#[path = "query/study.rs"]
#[expect(dead_code, reason = "shared with the tests of queries")]
mod study;

use std::{
    fs,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;
use workbench::{
    Error, Limits, Study, Workbench,
    query::{
        CardRule, CohortFilters, MergeSpec, PageRequest, ResultInfo, Shape, ballista::Ballista,
        default_selection,
    },
};

use self::{
    cluster::{Cluster, at, free_addr},
    study::{Bench, card, lines, range, spec, taking, women_40_to_60},
};

/// The same folder of tables, whose results are gathered on a cluster.
fn on(ballista: Ballista, bench: &Bench) -> (Workbench, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let workbench = Workbench::open(folder.path(), Limits::default()).unwrap();
    for table in fs::read_dir(bench.folder.path().join("tables")).unwrap() {
        let table = table.unwrap();
        fs::copy(
            table.path(),
            folder.path().join("tables").join(table.file_name()),
        )
        .unwrap();
    }
    workbench.gather_on(ballista);
    (workbench, folder)
}

async fn merge(workbench: &Workbench, study: &Study, spec: &MergeSpec) -> ResultInfo {
    let cancel = CancellationToken::new();
    workbench
        .merge(study, spec, 1_700_000_000_000, &cancel)
        .await
        .unwrap()
}

/// All of a result's rows.
async fn rows(workbench: &Workbench, result: &ResultInfo) -> Vec<String> {
    let mut all = Vec::new();
    for offset in (0..result.row_count).step_by(PageRequest::MAX_LIMIT as usize) {
        let request = PageRequest {
            offset,
            limit: PageRequest::MAX_LIMIT,
            ..PageRequest::default()
        };
        all.extend(lines(&workbench.page(result, &request).await.unwrap()));
    }
    all
}

/// Why the cluster did not gather a result; `None` if it did.
fn problem(result: &ResultInfo) -> Option<&str> {
    result.cluster.as_ref().unwrap().problem.as_deref()
}

/// Merges here and on the cluster: the same result, cell by cell. What the cluster's says.
async fn both(bench: &Bench, other: &Workbench, study: &Study, spec: &MergeSpec) -> ResultInfo {
    let here = merge(&bench.workbench, study, spec).await;
    let there = merge(other, study, spec).await;
    assert_eq!(here.cluster, None);
    assert_eq!(
        rows(other, &there).await,
        rows(&bench.workbench, &here).await
    );
    assert!(here.row_count > 0);
    assert_eq!(there.columns, here.columns);
    assert_eq!(there.row_count, here.row_count);
    assert_eq!(fs::read_dir(other.incoming()).unwrap().count(), 0);
    there
}

/// Ids as text, visits that have no name, baselines, dates, a table with one row a participant, people without a visit, rows
/// of nobody.
fn everything() -> (Bench, Study) {
    let mut bench = Bench::new();
    bench
        .table("people", "id|sex|born|site\np10|f|1970-01-04|A\np9|m|1970-01-05|B\np8|f||A\np7|m|1970-01-07|")
        .table("genes", "id|apoe\np9|e4\np10|e3\np77|e2")
        .table(
            "labs",
            "id|visit|day|bili|site\np9|BAS1|7|1.5|B\np9|BAS2|9|2.5|B\np10|V2|0|3.25|A\np77|V2|0|9.9|C\np10|BAS1|1|4.125|A",
        )
        .table(
            "exams",
            "id|visit|day|note\np9|BAS1|7|a|\np9|V3|21|\np10||0|long words, even with \"quotes\"\np10|V2|0|ü",
        );
    let study = bench.study(Some("visit"));
    (bench, study)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_gathers_what_this_server_would() {
    let cluster = Cluster::start(2);

    let (bench, study) = Bench::pbc();
    let (other, _folder) = on(cluster.ballista(), &bench);
    let mut trial = spec(women_40_to_60(), default_selection(&study));
    for shape in [Shape::Long, Shape::Wide] {
        trial.shape = shape;
        let result = both(&bench, &other, &study, &trial).await;
        assert_eq!(problem(&result), None);
        assert_eq!(result.participants, 179);
    }
    let (bench, study) = everything();
    let (other, _folder) = on(cluster.ballista(), &bench);
    let high = CardRule::Range(range(2.0, 9.0));
    let cards = vec![card("labs.bili", high)];
    let filtered = CohortFilters {
        cards,
        ..CohortFilters::default()
    };
    for filters in [CohortFilters::default(), filtered] {
        for shape in [Shape::Long, Shape::Wide] {
            for consolidate_baseline in [false, true] {
                let asked = MergeSpec {
                    shape,
                    consolidate_baseline,
                    ..spec(filters.clone(), default_selection(&study))
                };
                let result = both(&bench, &other, &study, &asked).await;
                assert_eq!(problem(&result), None, "{asked:?}");
            }
        }
    }
    let mut wide_study = Bench::new();
    wide_study.table("people", "id|sex\n1|f\n2|m");
    for n in 0..30 {
        wide_study.table(
            &format!("t{n}"),
            &format!("id|visit|c{n}\n1|1|{n}\n2|2|{n}.5"),
        );
    }
    let many = wide_study.study(Some("visit"));
    let (others, _others_folder) = on(cluster.ballista(), &wide_study);
    let asked = spec(CohortFilters::default(), default_selection(&many));
    let result = both(&wide_study, &others, &many, &asked).await;
    assert_eq!((problem(&result), result.columns.len()), (None, 33));

    let keys_only = spec(CohortFilters::default(), taking(&["people:"]));
    let result = both(&bench, &other, &study, &keys_only).await;
    assert_eq!(problem(&result), None);
    for executor in &cluster.executors {
        assert!(executor.has_worked());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cluster_cannot_gather_or_no_longer_does_this_server_gathers_and_says_so() {
    let mut cluster = Cluster::start(2);
    let mut bench = Bench::new();
    bench
        .table("people", "id|sex\n10|f\n9|m")
        .table("labs", "id|visit|bili\n9|1|1.5\n10|1|3.25\n10|1|4.25");
    let study = bench.study(Some("visit"));
    let (other, _folder) = on(cluster.ballista(), &bench);
    let asked = spec(CohortFilters::default(), default_selection(&study));
    let repeated = both(&bench, &other, &study, &asked).await;
    let said = problem(&repeated).unwrap();
    assert!(
        said.contains("several rows of one participant and visit"),
        "{said}"
    );

    // One of two executors is killed: the other does all of it.
    cluster.executors[0].process.kill();
    let (bench, study) = Bench::pbc();
    let (other, _folder) = on(cluster.ballista(), &bench);
    let mut trial = spec(women_40_to_60(), default_selection(&study));
    let result = both(&bench, &other, &study, &trial).await;
    assert_eq!(problem(&result), None);

    // Nobody computes any more, or nobody answers.
    cluster.executors[1].process.kill();
    trial.shape = Shape::Wide;
    let result = both(&bench, &other, &study, &trial).await;
    assert!(problem(&result).is_some());
    cluster.scheduler.kill();
    trial.filters.sex.clear();
    let start = Instant::now();
    let result = both(&bench, &other, &study, &trial).await;
    assert!(problem(&result).is_some());
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(result.cluster.unwrap().at, cluster.addr.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_client_a_result_is_gathered_here() {
    let (bench, study) = Bench::pbc();
    let mut ballista = at(free_addr());
    ballista.program = bench.folder.path().join("nothing");
    let (other, _folder) = on(ballista, &bench);
    let trial = spec(women_40_to_60(), default_selection(&study));
    let result = both(&bench, &other, &study, &trial).await;
    let said = problem(&result).unwrap();
    assert!(said.contains("nothing cannot be started"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_cluster_is_given_up_and_a_cancelled_merge_does_not_wait_for_it() {
    let cluster = Cluster::start(1);
    cluster.scheduler.signal("STOP");
    let (bench, study) = Bench::pbc();
    let (other, _folder) = on(cluster.ballista(), &bench);
    let mut trial = spec(women_40_to_60(), default_selection(&study));
    let cancel = CancellationToken::new();
    let merging = other.merge(&study, &trial, 0, &cancel);
    let cancelling = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cancel.cancel();
        Instant::now()
    };
    let (merged, cancelled) = tokio::join!(merging, cancelling);
    assert!(matches!(merged, Err(Error::Cancelled)), "{merged:?}");
    assert!(cancelled.elapsed() < Duration::from_secs(20));
    assert_eq!(fs::read_dir(other.incoming()).unwrap().count(), 0);

    let mut impatient = cluster.ballista();
    impatient.patience = Duration::from_secs(1);
    let (other, _folder) = on(impatient, &bench);
    trial.shape = Shape::Wide;
    let result = both(&bench, &other, &study, &trial).await;
    let said = problem(&result).unwrap();
    assert!(said.contains("said nothing for 1s"), "{said}");
}
