//! What each plot says of the sample study and of awkward data, and what a selection finds.
#![expect(clippy::expect_used, reason = "a test may stop at a surprise")]

mod reference;
mod results;

use futures::TryStreamExt;
use proptest::prelude::*;
use reference::{assert_close, cases, number, numbers, stored};
use results::{Bench, floats, texts, wholes};
use workbench::{
    Error,
    plot::{Panel, PlotData, PlotKind, PlotSpec, Region, SelectedRows},
    query::{ColumnFilter, PageRequest, Range, ResultInfo, SortKey},
};

const PBC: &str = include_str!("reference/pbc.json");
const GROUPS: &str = include_str!("reference/groups.json");

fn spec(kind: PlotKind, x: &str, y: &str) -> PlotSpec {
    let column = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    PlotSpec {
        kind,
        x: column(x),
        y: column(y),
        ..PlotSpec::default()
    }
}

async fn draw(bench: &Bench, result: &ResultInfo, spec: &PlotSpec) -> PlotData {
    bench.workbench.plot(result, spec).await.expect("a plot")
}

fn only(data: &PlotData) -> &Panel {
    assert_eq!(data.panels.len(), 1);
    &data.panels[0]
}

fn from(min: f64) -> Range {
    Range {
        min: Some(min),
        max: None,
    }
}

fn everything() -> Region {
    Region::Box {
        x: Range::default(),
        y: Range::default(),
    }
}

async fn select(
    bench: &Bench,
    result: &ResultInfo,
    spec: &PlotSpec,
    region: &Region,
) -> SelectedRows {
    let request = PageRequest {
        limit: 100,
        ..PageRequest::default()
    };
    let rows = bench.workbench.select(result, spec, region, &request).await;
    rows.expect("a selection")
}

#[tokio::test]
async fn albumin_on_log_bili_by_stage_says_what_scipy_and_pandas_say() {
    let (bench, pbc) = (Bench::new(), stored(PBC));
    let scatter = PlotSpec {
        colour: Some("stage".to_owned()),
        log_x: true,
        ..spec(PlotKind::Scatter, "bili", "albumin")
    };
    let data = draw(&bench, &bench.cohort(), &scatter).await;
    assert_eq!([data.drawn, data.total, data.left_out], [1_123, 1_123, 0]);
    assert!(data.repeats_participants);
    assert_eq!(data.note, None);
    let panel = only(&data);
    let fit = &panel.fits[0];
    for (field, value) in [
        ("slope", fit.slope),
        ("intercept", fit.intercept),
        ("r", fit.r),
        ("p", fit.p),
        ("standard_error", fit.standard_error),
    ] {
        assert_close(field, value, number(&pbc["fit"][field]), 0.0);
    }
    // The line runs over the axis's own values, from the smallest bili to the largest.
    let (first, last) = (fit.line[0], fit.line[fit.line.len() - 1]);
    assert_close("from", first[0], 0.2, 0.0);
    assert_close("to", last[0], 36.0, 0.0);
    let lower = numbers(&pbc["fit"]["lower"]);
    assert_close("lower left", first[2], lower[0], 0.0);
    assert_close("lower right", last[2], lower[2], 0.0);
    assert_eq!(panel.series.len(), 4);
    for (series, stage) in panel.series.iter().zip(cases(&pbc["stages"])) {
        assert_eq!(series.name.as_deref(), stage["stage"].as_str());
        assert_eq!(series.n, series.points.len() as u64);
        assert_eq!(series.n as f64, number(&stage["n"]));
        assert_close(
            "bili",
            series.mean_x.expect("points"),
            number(&stage["bili"]),
            0.0,
        );
        assert_close(
            "albumin",
            series.mean_y.expect("points"),
            number(&stage["albumin"]),
            0.0,
        );
    }
}

#[tokio::test]
async fn one_visit_each_takes_the_first_row_of_179_participants() {
    let bench = Bench::new();
    let scatter = PlotSpec {
        one_visit_each: true,
        ..spec(PlotKind::Scatter, "visit", "bili")
    };
    let data = draw(&bench, &bench.cohort(), &scatter).await;
    assert_eq!((data.total, data.repeats_participants), (179, false));
    let series = &only(&data).series[0];
    assert_eq!(series.mean_x, Some(1.0));
    let mean = number(&stored(PBC)["first_visit_mean_bili"]);
    assert_close("bili", series.mean_y.expect("points"), mean, 0.0);
    // All at visit 1: there is no line, and the plot says why.
    assert!(only(&data).fits.is_empty());
    assert_eq!(
        data.note.as_deref(),
        Some("Fit: not made: all values are equal.")
    );
}

