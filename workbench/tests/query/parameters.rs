//! A query as a file, out and in again.

use proptest::{num::f64::NORMAL, prelude::*, sample::subsequence, test_runner::TestRunner};
use workbench::{
    Error, Study,
    data::Day,
    query::{
        CardRule, CohortFilters, DateRange, FilterCard, Imported, MAX_PARAMETERS_BYTES, MergeSpec,
        Range, Selection, Shape, TextRule, default_selection, parameters_file, saved_name,
    },
};

use crate::study::{Bench, card, range, spec, texts, women_40_to_60};

const HEAD: &str = "[metadata]\nformat_version = \"1.0\"\n";

async fn read(bench: &Bench, study: &Study, text: &str) -> Result<Imported, Error> {
    let bytes = text.as_bytes().to_vec();
    bench
        .workbench
        .read_parameters(study, "query.toml", bytes)
        .await
}

/// The line on which something stands.
fn line_of(text: &str, what: &str) -> u64 {
    let before = text
        .split_once(what)
        .unwrap_or_else(|| panic!("no {what}"))
        .0;
    1 + before.matches('\n').count() as u64
}

#[test]
fn a_file_has_the_sections_and_names_that_people_know() {
    let (_bench, study) = Bench::pbc();
    let mut filters = women_40_to_60();
    filters.visits = texts(&["1"]);
    filters.cards = vec![
        card("labs.bili", CardRule::Range(range(2.0, 41.0))),
        card(
            "exams.stage",
            CardRule::Categories {
                values: texts(&["3", "4"]),
            },
        ),
    ];
    filters.cards[1].enabled = false;
    let spec = spec(filters, default_selection(&study));
    let text = parameters_file(&spec, "for the July report", 0).unwrap();
    for line in [
        "[metadata]",
        "format_version = \"1.0\"",
        "export_timestamp = \"1970-01-01T00:00:00Z\"",
        "user_notes = \"for the July report\"",
        "[cohort_filters]",
        "age_range = [40.0, 60.0]",
        "sites = []",
        "sessions = [\"1\"]",
        "sex = [\"f\"]",
        "[[phenotypic_filters]]",
        "table = \"labs\"",
        "column = \"bili\"",
        "filter_type = \"range\"",
        "min_val = 2.0",
        "max_val = 41.0",
        "enabled = true",
        "filter_type = \"categories\"",
        "selected_values = [\"3\", \"4\"]",
        "enabled = false",
        "[export_selection]",
        "selected_tables = [\"demographics\", \"exams\", \"labs\"]",
        "enwiden_longitudinal = false",
        "consolidate_baseline = false",
        "[export_selection.selected_columns]",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in\n{text}");
    }
    assert_eq!(
        saved_name("Women, 40 to 60", 0),
        "Women__40_to_60_19700101_000000.toml"
    );
    assert_eq!(saved_name(" ", 0), "query_19700101_000000.toml");
}

const STRANGE: &str = r#"[metadata]
format_version = "1.0"
user_notes = "from another place"
colour = "red"

[cohort_filters]
age_range = [40, 60]
sites = ["Rochester"]
sessions = [1, 2, "99"]
sex = ["f", "x"]
weather = true

[[phenotypic_filters]] # scans
table = "scans"
column = "volume"
filter_type = "range"
min_val = 0

[[phenotypic_filters]] # bili
table = "labs"
column = "bili"
filter_type = "range"
max_val = "many"

[[phenotypic_filters]] # stage
table = "exams"
column = "stage"
filter_type = "categories"
selected_values = [3, 4, 9]

[export_selection]
selected_tables = ["labs", "scans"]
enwiden_longitudinal = true

[export_selection.selected_columns]
labs = ["bili", "copper"]
exams = ["stage"]
"#;

