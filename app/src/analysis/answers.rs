//! What the server answers the Analysis part, out of a run's tables and its history. Only on the server.

use holdfast::{Change, HistoryQuery, StateId, Transition};
use serde_json::Value;
use workbench::{Error, analysis::Cohort};

use super::{Place, View, figures, server::Deed};
use crate::{
    AppError,
    components::{figure::Figure, format},
    context::Caller,
    states::{Names, answers::moment},
};

/// Changes of a trail: a run has a few.
const CHANGES: usize = 500;

pub(super) async fn figures(
    caller: &Caller,
    id: &str,
    place: Place,
) -> Result<Vec<Figure>, AppError> {
    if !place.view.has_charts() {
        return Ok(Vec::new());
    }
    let (runs, by) = (&caller.state.runs, caller.by()?);
    let run = runs.get(&by, id).await?;
    let tables = runs.results(&by, id).await?;
    // They are counted off the async threads.
    let counted = tokio::task::spawn_blocking(move || view(&Cohort::of(&run, &tables)?, place));
    Ok(counted.await.map_err(AppError::internal)??)
}

fn view(cohort: &Cohort<'_>, place: Place) -> Result<Vec<Figure>, Error> {
    let flow = || {
        Ok::<_, Error>(figures::flow(
            &cohort.flow(place.by)?,
            place.by,
            place.is_share,
        ))
    };
    let drawn = || cohort.trajectories(place.count as usize, place.seed);
    Ok(match place.view {
        View::Overview => vec![
            figures::mean_vision(&cohort.vision()?),
            figures::intervals(&cohort.intervals()?),
            figures::journey(&cohort.journey()?),
            flow()?,
            figures::trajectories(&drawn()?),
        ],
        View::Vision => {
            let sight = cohort.sight(figures::DRAWN, place.seed)?;
            vec![
                figures::mean_vision(&cohort.vision()?),
                figures::last_by_baseline(&sight, cohort.patients()),
                figures::changes(&sight),
            ]
        }
        View::Trajectories => vec![figures::trajectories(&drawn()?)],
        View::Intervals => {
            let intervals = cohort.intervals()?;
            vec![
                figures::intervals(&intervals),
                figures::mean_intervals(&intervals),
            ]
        }
        View::Flow => vec![flow()?],
        View::Journey => vec![figures::journey(&cohort.journey()?)],
        View::Frequency => figures::frequency(&cohort.frequency()?),
        View::Stopping => vec![figures::stopping(&cohort.stopping()?, place.is_share)],
        View::History | View::About => Vec::new(),
    })
}

pub(super) async fn trail(caller: &Caller, id: &str) -> Result<Vec<Deed>, AppError> {
    // Whether there is such a run, and in their scope.
    caller.state.runs.get(&caller.by()?, id).await?;
    let (scope, state) = (caller.scope()?, StateId::new(id));
    let query = HistoryQuery::last(CHANGES);
    let changes = caller.state.manager.history(&scope, &state, query).await?;
    let names = Names::of(caller, &changes).await?;
    let deed = |change: &Change| Deed {
        version: change.after.version.0,
        at: moment(change.at),
        who: names.who(change),
        did: did(change),
        status: change.after.status.to_string(),
    };
    Ok(changes.iter().map(deed).collect())
}

/// What a change did, in words.
fn did(change: &Change) -> String {
    let after = &change.after;
    let text = |key: &str| after.data.get(key).and_then(Value::as_str);
    if change.transition == Transition::CREATE {
        return "ordered".into();
    }
    if change.transition == Transition::ACTIVATE {
        return "completed: its tables are there".into();
    }
    if change.transition == Transition::EXPIRE {
        return match text("reason") {
            Some(reason) => format!("failed: {reason}"),
            None => "failed".into(),
        };
    }
    let Some(before) = &change.before else {
        return change.transition.to_string();
    };
    let mut said = Vec::new();
    if before.name != after.name {
        said.push(format!("name: {}", after.name));
    }
    for key in differing(&before.data, &after.data) {
        said.push(told(&key, after.data.get(&key)));
    }
    for key in differing(&before.metadata, &after.metadata) {
        said.push(told(&key, after.metadata.get(&key)));
    }
    said.dedup();
    match said.as_slice() {
        [] => change.transition.to_string(),
        _ => said.join("; "),
    }
}

/// The fields that differ.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let differs = |key: &&String| before.get(*key) != after.get(*key);
    keys.into_iter().filter(differs).cloned().collect()
}

/// A field and its new value.
fn told(key: &str, value: Option<&Value>) -> String {
    if let (true, Some(Value::Object(result))) = (key == "result", value) {
        let count = |key: &str| result.get(key).and_then(Value::as_u64).unwrap_or_default();
        let (visits, patients) = (
            format::count(count("visits")),
            format::count(count("patients")),
        );
        return format!("its result: {visits} visits of {patients} patients");
    }
    let key = key.trim_start_matches("is_").replace('_', " ");
    match value {
        None | Some(Value::Null) => format!("{key} taken away"),
        Some(Value::Bool(true)) => key,
        Some(Value::Bool(false)) => format!("not {key}"),
        Some(Value::String(text)) if text.is_empty() => format!("{key} taken away"),
        Some(Value::String(text)) => format!("{key}: {text}"),
        Some(Value::Array(all)) => {
            let words = all.iter().filter_map(Value::as_str);
            format!("{key}: {}", words.collect::<Vec<_>>().join(", "))
        }
        Some(other) => format!("{key}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{differing, told};

    #[test]
    fn what_differs_is_told_in_words() {
        let before = json!({"tags": ["a"], "notes": "", "is_pinned": false, "seed": 1});
        let after = json!({"tags": ["a", "nhs"], "notes": "agreed", "is_pinned": true, "seed": 1});
        let words: Vec<String> = differing(&before, &after)
            .iter()
            .map(|key| told(key, after.get(key)))
            .collect();
        assert_eq!(words, ["pinned", "notes: agreed", "tags: a, nhs"]);
        assert_eq!(told("is_pinned", Some(&json!(false))), "not pinned");
        assert_eq!(told("notes", None), "notes taken away");
        let result = json!({"patients": 120, "visits": 3_400, "checksum": "ab"});
        let words = told("result", Some(&result));
        assert_eq!(words, "its result: 3,400 visits of 120 patients");
    }
}