#[tokio::test]
async fn a_histogram_of_bili_is_described_tested_and_adds_up() {
    let (bench, pbc) = (Bench::new(), stored(PBC));
    let histogram = PlotSpec {
        colour: Some("stage".to_owned()),
        ..spec(PlotKind::Histogram, "bili", "")
    };
    let data = draw(&bench, &bench.cohort(), &histogram).await;
    let panel = only(&data);
    let bins = panel.edges.len() - 1;
    assert!((5..=200).contains(&bins));
    assert_eq!((panel.edges[0], panel.series.len()), (0.2, 4));
    let counted: u64 = panel.series.iter().flat_map(|s| &s.counts).sum();
    assert_eq!(counted, 1_123);
    let described = panel.description.as_ref().expect("a description");
    assert_close(
        "skewness",
        described.skewness,
        number(&pbc["bili"]["skewness"]),
        0.0,
    );
    assert_close("q75", described.q75, number(&pbc["bili"]["q75"]), 0.0);
    let sentences: Vec<&str> = panel.tests.iter().map(|t| t.sentence.as_str()).collect();
    assert!(
        sentences
            .iter()
            .all(|s| s.starts_with("bili is not normally distributed (p "))
    );
    // A curve of expected counts holds what the bins hold, but for what it spreads below the
    // smallest bili, where most values are.
    let width = panel.edges[1] - panel.edges[0];
    let curve = &panel.series[3].curve;
    let area: f64 = curve
        .windows(2)
        .map(|w| (w[1][0] - w[0][0]) * w[0][1] / width)
        .sum();
    assert!((0.8..1.0).contains(&(area / 550.0)), "area {area}");
}

#[tokio::test]
async fn a_log_histogram_has_even_bins_on_the_axis_and_plain_statistics() {
    let bench = Bench::new();
    let values = [-1.0, 0.0, f64::NAN, 1.0, 10.0, 100.0, 1_000.0];
    let result = bench.result(&[("id", wholes(0..7)), ("v", floats(values))]);
    let histogram = PlotSpec {
        log_x: true,
        bins: Some(3),
        ..spec(PlotKind::Histogram, "v", "")
    };
    let data = draw(&bench, &result, &histogram).await;
    assert_eq!([data.total, data.left_out], [4, 3]);
    let panel = only(&data);
    for (edge, expected) in panel.edges.iter().zip([1.0, 10.0, 100.0, 1_000.0]) {
        assert_close("edge", *edge, expected, 0.0);
    }
    assert_eq!(panel.series[0].counts.iter().sum::<u64>(), 4);
    let described = panel.description.as_ref().expect("a description");
    assert_eq!((described.mean, described.missing), (277.75, 1));
    assert_eq!(panel.tests[1].p, None);
    let needs_more = "Not made: it needs at least 8 values, and there are 4.";
    assert_eq!(panel.tests[1].sentence, needs_more);
}

#[tokio::test]
async fn boxes_of_bili_by_stage_agree_with_f_oneway_and_ttest_ind() {
    let (bench, groups) = (Bench::new(), stored(GROUPS));
    let theirs = &cases(&groups)[0];
    let data = draw(
        &bench,
        &bench.cohort(),
        &spec(PlotKind::Box, "stage", "bili"),
    )
    .await;
    let panel = only(&data);
    let counts: Vec<u64> = panel.groups.iter().map(|g| g.description.n).collect();
    assert_eq!(counts, [41, 148, 384, 550]);
    let ours = panel.anova.as_ref().expect("four groups");
    assert_close("F", ours.f, number(&theirs["f"]), 0.0);
    assert_close("p", ours.p, number(&theirs["p"]), 0.0);
    assert_eq!(
        (ours.pairwise[5].a.as_str(), ours.pairwise[5].b.as_str()),
        ("3", "4")
    );
    let adjusted = number(&theirs["pairwise"][5]["p_adjusted"]);
    assert_close("p adjusted", ours.pairwise[5].p_adjusted, adjusted, 0.0);
    for group in &panel.groups {
        let described = &group.description;
        let reach = 1.5 * (described.q75 - described.q25);
        let [low, high] = group.whiskers;
        assert!(low >= described.q25 - reach && high <= described.q75 + reach);
        assert!(group.outliers.iter().all(|v| *v < low || *v > high));
    }
}

