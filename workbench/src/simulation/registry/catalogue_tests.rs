//! However a catalogue came to be what it is, it answers as one that was made of the same runs at once.
#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::*;
use crate::simulation::registry::Facet;

/// Enough that frequent values are kept as bits and rare ones as lists.
const RUNS: usize = 600;

fn run(id: usize, random: &mut StdRng) -> RunInfo {
    let protocol = random.random_range(0..5);
    let tags: Vec<String> = (0..random.random_range(0..4))
        .map(|_| format!("Tag {}", random.random_range(0..30)))
        .collect();
    let status = ["pending", "completed", "failed"][random.random_range(0..3)];
    let model = ["reactive", "treat_and_extend"][random.random_range(0..2)];
    serde_json::from_value(json!({
        "id": format!("sim_{id}"), "name": format!("Case {}", random.random_range(0..40)),
        "status": status, "reason": null,
        "protocol_name": format!("Protocol {protocol}"), "protocol_version": "1.0",
        "protocol_checksum": format!("{protocol:08}"), "protocol": format!("interval_{protocol}: {}", protocol * 7),
        "engine": "visit-based 1", "model": model,
        "patients": random.random_range(1..50), "duration_years": 5.0, "seed": id, "recruitment": "all_at_once",
        "start_date": "2026-01-01", "created_at": id, "created_by": "Ada", "trial": null, "carried": null, "result": null,
        "tags": tags, "notes": format!("meeting {}", random.random_range(0..9)), "is_pinned": random.random_bool(0.2),
        "last_accessed": null, "access_count": 0, "version": 1,
    }))
    .unwrap()
}

fn questions() -> Vec<Browse> {
    let texts = [
        "",
        "case 3",
        "TAG",
        "tag 7",
        "interval_2",
        "meeting reactive 1",
        "1.0 ada",
        "nowhere",
    ];
    let of = |text: &str| Browse {
        text: text.into(),
        ..Browse::default()
    };
    let mut all: Vec<Browse> = texts.into_iter().map(of).collect();
    all.push(Browse {
        tags: vec!["Tag 1".into(), "Tag 2".into()],
        ..of("")
    });
    all.push(Browse {
        status: Some(RunStatus::Failed),
        protocols: vec!["Protocol 1".into(), "Protocol 3".into()],
        models: vec!["reactive".into()],
        ..of("case")
    });
    all.push(Browse {
        tags: vec!["Tag of nobody".into()],
        ..of("")
    });
    all
}

fn answers(of: &Catalogue) -> Vec<(u64, Vec<RunRow>, [Vec<Facet>; 4])> {
    let answer = |asked: Browse| {
        let it = of.browse(&asked, None, 0, RUNS);
        (
            it.total,
            it.rows,
            [it.protocols, it.models, it.statuses, it.tags],
        )
    };
    questions().into_iter().map(answer).collect()
}

#[test]
fn after_any_changes_it_answers_as_if_it_were_made_anew() {
    let mut random = StdRng::seed_from_u64(7);
    let (mut changed, mut now) = (Catalogue::default(), HashMap::new());
    for step in 0..RUNS * 6 {
        let id = random.random_range(0..RUNS);
        if random.random_bool(0.25) {
            changed.remove(&format!("sim_{id}"));
            now.remove(&id);
        } else {
            let run = run(id, &mut random);
            changed.put(&run, step as i64);
            now.insert(id, (run, step as i64));
        }
    }
    let mut anew = Catalogue::default();
    now.values().for_each(|(run, at)| anew.put(run, *at));
    let found = answers(&changed);
    assert_eq!(found, answers(&anew));
    assert!(found.iter().filter(|(total, ..)| *total > 0).count() > 7);
}

#[test]
fn what_is_found_is_what_the_fields_of_a_run_say() {
    let mut random = StdRng::seed_from_u64(8);
    let runs: Vec<RunInfo> = (0..RUNS).map(|id| run(id, &mut random)).collect();
    let mut all = Catalogue::default();
    runs.iter().for_each(|run| all.put(run, run.created_at));
    for text in [
        "tag 2",
        "case 1",
        "meeting 3",
        "reactive",
        "interval_4",
        "sim_59",
    ] {
        let has = |run: &&RunInfo| {
            let fields = [
                &run.id,
                &run.name,
                &run.notes,
                &run.model,
                &run.protocol,
                &run.protocol_name,
            ];
            let fields = fields.into_iter().chain(&run.tags);
            let own: Vec<String> = fields.map(|field| field.to_lowercase()).collect();
            let numbers = [
                run.seed.to_string(),
                run.patients.to_string(),
                run.protocol_checksum.clone(),
                run.start_date.clone(),
                "1.0 visit-based 1".into(),
            ];
            let own: Vec<String> = own.into_iter().chain(numbers).collect();
            text.split(' ')
                .all(|word| own.iter().any(|it| it.contains(word)))
        };
        let asked = Browse {
            text: text.into(),
            ..Browse::default()
        };
        let found = all.browse(&asked, None, 0, 1);
        assert_eq!(
            found.total,
            runs.iter().filter(has).count() as u64,
            "{text}"
        );
        let tags = found.tags.iter().map(|tag| tag.count).sum::<u64>();
        assert!(tags > 0, "{text}");
    }
}
