//! What the server answers the Webhooks part, out of the engine. Only on the server.

use std::{ops::RangeInclusive, sync::Arc};

use holdfast::{
    Expected, Interest, Kind, Revision, Scope, State, StateId, Transition, Update, Version,
    callbacks::{
        Status,
        webhooks::{Delivery, Endpoint, Secret},
    },
};
use rand::{SeedableRng, rngs::StdRng};

use super::server::{GivenUp, Hook, HookDetail, Hooks, Made, Sent, Told};
use crate::{AppError, context::Caller, states::answers::moment};

/// Endpoints of one workspace: each is a subscriber with its own place in the log.
const MOST: usize = 20;

pub(super) async fn endpoints(caller: &Caller, scope: &Scope) -> Result<Vec<Arc<State>>, AppError> {
    let (manager, kind) = (&caller.state.manager, Kind::WEBHOOK);
    Ok(manager.list(scope, Some(&kind), None, MOST).await?)
}

async fn endpoint(caller: &Caller, id: &StateId) -> Result<Option<Arc<State>>, AppError> {
    let found = caller.state.manager.get(&caller.scope()?, id).await?;
    Ok(found.filter(|state| state.kind == Kind::WEBHOOK))
}

async fn there(caller: &Caller, id: &StateId) -> Result<Arc<State>, AppError> {
    let found = endpoint(caller, id).await?;
    found.ok_or_else(|| AppError::NotFound("This webhook is not here any more.".into()))
}

/// All endpoints of the caller's workspace.
///
/// # Errors
/// [`AppError::NoSession`]; when the states cannot be read.
pub async fn list(caller: &Caller) -> Result<Hooks, AppError> {
    let scope = caller.scope()?;
    let mut hooks = Vec::new();
    for state in endpoints(caller, &scope).await? {
        hooks.push(hook(caller, &scope, &state).await?);
    }
    Ok(Hooks {
        hooks,
        kinds: kinds(caller),
    })
}

/// One endpoint of the caller's workspace, and how many secrets it has.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
pub async fn one(caller: &Caller, id: &StateId) -> Result<(Hook, usize), AppError> {
    let (scope, state) = (caller.scope()?, there(caller, id).await?);
    let secrets = Endpoint::of(&state)?.secrets.len();
    Ok((hook(caller, &scope, &state).await?, secrets))
}

fn kinds(caller: &Caller) -> Vec<String> {
    let mut kinds = caller.state.manager.kinds();
    // Of endpoints, which hold secrets, nobody is told.
    kinds.retain(|kind| *kind != Kind::WEBHOOK);
    kinds.iter().map(ToString::to_string).collect()
}

pub(super) async fn standing(
    caller: &Caller,
    scope: &Scope,
    id: &StateId,
) -> Result<Option<Status>, AppError> {
    let name = Endpoint::subscriber(scope, id);
    Ok(caller.state.manager.subscriber(&name).await?)
}

async fn hook(caller: &Caller, scope: &Scope, state: &State) -> Result<Hook, AppError> {
    let endpoint = Endpoint::of(state)?;
    let standing = standing(caller, scope, &state.id).await?;
    let of = |part: fn(&Status) -> u64| standing.as_ref().map_or(0, part);
    Ok(Hook {
        id: state.id.to_string(),
        told: Told {
            name: state.name.clone(),
            url: endpoint.url,
            description: endpoint.description,
            kinds: endpoint
                .interest
                .kinds
                .iter()
                .map(ToString::to_string)
                .collect(),
        },
        status: state.status.to_string(),
        version: state.version.0,
        lag: of(|standing| standing.lag),
        waiting: of(|standing| standing.waiting as u64),
        delivered: of(|standing| standing.tally.handled),
        given_up: of(|standing| standing.dead_letters as u64),
    })
}

pub(super) async fn detail(caller: &Caller, id: &StateId) -> Result<Option<HookDetail>, AppError> {
    let (scope, manager) = (caller.scope()?, &caller.state.manager);
    let Some(state) = endpoint(caller, id).await? else {
        return Ok(None);
    };
    let subscriber = Endpoint::subscriber(&scope, id);
    let letters = manager.dead_letters(&subscriber).await?.into_iter();
    Ok(Some(HookDetail {
        hook: hook(caller, &scope, &state).await?,
        secrets: Endpoint::of(&state)?.secrets.len() as u64,
        sent: manager
            .deliveries(&scope, id)
            .await?
            .into_iter()
            .map(sent)
            .collect(),
        given_up: letters
            .map(|letter| GivenUp {
                revision: letter.revision.0,
                state: letter.id.to_string(),
                transition: letter.transition.to_string(),
                attempts: letter.attempts,
                why: letter.why,
                at: moment(letter.at),
            })
            .collect(),
        head: manager.revision().await?.0,
        kinds: kinds(caller),
    }))
}

fn sent(delivery: Delivery) -> Sent {
    Sent {
        message: delivery.message,
        revision: delivery.revision.0,
        attempt: delivery.attempt,
        at: moment(delivery.at),
        millis: delivery.millis,
        status: delivery.status,
        answer: delivery.answer,
    }
}

fn told(told: &Told, secrets: Vec<Secret>) -> Endpoint {
    Endpoint {
        url: told.url.trim().to_owned(),
        interest: Interest {
            kinds: told
                .kinds
                .iter()
                .map(|kind| Kind::new(kind.clone()))
                .collect(),
            ..Interest::default()
        },
        secrets,
        description: told.description.trim().to_owned(),
    }
}