#[tokio::test]
async fn violins_have_outlines_and_colours_split_them() {
    let bench = Bench::new();
    let violin = PlotSpec {
        colour: Some("visit".to_owned()),
        ..spec(PlotKind::Violin, "stage", "albumin")
    };
    let data = draw(&bench, &bench.cohort(), &violin).await;
    let panel = only(&data);
    let names: Vec<&str> = panel
        .series
        .iter()
        .filter_map(|s| s.name.as_deref())
        .collect();
    assert_eq!(names, ["1", "2", "3", "4", "5", "6", "other"]);
    assert_eq!(
        panel.groups.iter().map(|g| g.description.n).sum::<u64>(),
        1_123
    );
    let outlined = panel.groups.iter().filter(|g| g.description.sd > 0.0);
    assert!(outlined.clone().count() > 20);
    for group in outlined {
        assert_eq!(group.density[0][0], group.description.min);
        assert!(group.density.iter().all(|place| place[1].is_finite()));
    }
}

#[tokio::test]
async fn a_line_over_visits_has_a_mean_and_interval_a_visit() {
    let (bench, pbc) = (Bench::new(), stored(PBC));
    let data = draw(&bench, &bench.cohort(), &spec(PlotKind::Visits, "", "bili")).await;
    // Nobody is twice in one visit, so each interval is right.
    assert!(!data.repeats_participants);
    let panel = only(&data);
    for (group, visit) in panel.groups.iter().zip(cases(&pbc["visits"])) {
        assert_eq!(Some(group.name.as_str()), visit["visit"].as_str());
        assert_close("mean", group.description.mean, number(&visit["mean"]), 0.0);
        assert!((group.interval[0]..=group.interval[1]).contains(&group.description.mean));
    }
    assert_eq!(panel.groups.len(), 16);
    // One value has no spread.
    assert_eq!(panel.groups[15].interval, [0.9, 0.9]);
}

#[tokio::test]
async fn density_cells_hold_every_point_once() {
    let bench = Bench::new();
    let density = PlotSpec {
        log_x: true,
        facet: Some("stage".to_owned()),
        ..spec(PlotKind::Density, "bili", "albumin")
    };
    let data = draw(&bench, &bench.cohort(), &density).await;
    assert_eq!(data.panels.len(), 4);
    let mut all = 0;
    for panel in &data.panels {
        assert_eq!((panel.edges.len(), panel.y_edges.len()), (61, 41));
        assert!(panel.edges.is_sorted() && panel.y_edges.is_sorted());
        let count: u32 = panel.cells.iter().map(|cell| cell[2]).sum();
        assert_eq!(u64::from(count), panel.series[0].n);
        all += count;
    }
    assert_eq!(all, 1_123);
}

#[tokio::test]
async fn above_the_limit_points_are_sampled_and_the_fit_is_over_all() {
    let bench = Bench::new();
    let n = 50_000;
    let result = bench.result(&[
        ("id", wholes(0..n)),
        ("x", floats((0..n).map(|i| i as f64))),
        ("y", floats((0..n).map(|i| 2.0 * i as f64 + (i % 7) as f64))),
    ]);
    let scatter = spec(PlotKind::Scatter, "x", "y");
    let data = draw(&bench, &result, &scatter).await;
    assert_eq!([data.drawn, data.total], [20_000, 50_000]);
    let note = "20,000 of 50,000 points drawn, chosen evenly at random.";
    assert_eq!(data.note.as_deref(), Some(note));
    let panel = only(&data);
    assert_eq!((panel.fits[0].n, panel.series[0].n), (50_000, 50_000));
    assert_eq!(panel.series[0].points.len(), 20_000);
    assert!(
        panel.series[0]
            .points
            .iter()
            .all(|p| f64::from(p.row) == p.x)
    );
    assert_eq!(data, draw(&bench, &result, &scatter).await);
    // A selection is among all points, drawn or not.
    let region = Region::Box {
        x: from(40_000.0),
        y: Range::default(),
    };
    assert_eq!(
        select(&bench, &result, &scatter, &region).await.points,
        10_000
    );
}

