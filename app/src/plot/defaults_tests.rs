use workbench::{
    data::{ColumnType, MergeKeys, StudyView},
    plot::{PlotKind, PlotSpec},
    query::{MergeSpec, ResultColumn, ResultInfo},
};

use super::{Chosen, Role, fill, resolve};

fn column(table: &str, name: &str, column_type: ColumnType, is_key: bool) -> ResultColumn {
    ResultColumn {
        name: name.into(),
        table: table.into(),
        column: name.into(),
        visit: None,
        column_type,
        is_numeric: column_type != ColumnType::Text,
        is_key,
        decimals: 1,
        missing: 0,
        mean: None,
        sd: None,
        range: None,
    }
}

fn result() -> ResultInfo {
    ResultInfo {
        id: "1".into(),
        row_count: 1,
        participants: 1,
        columns: vec![
            column("people", "id", ColumnType::Integer, true),
            column("labs", "visit", ColumnType::Integer, true),
            column("people", "age", ColumnType::Number, false),
            column("labs", "day", ColumnType::Integer, false),
            column("labs", "bili", ColumnType::Number, false),
            column("labs", "albumin", ColumnType::Number, false),
            column("exams", "stage", ColumnType::Category, false),
        ],
        filters_applied: Vec::new(),
        spec: MergeSpec::default(),
        provenance: Vec::new(),
        keys: MergeKeys {
            cohort_table: "people".into(),
            primary_id: "id".into(),
            session_id: Some("visit".into()),
            composite_id: None,
            is_longitudinal: true,
        },
        bytes: 0,
        elapsed_ms: 0,
        created_at: 0,
        cluster: None,
    }
}

fn resolved(stored: &PlotSpec) -> Chosen {
    resolve(stored, &result(), &StudyView::default())
}

fn axes(chosen: &Chosen) -> [Option<&str>; 2] {
    [chosen.spec.x.as_deref(), chosen.spec.y.as_deref()]
}

#[test]
fn measurements_of_visits_are_drawn_first() {
    assert_eq!(
        axes(&resolved(&PlotSpec::default())),
        [Some("bili"), Some("albumin")]
    );
}

#[test]
fn each_kind_gets_columns_that_fit_it() {
    let of = |kind| {
        resolved(&PlotSpec {
            kind,
            ..PlotSpec::default()
        })
    };
    assert_eq!(axes(&of(PlotKind::Box)), [Some("stage"), Some("bili")]);
    assert_eq!(axes(&of(PlotKind::Histogram)), [Some("bili"), None]);
    assert_eq!(axes(&of(PlotKind::Visits)), [Some("visit"), Some("bili")]);
}

#[test]
fn a_column_that_vanished_is_named_and_not_drawn() {
    let stored = PlotSpec {
        x: Some("platelet".into()),
        y: Some("albumin".into()),
        ..PlotSpec::default()
    };
    let chosen = resolved(&stored);
    assert_eq!(axes(&chosen), [Some("bili"), Some("albumin")]);
    assert_eq!(chosen.gone, [(Role::X, "platelet".to_owned())]);
}

#[test]
fn a_choice_that_does_not_fit_the_kind_comes_back_with_the_next() {
    let mut stored = PlotSpec::default();
    let shown = resolved(&stored).spec;
    fill(&mut stored, &shown);
    stored.kind = PlotKind::Box;
    assert_eq!(axes(&resolved(&stored)), [Some("stage"), Some("albumin")]);
    stored.kind = PlotKind::Scatter;
    assert_eq!(axes(&resolved(&stored)), [Some("bili"), Some("albumin")]);
}

#[test]
fn the_first_change_keeps_what_was_shown() {
    let mut stored = PlotSpec::default();
    let shown = resolved(&stored).spec;
    fill(&mut stored, &shown);
    assert_eq!(
        [stored.x.as_deref(), stored.y.as_deref()],
        [Some("bili"), Some("albumin")]
    );
}

#[test]
fn a_group_that_was_taken_away_stays_away() {
    let stored = PlotSpec {
        kind: PlotKind::Box,
        y: Some("albumin".into()),
        ..PlotSpec::default()
    };
    assert_eq!(axes(&resolved(&stored)), [None, Some("albumin")]);
}