#[tokio::test]
async fn a_file_is_split_into_what_applies_and_what_does_not() {
    let (bench, study) = Bench::pbc();
    let imported = read(&bench, &study, STRANGE).await.unwrap();
    let expected = [
        ("colour", "metadata.colour", "no such field"),
        ("Rochester", "site", "demographics has no site column"),
        ("\"99\"", "visit 99", "nothing in the data has it"),
        ("\"x\"", "sex x", "nothing in the data has it"),
        ("weather", "cohort_filters.weather", "no such field"),
        ("# scans", "card scans.volume", "Table scans is not here."),
        ("# bili", "card labs.bili", "max_val is not a number"),
        ("# stage", "9 of card exams.stage", "no such value"),
        ("\"scans\"]", "table scans", "it is not here"),
        ("copper", "column labs.copper", "no such column"),
        ("exams =", "columns of exams", "not among selected_tables"),
    ];
    let found = imported.left_out.iter();
    let found: Vec<_> = found.map(|it| (it.line, it.what.as_str())).collect();
    let places = expected.map(|(at, what, _)| (line_of(STRANGE, at), what));
    assert_eq!(found, places);
    for (part, (_, _, why)) in imported.left_out.iter().zip(expected) {
        assert!(part.why.contains(why), "{part:?}");
    }
    let filters = CohortFilters {
        visits: texts(&["1", "2"]),
        cards: vec![FilterCard {
            id: "import3".into(),
            ..card(
                "exams.stage",
                CardRule::Categories {
                    values: texts(&["3", "4"]),
                },
            )
        }],
        ..women_40_to_60()
    };
    let mut asked = spec(filters, crate::study::taking(&["labs: bili"]));
    asked.shape = Shape::Wide;
    assert_eq!(imported.spec, asked);
    assert_eq!(imported.notes, "from another place");
    let applies: Vec<&str> = imported.applies.iter().map(String::as_str).collect();
    assert_eq!(
        applies,
        [
            "Visit 1, 2",
            "Age 40 to 60",
            "Sex f",
            "stage 3, 4",
            "Table labs, 1 column",
            "Wide form, a row a participant",
        ]
    );
    let count = bench
        .workbench
        .count(&study, &asked.filters, &asked.selection)
        .await
        .unwrap();
    assert_eq!(imported.left, count.left);
}

#[tokio::test]
async fn a_filter_none_of_whose_values_is_here_is_left_out_whole() {
    let (bench, study) = Bench::pbc();
    let text = [HEAD, "[cohort_filters]\nsessions = [\"FU1\"]\n"].concat();
    let imported = read(&bench, &study, &text).await.unwrap();
    let what: Vec<&str> = imported
        .left_out
        .iter()
        .map(|it| it.what.as_str())
        .collect();
    assert_eq!(what, ["visit FU1", "the visit filter"]);
    assert_eq!(imported.left.participants, 312);
    assert_eq!(imported.spec.selection, default_selection(&study));
}