#[tokio::test]
async fn rows_without_a_colour_are_drawn_and_panels_beyond_the_limit_are_named() {
    let bench = Bench::new();
    let sites: Vec<String> = (0..15).map(|i| format!("site {}", i % 14)).collect();
    let sites: Vec<&str> = sites.iter().map(String::as_str).collect();
    let mut arms = vec!["b"; 15];
    arms[3] = "";
    arms[4] = "a";
    let result = bench.result(&[
        ("id", wholes(0..15)),
        ("arm", texts(&arms)),
        ("site", texts(&sites)),
        ("y", floats((0..15).map(f64::from))),
    ]);
    let mut scatter = PlotSpec {
        colour: Some("arm".to_owned()),
        ..spec(PlotKind::Scatter, "y", "y")
    };
    let data = draw(&bench, &result, &scatter).await;
    let series = only(&data).series.iter().map(|s| (s.name.as_deref(), s.n));
    assert_eq!(
        series.collect::<Vec<_>>(),
        [(Some("a"), 1), (Some("b"), 13), (Some("missing"), 1)]
    );
    scatter.facet = Some("site".to_owned());
    scatter.fit = false;
    let data = draw(&bench, &result, &scatter).await;
    let names: Vec<_> = data
        .panels
        .iter()
        .filter_map(|p| p.name.as_deref())
        .collect();
    assert_eq!(
        (names.len(), names[2], names[11]),
        (12, "site 2", "site 11")
    );
    let note = "12 of 14 panels of site drawn, the first in order.";
    assert_eq!(data.note.as_deref(), Some(note));
    assert_eq!((data.total, data.left_out), (13, 0));
}

#[tokio::test]
async fn many_outliers_are_thinned_and_the_furthest_stay() {
    let bench = Bench::new();
    let n = 4_000;
    let value = |i: i64| {
        if i < 3_000 {
            (i % 10) as f64
        } else {
            1_000.0 + i as f64
        }
    };
    let result = bench.result(&[("id", wholes(0..n)), ("y", floats((0..n).map(value)))]);
    let data = draw(&bench, &result, &spec(PlotKind::Box, "", "y")).await;
    let group = &only(&data).groups[0];
    assert_eq!((group.name.as_str(), group.outliers.len()), ("y", 500));
    assert_eq!((group.outliers[0], group.outliers[499]), (4_000.0, 4_999.0));
    let note = "At most 500 outliers a group drawn, of up to 1,000.";
    assert_eq!(data.note.as_deref(), Some(note));
}

