//! What is read and what is refused, with its place.

use serde_json::Value;
use workbench::{
    configurations::{
        Problem,
        merge::{Format, value},
    },
    simulation::protocol::{Baseline, DiseaseState, MAX_BYTES, Protocol, Scheduling, checksum},
};

use super::support::{MONTHLY, NHS, REACTIVE, STANDARD, with};

fn problems(text: &str) -> Vec<Problem> {
    Protocol::read(text)
        .map(|read| panic!("{read:?}"))
        .unwrap_err()
        .problems
}

/// Path and line of the only problem.
fn only(text: &str) -> (String, u32, String) {
    let problems = problems(text);
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    (problem.path.clone(), problem.line, problem.message.clone())
}

#[test]
fn the_samples_are_read_as_they_are_written() {
    let standard = Protocol::read(STANDARD).unwrap();
    let Scheduling::TreatAndExtend(rule) = standard.scheduling else {
        panic!()
    };
    assert_eq!((rule.min_interval_days, rule.max_interval_days), (28, 112));
    assert_eq!((rule.loading.doses, rule.loading.every_days), (3, 28));
    assert_eq!(standard.treatment.days, 84);
    let active = standard.treatment.multipliers.from(DiseaseState::Active);
    assert_eq!(active.numbers(), [2.0, 0.8, 0.5]);
    assert_eq!(standard.treatment.multipliers.naive.numbers(), [1.0; 3]);
    assert_eq!(
        standard.baseline,
        Baseline::Normal {
            mean: 70.0,
            sd: 10.0,
            range: [20, 90]
        }
    );
    assert_eq!(standard.about.created_date, "2026-03-11");

    let Scheduling::TreatAndExtend(nhs) = Protocol::read(NHS).unwrap().scheduling else {
        panic!()
    };
    assert_eq!(nhs.min_interval_days, 56);
    let Scheduling::Reactive(rule) = Protocol::read(REACTIVE).unwrap().scheduling else {
        panic!()
    };
    assert_eq!((rule.injected_interval_days, rule.extension_days), (28, 14));
    assert!(Protocol::read(MONTHLY).is_ok());
}

#[test]
fn the_checksum_is_of_the_text_to_the_last_byte() {
    let read = Protocol::read(STANDARD).unwrap();
    assert_eq!(read.checksum, checksum(STANDARD));
    assert_eq!(read.checksum.len(), 64);
    assert_ne!(checksum(&format!("{STANDARD}\n")), read.checksum);
    // The known digest of nothing.
    assert!(checksum("").starts_with("e3b0c44298fc1c149afbf4c8996fb924"));
}

/// Every object of a value, by JSON Pointer.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    if let Value::Object(fields) = value {
        found.push(at.to_owned());
        for (name, field) in fields {
            objects(field, &format!("{at}/{name}"), found);
        }
    }
}

#[test]
fn whichever_field_is_missing_or_unknown_is_refused_in_its_place() {
    for text in [STANDARD, REACTIVE] {
        let whole = value(Format::Yaml, text).unwrap();
        let mut places = Vec::new();
        objects(&whole, "", &mut places);
        let mut fields = 0;
        for place in places {
            let path = place.trim_start_matches('/').replace('/', ".");
            let names: Vec<String> = whole
                .pointer(&place)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            for name in names {
                let mut without = whole.clone();
                without
                    .pointer_mut(&place)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove(&name);
                let found = problems(&without.to_string());
                assert!(
                    found
                        .iter()
                        .any(|it| it.path == path && it.message.contains(&name)),
                    "without {path}.{name}: {found:?}"
                );
                fields += 1;
            }
            let mut with = whole.clone();
            let fields = with.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            fields.insert("surprise".into(), 1.into());
            let found = problems(&with.to_string());
            assert!(
                found
                    .iter()
                    .any(|it| it.path == path && it.message.contains("surprise")),
                "unknown in {path}: {found:?}"
            );
        }
        assert!(fields > 50, "{fields}");
    }
}