/// Makes an endpoint; its secret is told this once.
///
/// # Errors
/// [`AppError::TooLarge`] when there are too many; [`AppError::Invalid`] with the field that is wrong.
pub async fn create(caller: &Caller, about: Told) -> Result<Made, AppError> {
    let scope = caller.scope()?;
    if endpoints(caller, &scope).await?.len() >= MOST {
        let problem = format!("A workspace has at most {MOST} webhooks. Delete one first.");
        return Err(AppError::TooLarge(problem));
    }
    let secret = new_secret()?;
    let revealed = secret.reveal().to_owned();
    let name = match about.name.trim() {
        "" => "webhook",
        name => name,
    };
    let new = told(&about, vec![secret]).into_state(name, scope)?;
    let state = caller.state.manager.register(new, &caller.actor()?).await?;
    Ok(Made {
        id: state.id.to_string(),
        secret: revealed,
    })
}

fn new_secret() -> Result<Secret, AppError> {
    let random = StdRng::try_from_os_rng();
    Ok(Secret::generate(&mut random.map_err(AppError::internal)?))
}

async fn write(
    caller: &Caller,
    id: &StateId,
    endpoint: Endpoint,
    version: Version,
) -> Result<(), AppError> {
    let data = endpoint.into_data()?;
    let manager = &caller.state.manager;
    let expected = Expected::Version(version);
    manager
        .update(
            &caller.scope()?,
            id,
            Update::Replace(data),
            expected,
            &caller.actor()?,
        )
        .await?;
    Ok(())
}

/// Changes what is said about an endpoint, except its name, and whether messages are sent to it: all of it or nothing.
/// What is `None` stays.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Conflict`] when the version is another one; [`AppError::Invalid`].
pub async fn change(
    caller: &Caller,
    id: &StateId,
    about: Option<Told>,
    is_enabled: Option<bool>,
    version: Version,
) -> Result<(), AppError> {
    let secrets = Endpoint::of(&*there(caller, id).await?)?.secrets;
    let (scope, mut expected) = (caller.scope()?, Expected::Version(version));
    let mut both = caller.state.manager.transaction(&caller.actor()?);
    if let Some(about) = about {
        let update = Update::Replace(told(&about, secrets).into_data()?);
        both.update(&scope, id, update, expected).await?;
        // What is there now is this transaction's own.
        expected = Expected::Any;
    }
    if let Some(is_enabled) = is_enabled {
        let step = match is_enabled {
            true => Transition::ACTIVATE,
            false => Transition::SUSPEND,
        };
        both.transition(&scope, id, step, expected).await?;
    }
    both.commit().await?;
    Ok(())
}

/// Adds a secret before the one in force, and tells it this once.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Conflict`] when the version is another one.
pub async fn rotate(caller: &Caller, id: &StateId, version: Version) -> Result<String, AppError> {
    let mut endpoint = Endpoint::of(&*there(caller, id).await?)?;
    let secret = new_secret()?;
    let revealed = secret.reveal().to_owned();
    endpoint.secrets.truncate(1);
    endpoint.secrets.insert(0, secret);
    write(caller, id, endpoint, version).await?;
    Ok(revealed)
}

/// Takes all secrets away but the newest.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Conflict`] when the version is another one.
pub async fn retire(caller: &Caller, id: &StateId, version: Version) -> Result<(), AppError> {
    let mut endpoint = Endpoint::of(&*there(caller, id).await?)?;
    endpoint.secrets.truncate(1);
    write(caller, id, endpoint, version).await
}

/// Has these changes delivered again.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Invalid`] for a range that the log has not; [`AppError::Forbidden`].
pub async fn replay(
    caller: &Caller,
    id: &StateId,
    revisions: RangeInclusive<Revision>,
) -> Result<(), AppError> {
    let manager = &caller.state.manager;
    may_write(caller).await?;
    there(caller, id).await?;
    if revisions.is_empty() || *revisions.end() > manager.revision().await? {
        return Err(AppError::Invalid {
            path: "revisions".into(),
            problem: "from an earlier place in the log to a later one, up to the newest".into(),
        });
    }
    let name = Endpoint::subscriber(&caller.scope()?, id);
    if !manager.replay(&name, revisions).await? {
        let problem = "Nothing was ever delivered to this webhook, so nothing can be repeated.";
        return Err(AppError::NotFound(problem.into()));
    }
    Ok(())
}

/// Has a message that was given up tried again, or forgets it.
///
/// # Errors
/// [`AppError::NotFound`] when it is not there (any more); [`AppError::Forbidden`].
pub async fn settle(
    caller: &Caller,
    id: &StateId,
    revision: Revision,
    is_again: bool,
) -> Result<(), AppError> {
    let manager = &caller.state.manager;
    may_write(caller).await?;
    there(caller, id).await?;
    let name = Endpoint::subscriber(&caller.scope()?, id);
    let is_done = if is_again {
        manager.retry_dead_letter(&name, revision).await?
    } else {
        manager.discard_dead_letter(&name, revision).await?
    };
    if !is_done {
        return Err(AppError::NotFound(
            "Somebody has dealt with it already.".into(),
        ));
    }
    Ok(())
}

/// What is sent again, or forgotten, is no write to a state, so the engine's door does not decide.
async fn may_write(caller: &Caller) -> Result<(), AppError> {
    caller.visitor.may_write()?;
    if !caller.may_change(false, &Kind::WEBHOOK).await? {
        return Err(AppError::Forbidden(
            "You may not do this: it needs the right to change webhooks.".into(),
        ));
    }
    Ok(())
}