#[tokio::test]
async fn what_is_of_the_wrong_kind_is_left_out_and_the_rest_applies() {
    let (bench, study) = Bench::pbc();
    let text = "phenotypic_filters = [1, {table = \"labs\"}, {table = \"labs\", column = \"bili\", filter_type = \"sound\"}]\n\
                export_selection = []\nextra = 1979-05-27\n[metadata]\nformat_version = \"1.0\"\n\
                [cohort_filters]\nage_range = [40]\nsites = 3\nsessions = [[1]]\nsex = [\"f\"]\n";
    let imported = read(&bench, &study, text).await.unwrap();
    assert_eq!(imported.left_out.len(), 8, "{:?}", imported.left_out);
    assert_eq!(imported.spec.filters.sex, ["f"]);
    assert_eq!(imported.spec.filters.age, None);
    assert_eq!(imported.left.participants, 276);
    for age in ["[nan, 60.0]", "[inf, inf]", "[\"40\", \"60\"]", "40"] {
        let text = format!("{HEAD}[cohort_filters]\nage_range = {age}\n");
        let imported = read(&bench, &study, &text).await.unwrap();
        assert_eq!(imported.left_out[0].what, "age_range", "{age}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_query_is_refused_with_line_and_column() {
    let (bench, study) = Bench::pbc();
    let deep = format!("{HEAD}a = {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let cases: [(&str, Option<u64>, &str); 9] = [
        (
            "[metadata]\nformat_version = \"2.0\"\n",
            Some(2),
            "\"2.0\" is not known here",
        ),
        (
            "[metadata]\nuser_notes = \"\"\n",
            Some(2),
            "no format_version",
        ),
        (
            "[cohort_filters]\nsites = []\n",
            None,
            "format_version is missing",
        ),
        ("metadata = 5\n", Some(1), "no section"),
        ("[package]\nname = \"x\"\n", None, "this is no query"),
        ("", None, "this is no query"),
        (
            "[metadata]\nformat_version = \"1.0\" extra\n",
            Some(2),
            "no TOML",
        ),
        (
            "[metadata]\nformat_version = \"1.0\"\nuser_notes = \"a\0b\"\n",
            Some(3),
            "no TOML",
        ),
        (&deep, Some(3), "no TOML"),
    ];
    for (text, place, problem) in cases {
        let error = read(&bench, &study, text).await.unwrap_err();
        let Error::BadFile { line, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(*line, place, "{error}");
        let words = error.to_string();
        assert!(
            words.starts_with("query.toml") && words.contains(problem),
            "{words}"
        );
    }
    let old = "[metadata]\nformat_version = \"0.9\"\n";
    let error = read(&bench, &study, old).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("query.toml, line 2, column 18: "),
        "{error}"
    );
    let twice = [HEAD, "[metadata]\n"].concat();
    let error = read(&bench, &study, &twice).await.unwrap_err();
    assert!(error.to_string().contains("duplicate key"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_too_large_or_no_text_is_refused() {
    let (bench, study) = Bench::pbc();
    let large = format!("{HEAD}# {}\n", "x".repeat(10 << 20));
    let error = read(&bench, &study, &large).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let fits = format!("{HEAD}#{}\n", "x".repeat(MAX_PARAMETERS_BYTES - 40));
    assert!(read(&bench, &study, &fits).await.is_ok());
    let bytes = b"[metadata]\nuser_notes = \"M\xfcller\"\n".to_vec();
    let error = bench
        .workbench
        .read_parameters(&study, "query.toml", bytes)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("line 2, column 1: this is not UTF-8"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_stays_short_whatever_a_file_holds() {
    let (bench, study) = Bench::pbc();
    let visits: Vec<String> = (100..900).map(|visit| visit.to_string()).collect();
    let long = "x".repeat(100_000);
    let text = format!(
        "{HEAD}[cohort_filters]\nsessions = [{}]\n[[phenotypic_filters]]\ntable = \"{long}\"\ncolumn = \"{long}\"\nfilter_type = \"range\"\n",
        visits.join(", ")
    );
    let imported = read(&bench, &study, &text).await.unwrap();
    assert_eq!(imported.left_out.len(), 100);
    assert_eq!(imported.more_left_out, 800 + 1 + 1 - 100);
    let longest = imported
        .left_out
        .iter()
        .map(|it| it.what.len() + it.why.len())
        .max();
    assert!(longest.unwrap() < 1_000);
    let many = format!(
        "{HEAD}[cohort_filters]\nsites = [{}]\n",
        "1, ".repeat(1_001)
    );
    let imported = read(&bench, &study, &many).await.unwrap();
    assert!(imported.left_out[0].why.contains("more than 1,000"));
}

/// A study with something of everything that a query can be about.
fn small() -> (Bench, Study) {
    let mut bench = Bench::new();
    bench
        .table("people", "id|age|sex|Site\n1|40|f|A B\n2|50|m|C\n3||f|A")
        .table(
            "labs",
            "id|visit|bili|stage|note|seen\n1|1|2.5|1|x|1970-01-05\n1|2|3.5|2|\"y\"|\n2|1|4.5|3|=z|1970-01-07",
        );
    let study = bench.study(Some("visit"));
    (bench, study)
}

fn some(values: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(values.to_vec(), 0..=values.len()).prop_map(|values| texts(&values))
}

fn a_range() -> impl Strategy<Value = Range> {
    let end = || proptest::option::of(NORMAL);
    (end(), end()).prop_map(|(min, max)| Range { min, max })
}

fn some_dates() -> impl Strategy<Value = DateRange> {
    let end = || proptest::option::of((-719_162..=2_932_896_i64).prop_map(Day::of));
    (end(), end()).prop_map(|(from, to)| DateRange {
        from: from.flatten(),
        to: to.flatten(),
    })
}

fn some_text() -> impl Strategy<Value = TextRule> {
    (any::<String>(), any::<String>())
        .prop_map(|(contains, without)| TextRule { contains, without })
}

fn a_card() -> impl Strategy<Value = FilterCard> {
    let values = prop_oneof![
        some(&["1", "2", "3"]).prop_map(|values| ("labs.stage", CardRule::Categories { values })),
        some(&["x", "\"y\"", "=z"])
            .prop_map(|values| ("labs.note", CardRule::Categories { values })),
        some(&["A B", "C"]).prop_map(|values| ("people.Site", CardRule::Categories { values })),
        a_range().prop_map(|range| ("labs.bili", CardRule::Range(range))),
        a_range().prop_map(|range| ("people.age", CardRule::Range(range))),
        some_dates().prop_map(|dates| ("labs.seen", CardRule::Dates(dates))),
        some_text().prop_map(|text| ("labs.note", CardRule::Text(text))),
    ];
    (values, any::<bool>()).prop_map(|((column, rule), enabled)| FilterCard {
        enabled,
        ..card(column, rule)
    })
}

fn a_query() -> impl Strategy<Value = MergeSpec> {
    let filters = (
        some(&["A", "B", "C"]),
        some(&["1", "2"]),
        proptest::option::of(a_range()),
        some(&["f", "m"]),
        proptest::collection::vec(a_card(), 0..5),
    );
    let columns = (
        proptest::option::of(some(&["age", "sex", "Site"])),
        proptest::option::of(some(&["bili", "stage", "note"])),
    );
    let form = (any::<bool>(), any::<bool>());
    (filters, columns, form).prop_map(
        |(
            (sites, visits, age, sex, mut cards),
            (people, labs),
            (is_wide, consolidate_baseline),
        )| {
            for (at, card) in cards.iter_mut().enumerate() {
                // A file has no ids: cards are named by their place.
                card.id = format!("import{}", at + 1);
            }
            let tables = [("people", people), ("labs", labs)];
            let tables = tables.map(|(name, columns)| Some((name.to_owned(), columns?)));
            MergeSpec {
                filters: CohortFilters {
                    sites,
                    visits,
                    age,
                    sex,
                    cards,
                },
                selection: Selection {
                    tables: tables.into_iter().flatten().collect(),
                },
                shape: if is_wide { Shape::Wide } else { Shape::Long },
                consolidate_baseline,
            }
        },
    )
}

#[test]
fn a_query_that_goes_out_comes_in_as_it_was() {
    let (bench, study) = small();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let outcome = runner.run(&(a_query(), any::<String>()), |(asked, notes)| {
        let text = parameters_file(&asked, &notes, 0).unwrap();
        let imported = runtime.block_on(read(&bench, &study, &text));
        let imported = imported.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert!(
            imported.left_out.is_empty(),
            "{:?}\n{}",
            imported.left_out,
            text
        );
        prop_assert_eq!(imported.spec, asked);
        prop_assert_eq!(imported.notes, notes);
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn ends_of_dates_are_texts_or_dates_and_other_ends_leave_the_card_out() {
    let (bench, study) = small();
    let with = |ends: &str| {
        format!(
            "{HEAD}[[phenotypic_filters]]\ntable = \"labs\"\ncolumn = \"seen\"\nfilter_type = \"dates\"\n{ends}\n"
        )
    };
    for ends in ["min_val = \"1970-01-06\"", "min_val = 1970-01-06"] {
        let imported = read(&bench, &study, &with(ends)).await.unwrap();
        assert!(imported.left_out.is_empty(), "{:?}", imported.left_out);
        assert_eq!(imported.applies[0], "seen from 1970-01-06");
        assert_eq!(imported.left.rows, 1);
        let text = parameters_file(&imported.spec, "", 0).unwrap();
        let line = "min_val = \"1970-01-06\"";
        assert!(text.lines().any(|it| it == line), "{text}");
    }
    for end in [
        "\"1970-02-30\"",
        "\"soon\"",
        "5",
        "1970-01-06T10:00:00Z",
        "[]",
    ] {
        let text = with(&format!("max_val = {end}"));
        let imported = read(&bench, &study, &text).await.unwrap();
        let left_out = &imported.left_out[0];
        assert_eq!(left_out.what, "card labs.seen", "{end}");
        assert!(left_out.why.contains("max_val is not a date"), "{end}");
        assert!(imported.spec.filters.cards.is_empty(), "{end}");
    }
}

#[tokio::test]
async fn parts_of_a_text_are_texts_or_numbers_and_other_parts_leave_the_card_out() {
    let (bench, study) = small();
    let with = |parts: &str| {
        format!(
            "{HEAD}[[phenotypic_filters]]\ntable = \"labs\"\ncolumn = \"note\"\nfilter_type = \"text\"\n{parts}\n"
        )
    };
    for (parts, label, rows) in [
        ("contains = \"Y\"", "note contains \"Y\"", 1),
        ("without = \"y\"", "note without \"y\"", 2),
        ("contains = 5", "note contains \"5\"", 0),
        ("", "note known", 3),
    ] {
        let imported = read(&bench, &study, &with(parts)).await.unwrap();
        assert!(imported.left_out.is_empty(), "{:?}", imported.left_out);
        assert_eq!(imported.applies[0], label);
        assert_eq!(imported.left.rows, rows, "{parts}");
        let text = parameters_file(&imported.spec, "", 0).unwrap();
        let said = |name: &str| text.lines().any(|line| line.starts_with(name));
        assert!(said("filter_type = \"text\""), "{text}");
        let asked = ["contains", "without"].map(|name| parts.starts_with(name));
        assert_eq!(["contains", "without"].map(said), asked, "{text}");
    }
    for part in ["contains = []", "without = {}"] {
        let imported = read(&bench, &study, &with(part)).await.unwrap();
        let left_out = &imported.left_out[0];
        assert_eq!(left_out.what, "card labs.note", "{part}");
        assert!(left_out.why.contains("is not a text"), "{part}");
        assert!(imported.spec.filters.cards.is_empty(), "{part}");
    }
}

#[test]
fn whatever_bytes_a_file_has_it_is_read_or_refused() {
    let (bench, study) = small();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(300));
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    let outcome = runner.run(
        &(bytes, 0..STRANGE.len(), any::<bool>()),
        |(bytes, at, is_cut)| {
            let mut file = STRANGE.as_bytes()[..at].to_vec();
            file.extend(&bytes);
            if !is_cut {
                file.extend(&STRANGE.as_bytes()[at..]);
            }
            let read = bench.workbench.read_parameters(&study, "query.toml", file);
            match runtime.block_on(read) {
                Ok(_) | Err(Error::BadFile { .. }) => Ok(()),
                Err(other) => Err(TestCaseError::fail(other.to_string())),
            }
        },
    );
    outcome.unwrap();
}