#[test]
fn a_value_out_of_its_bounds_is_told_at_its_line() {
    let cases = [
        (
            "max_interval_days: 112",
            "max_interval_days: 0",
            "treat_and_extend.max_interval_days",
        ),
        (
            "min_interval_days: 28",
            "min_interval_days: 28.5",
            "treat_and_extend.min_interval_days",
        ),
        (
            "min_interval_days: 28",
            "min_interval_days: -28",
            "treat_and_extend.min_interval_days",
        ),
        (
            "extension_days: 14",
            "extension_days: fourteen",
            "treat_and_extend.extension_days",
        ),
        (
            "stable: 0.30",
            "stable: 1.30",
            "disease_transitions.NAIVE.stable",
        ),
        (
            "poor_vision_rate: 0.10",
            "poor_vision_rate: .nan",
            "discontinuation_rules.poor_vision_rate",
        ),
        (
            "poor_vision_rate: 0.10",
            "poor_vision_rate: .inf",
            "discontinuation_rules.poor_vision_rate",
        ),
        (
            "poor_vision_rate: 0.10",
            "poor_vision_rate: 1e400",
            "discontinuation_rules.poor_vision_rate",
        ),
        (
            "months_kind: planned",
            "months_kind: whim",
            "discontinuation_rules.months_kind",
        ),
        ("sd: 10", "sd: 0", "baseline_vision_distribution.sd"),
        (
            "type: normal",
            "type: cauchy",
            "baseline_vision_distribution.type",
        ),
        ("version: \"1.0\"", "version: 1.0", "metadata.version"),
        (
            "created_date: 2026-03-11",
            "created_date: 2026-02-30",
            "metadata.created_date",
        ),
        (
            "created_date: 2026-03-11",
            "created_date: yesterday",
            "metadata.created_date",
        ),
        (
            "max_interval_days: 112",
            "max_interval_days: 27",
            "treat_and_extend.max_interval_days",
        ),
        (
            "range: [20, 90]",
            "range: [90, 20]",
            "baseline_vision_distribution.range",
        ),
        ("mean: 70", "mean: 95", "baseline_vision_distribution.mean"),
        (
            "stable: 0.85, active: 0.15",
            "stable: 0.85, active: 0.16",
            "disease_transitions.STABLE",
        ),
        (
            "{ stable: 1.1, active: 0.9, highly_active: 1.0 }",
            "{ stable: 0, active: 0, highly_active: 1 }",
            "treatment_effect_on_transitions.STABLE",
        ),
    ];
    for (from, to, path) in cases {
        let line = STANDARD
            .lines()
            .position(|line| line.contains(from))
            .unwrap()
            + 1;
        let (found, at, message) = only(&with(STANDARD, from, to));
        assert_eq!(
            (found.as_str(), at as usize),
            (path, line),
            "{to}: {message}"
        );
    }
    let (path, _, _) = only(&with(
        STANDARD,
        "stable_treated: [1, 1]",
        "stable_treated: [1, -1]",
    ));
    assert_eq!(path, "vision_change_model.stable_treated.1");
    let (path, _, _) = only(&with(
        STANDARD,
        "stable_treated: [1, 1]",
        "stable_treated: [1, 1, 1]",
    ));
    assert_eq!(path, "vision_change_model.stable_treated");
}

#[test]
fn every_fault_is_told_at_once_in_order_of_place() {
    let text = with(STANDARD, "extension_days: 14", "extension_days: 0");
    let text = with(&text, "months_rate: 0.01", "months_rate: 2");
    let paths: Vec<String> = problems(&text).into_iter().map(|it| it.path).collect();
    assert_eq!(
        paths,
        [
            "treat_and_extend.extension_days",
            "discontinuation_rules.months_rate"
        ]
    );
    let error = Protocol::read(&text).unwrap_err().to_string();
    assert!(
        error.starts_with("line 15, treat_and_extend.extension_days: "),
        "{error}"
    );
    assert!(error.ends_with("(and 1 more)"), "{error}");
}

#[test]
fn the_section_of_the_other_rule_has_no_place() {
    let text = with(
        STANDARD,
        "protocol_type: treat_and_extend",
        "protocol_type: reactive",
    );
    let found = problems(&text);
    assert!(
        found.iter().any(|it| it.path == "treat_and_extend"),
        "{found:?}"
    );
    assert!(
        found.iter().any(|it| it.message.contains("reactive")),
        "{found:?}"
    );
}

#[test]
fn a_threshold_that_leaves_hardly_anybody_is_refused() {
    let beta = "type: beta_with_threshold\n  a: 3.5\n  b: 2.0\n  range: [5, 98]\n  threshold: 70\n  reduction: 0.6\n";
    let normal = "type: normal\n  mean: 70\n  sd: 10\n  range: [20, 90]\n";
    let text = with(STANDARD, normal, beta);
    assert!(Protocol::read(&text).is_ok());
    let text = with(
        &with(&text, "threshold: 70", "threshold: 6"),
        "reduction: 0.6",
        "reduction: 1",
    );
    assert_eq!(only(&text).0, "baseline_vision_distribution.reduction");
}

#[test]
fn what_is_no_protocol_at_all_is_refused() {
    assert_eq!(only(&"#".repeat(MAX_BYTES + 1)).1, 1);
    assert_eq!(
        only(&with(STANDARD, "metadata:\n", "metadata:\n  name: twice\n")).1,
        5
    );
    let bomb = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned()
        + &(b'b'..b'j')
            .map(|at| {
                let (name, before) = (at as char, (at - 1) as char);
                format!(
                    "{name}: &{name} [{}]\n",
                    vec![format!("*{before}"); 10].join(", ")
                )
            })
            .collect::<String>();
    for text in [
        "",
        "[]",
        "null",
        "42",
        "metadata",
        "\u{0}",
        "a: [",
        "{\"a\": 1}",
        &bomb,
    ] {
        let found = problems(text);
        assert!(
            found
                .iter()
                .all(|it| it.line >= 1 && !it.message.is_empty()),
            "{text}: {found:?}"
        );
    }
}
