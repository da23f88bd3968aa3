//! States at the terminal: looked up, searched, moved through their lifecycle, brought back, watched. Servers may go on.

use std::{str::FromStr, sync::Arc};

use clap::Subcommand;
use futures::StreamExt;
use holdfast::{
    Actor, Change, Expected, HistoryQuery, Interest, Kind, Query, Revision, Scope, State, StateId,
    StateManager, Status, SystemClock, Transition, Version, search::Total,
};
use serde_json::{Value, json};

use super::Terminal;
use crate::{Error, Settings, application::open::open_states};

/// States of one page.
const PAGE: usize = 50;

/// What is done with states.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Show a state
    Get {
        /// Its id
        id: String,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Search states: words and conditions such as `berlin data.age>=50`
    List {
        /// What is looked for; everything without it
        words: Vec<String>,
        /// Only states of this kind
        #[arg(long)]
        kind: Option<String>,
        /// Only states of this status
        #[arg(long)]
        status: Option<String>,
        /// So many of them
        #[arg(long, default_value_t = PAGE)]
        limit: usize,
        /// Go on where a page ended
        #[arg(long)]
        after: Option<String>,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Show what was done to a state, the newest change first
    History {
        /// Its id
        id: String,
        /// So many changes
        #[arg(long, default_value_t = PAGE)]
        last: usize,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Move a state through its lifecycle
    Transition {
        /// Its id
        id: String,
        /// Which step: `suspend`, `resume`, `expire`, ...
        transition: String,
        /// The version that was seen; without it, whatever is there
        #[arg(long)]
        version: Option<u64>,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Bring the content of an older version back, as a new one
    Rollback {
        /// Its id
        id: String,
        /// The version whose content is wanted
        #[arg(long)]
        to: u64,
        /// The version that was seen; without it, whatever is there
        #[arg(long)]
        version: Option<u64>,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Tell every change as it happens, until it is interrupted
    Watch {
        /// Only states of this kind
        #[arg(long)]
        kind: Option<String>,
        /// From behind this place in the log; from now on without it
        #[arg(long)]
        after: Option<u64>,
        /// Everybody's; without it, those of one scope
        #[arg(long)]
        all: bool,
        /// End after so many changes
        #[arg(long)]
        count: Option<usize>,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
}

/// Whose states.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Whose {
    /// Whose: `shared`, `user:<id>`, `session:<key>`, `tenant:<id>`
    #[arg(long, default_value = "shared", value_parser = Named::from_str)]
    scope: Named,
}

/// A scope as the log writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named(pub(super) Scope);

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scope = match text.split_once(':') {
            None if text == "shared" => Scope::Shared,
            Some(("user", id)) if !id.is_empty() => Scope::User(id.into()),
            Some(("session", key)) if !key.is_empty() => Scope::Session(key.into()),
            Some(("tenant", id)) if !id.is_empty() => Scope::Tenant(id.into()),
            _ => return Err("must be shared, user:<id>, session:<key> or tenant:<id>".into()),
        };
        Ok(Self(scope))
    }
}

pub(super) async fn run(settings: &Settings, deed: Deed, terminal: Terminal) -> Result<(), Error> {
    std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
    let (states, _cache) = open_states(settings, Arc::new(SystemClock)).await?;
    let operator = Actor::new("the command line");
    match deed {
        Deed::Get { id, whose } => {
            let id = StateId::new(id);
            let found = states.get(&whose.scope.0, &id).await?;
            let state = found.ok_or(holdfast::Error::Absent { id })?;
            terminal.tell(|| whole(&state), || value(&state));
            Ok(())
        }
        Deed::List {
            words,
            kind,
            status,
            limit,
            after,
            whose,
        } => {
            let mut query: Query = words.join(" ").parse().map_err(misread)?;
            if let Some(kind) = kind {
                query = query.kind(&Kind::new(kind));
            }
            if let Some(status) = status {
                query = query.status(&Status::new(status));
            }
            if let Some(after) = after {
                query = query.after(after.parse().map_err(misread)?);
            }
            list(&states, &whose.scope.0, query.limit(limit), terminal).await
        }
        Deed::History { id, last, whose } => {
            let (scope, id) = (&whose.scope.0, StateId::new(id));
            let changes = states.history(scope, &id, HistoryQuery::last(last)).await?;
            if changes.is_empty() {
                return Err(holdfast::Error::Absent { id }.into());
            }
            for change in &changes {
                tell(terminal, change);
            }
            Ok(())
        }
        Deed::Transition {
            id,
            transition,
            version,
            whose,
        } => {
            let (id, step) = (StateId::new(id), Transition::new(transition));
            let moved = states.transition(&whose.scope.0, &id, step, expected(version), &operator);
            let moved = moved.await?;
            written(terminal, &moved);
            Ok(())
        }
        Deed::Rollback {
            id,
            to,
            version,
            whose,
        } => {
            let (scope, id) = (&whose.scope.0, StateId::new(id));
            let back = states.rollback(scope, &id, Version(to), expected(version), &operator);
            let back = back.await?;
            written(terminal, &back);
            Ok(())
        }
        Deed::Watch {
            kind,
            after,
            all,
            count,
            whose,
        } => {
            let interest = Interest {
                scope: (!all).then_some(whose.scope.0),
                kinds: kind.into_iter().map(Kind::new).collect(),
                ..Interest::default()
            };
            let after = match after {
                Some(after) => Revision(after),
                None => states.revision().await?,
            };
            watch(&states, interest, after, count, terminal).await
        }
    }
}

async fn list(
    states: &StateManager,
    scope: &Scope,
    query: Query,
    terminal: Terminal,
) -> Result<(), Error> {
    let page = states.search(scope, query).await?;
    for state in &page.states {
        terminal.tell(|| line(state), || value(state));
    }
    let (total, or_more) = match page.total {
        Total::Exact(total) => (total, ""),
        Total::AtLeast(total) => (total, " or more"),
    };
    terminal.mention(&format!("{} of {total}{or_more}", page.states.len()));
    if let Some(next) = page.next {
        terminal.tell(
            || format!("go on with --after {next}"),
            || json!({ "next": next.to_string() }),
        );
    }
    Ok(())
}

fn misread(problem: impl std::fmt::Display) -> Error {
    Error::Misread(problem.to_string())
}

async fn watch(
    states: &StateManager,
    interest: Interest,
    after: Revision,
    count: Option<usize>,
    terminal: Terminal,
) -> Result<(), Error> {
    let mut changes = states
        .watch(interest, after)
        .take(count.unwrap_or(usize::MAX));
    loop {
        let change = tokio::select! {
            change = changes.next() => change,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(change) = change.transpose()? else {
            return Ok(());
        };
        tell(terminal, &change);
    }
}

fn expected(version: Option<u64>) -> Expected {
    version.map_or(Expected::Any, |version| Expected::Version(Version(version)))
}

fn written(terminal: Terminal, state: &State) {
    let words = || format!("{} is {} now, {}", state.id, state.status, state.version);
    terminal.tell(words, || value(state));
}

fn tell(terminal: Terminal, change: &Change) {
    let (state, actor) = (&change.after, &change.actor);
    let words = || {
        format!(
            "{}\t{}\t{} {}\t{}\tby {}",
            change.revision.0, state.id, change.transition, state.version, state.status, actor.name
        )
    };
    terminal.tell(words, || {
        json!({
            "revision": change.revision.0, "at": change.at.0, "transition": change.transition, "actor": actor,
            "state": value(state), "patch": change.diff().unwrap_or(Value::Null),
        })
    });
}

fn line(state: &State) -> String {
    let State {
        id,
        kind,
        status,
        version,
        name,
        ..
    } = state;
    format!("{id}\t{kind}\t{status}\t{version}\t{name}")
}

fn whole(state: &State) -> String {
    format!("{}\n{:#}", line(state), shown(state).data)
}

fn value(state: &State) -> Value {
    serde_json::to_value(&*shown(state)).unwrap_or_default()
}

/// What signs messages is shown to nobody.
fn shown(state: &State) -> Arc<State> {
    app::without_secrets(&Arc::new(state.clone()))
}
