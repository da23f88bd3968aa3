//! How one version of a state fared at the endpoints that hear of it. Only on the server.

use holdfast::{
    Change, HistoryQuery, Kind, Scope, State, StateId, Version, callbacks::webhooks::Endpoint,
};

use super::{
    answers::{endpoints, standing},
    server::Fared,
};
use crate::{AppError, context::Caller};

pub(super) async fn fared(
    caller: &Caller,
    id: &StateId,
    version: Version,
) -> Result<Vec<Fared>, AppError> {
    let (scope, manager) = (caller.scope()?, &caller.state.manager);
    let query = HistoryQuery {
        before: Some(Version(version.0.saturating_add(1))),
        ..HistoryQuery::last(1)
    };
    let found = manager.history(&scope, id, query).await?;
    let is_told =
        |change: &&Change| change.after.version == version && change.after.kind != Kind::WEBHOOK;
    let Some(change) = found.first().filter(is_told) else {
        return Ok(Vec::new());
    };
    let mut fared = Vec::new();
    for hook in endpoints(caller, &scope).await? {
        if Endpoint::of(&hook)?.interest.wants(change) {
            fared.extend(at(caller, &scope, &hook, change).await?);
        }
    }
    Ok(fared)
}

/// `None` when the endpoint is younger than the change, or the attempts were too long ago to be kept.
async fn at(
    caller: &Caller,
    scope: &Scope,
    hook: &State,
    change: &Change,
) -> Result<Option<Fared>, AppError> {
    let manager = &caller.state.manager;
    let revision = change.revision;
    let attempts = manager.deliveries(scope, &hook.id).await?;
    let last = attempts.into_iter().find(|sent| sent.revision == revision);
    let subscriber = Endpoint::subscriber(scope, &hook.id);
    let letters = manager.dead_letters(&subscriber).await?;
    let is_given_up = letters.iter().any(|letter| letter.revision == revision);
    let is_ahead = match standing(caller, scope, &hook.id).await? {
        Some(standing) => standing.position < revision,
        None => false,
    };
    let (outcome, answer) = match last {
        Some(sent) => {
            let is_good = sent
                .status
                .is_some_and(|status| (200..300).contains(&status));
            let outcome = match (is_good, is_given_up) {
                (true, _) => "delivered".to_owned(),
                (false, true) => "given up".to_owned(),
                (false, false) => format!("try {}", sent.attempt),
            };
            let answer = match sent.status {
                Some(status) => format!("{status} in {} ms", sent.millis),
                None => sent.answer,
            };
            (outcome, answer)
        }
        None if is_given_up => ("given up".to_owned(), String::new()),
        None if is_ahead => ("waiting".to_owned(), String::new()),
        None => return Ok(None),
    };
    Ok(Some(Fared {
        hook: hook.id.to_string(),
        name: hook.name.clone(),
        revision: revision.0,
        outcome,
        answer,
    }))
}