#[tokio::test]
async fn a_choice_that_does_not_fit_is_named() {
    let bench = Bench::new();
    let result = bench.result(&[
        ("id", wholes(0..60)),
        ("sex", texts(&["f"; 60])),
        ("y", floats((0..60).map(f64::from))),
    ]);
    let cases = [
        (spec(PlotKind::Scatter, "y", "gone"), "gone"),
        (spec(PlotKind::Scatter, "sex", "y"), "sex holds text"),
        (
            spec(PlotKind::Histogram, "", ""),
            "Choose a column as horizontal",
        ),
        (
            spec(PlotKind::Box, "y", "y"),
            "y has more than 50 different values",
        ),
        (spec(PlotKind::Visits, "", "y"), "no visit column"),
    ];
    for (spec, word) in cases {
        match bench.workbench.plot(&result, &spec).await {
            Err(Error::BadRequest(text)) => assert!(text.contains(word), "{text}"),
            other => panic!("{word}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_empty_result_draws_an_empty_plot_of_every_kind() {
    let bench = Bench::new();
    let result = bench.result(&[
        ("id", wholes(0..0)),
        ("visit", wholes(0..0)),
        ("y", floats([])),
        ("stage", wholes(0..0)),
    ]);
    for kind in [
        PlotKind::Scatter,
        PlotKind::Density,
        PlotKind::Histogram,
        PlotKind::Violin,
    ] {
        let x = if kind == PlotKind::Violin {
            "stage"
        } else {
            "y"
        };
        let spec = PlotSpec {
            colour: Some("stage".to_owned()),
            ..spec(kind, x, "y")
        };
        assert_eq!(draw(&bench, &result, &spec).await.total, 0);
    }
}

#[tokio::test]
async fn a_range_selects_rows_with_their_participants_and_means() {
    let (bench, pbc) = (Bench::new(), stored(PBC));
    let result = bench.cohort();
    let scatter = spec(PlotKind::Scatter, "bili", "albumin");
    let region = Region::Box {
        x: from(10.0),
        y: Range::default(),
    };
    let request = PageRequest {
        limit: 2,
        sort: vec![SortKey {
            column: "bili".to_owned(),
            descending: true,
        }],
        ..PageRequest::default()
    };
    let chosen = bench
        .workbench
        .select(&result, &scatter, &region, &request)
        .await;
    let chosen = chosen.expect("a selection");
    let theirs = &pbc["above_10"];
    assert_eq!(chosen.points as f64, number(&theirs["points"]));
    assert_eq!(chosen.participants as f64, number(&theirs["participants"]));
    let mean = number(&theirs["mean_albumin"]);
    assert_close("albumin", chosen.mean_y.expect("points"), mean, 0.0);
    assert_eq!(
        (chosen.page.total, chosen.page.rows.len()),
        (chosen.points, 2)
    );
    // The largest bili first, in the column's precision.
    assert_eq!(chosen.page.rows[0][2].as_deref(), Some("36.00"));
    let filtered = PageRequest {
        filters: vec![ColumnFilter {
            column: "bili".to_owned(),
            text: ">= 36".to_owned(),
        }],
        ..request
    };
    let page = bench
        .workbench
        .select(&result, &scatter, &region, &filtered)
        .await;
    assert_eq!(page.expect("a selection").page.total, 1);
}

#[tokio::test]
async fn the_edges_of_a_lasso_are_straight_on_a_log_axis() {
    let bench = Bench::new();
    let result = bench.result(&[
        ("id", wholes(0..2)),
        ("x", floats([10.0, 10.0])),
        ("y", floats([0.3, 0.6])),
    ]);
    // From (1, 0) to (100, 1): at x = 10 the edge is at 1/2 on a log axis, at 1/11 on a linear one.
    let region = Region::Polygon {
        corners: vec![[1.0, 0.0], [100.0, 1.0], [100.0, 0.0]],
    };
    let mut scatter = spec(PlotKind::Scatter, "x", "y");
    scatter.log_x = true;
    let below = select(&bench, &result, &scatter, &region).await;
    assert_eq!((below.points, below.mean_y), (1, Some(0.3)));
    scatter.log_x = false;
    assert_eq!(select(&bench, &result, &scatter, &region).await.points, 0);
}

#[tokio::test]
async fn a_group_is_selected_by_its_number() {
    let bench = Bench::new();
    let region = Region::Box {
        x: Range {
            min: Some(-0.5),
            max: Some(1.5),
        },
        y: Range::default(),
    };
    let chosen = select(
        &bench,
        &bench.cohort(),
        &spec(PlotKind::Box, "stage", "bili"),
        &region,
    )
    .await;
    assert_eq!(chosen.points, 41 + 148);
}

#[tokio::test]
async fn an_exported_selection_has_every_column_and_no_formula() {
    let bench = Bench::new();
    let result = bench.result(&[
        ("id", wholes(1..4)),
        ("note", texts(&["=1+1", "a,b", ""])),
        ("y", floats([-0.125, 2.0, 3.0])),
    ]);
    let spec = spec(PlotKind::Histogram, "y", "");
    let region = Region::Box {
        x: Range {
            min: None,
            max: Some(2.0),
        },
        y: Range::default(),
    };
    let stream = bench.workbench.export_selection(&result, &spec, &region);
    let pieces: Vec<_> = stream.try_collect().await.expect("a download");
    let text = String::from_utf8(pieces.concat()).expect("UTF-8");
    assert_eq!(text, "id,note,y\n1,'=1+1,-0.125\n2,\"a,b\",2\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn bins_hold_every_value_and_the_whole_plane_holds_every_point(
        values in prop::collection::vec(
            prop_oneof![4 => -1e3..1e3f64, 1 => Just(f64::NAN), 1 => Just(7.0), 1 => -1e12..1e12f64],
            1..200,
        ),
        bins in prop::option::of(1..300u32),
        log_x: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let bench = Bench::new();
        let n = values.len() as i64;
        let result = bench.result(&[("id", wholes(0..n)), ("v", floats(values.iter().copied()))]);
        let spec = PlotSpec { bins, log_x, ..spec(PlotKind::Histogram, "v", "") };
        let expected = values.iter().filter(|v| if log_x { **v > 0.0 } else { !v.is_nan() }).count() as u64;
        let (data, chosen) = runtime.block_on(async {
            let data = draw(&bench, &result, &spec).await;
            (data, select(&bench, &result, &spec, &everything()).await)
        });
        prop_assert_eq!(data.total, expected);
        prop_assert_eq!(data.total + data.left_out, n as u64);
        prop_assert_eq!(data.panels[0].series[0].counts.iter().sum::<u64>(), expected);
        prop_assert_eq!(chosen.points, expected);
        prop_assert_eq!(chosen.participants, expected);
    }
}
