//! What all listeners have in common: where they begin, what they want to hear, how many there may be, and when they have
//! heard enough.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use app::AppError;
use holdfast::{Interest, Kind, Revision, Scope, StateId, Status, Transition};
use serde::Deserialize;
use tokio::sync::Notify;
use utoipa::IntoParams;

use super::{
    Asker, Shared,
    news::{About, Ears},
    standing::Standing,
    states::Whose,
};
use crate::{settings::LiveSettings, web::Refusal};

/// A stream ends after this and the listener opens it again: a session that is over does not go
/// on listening.
const LONGEST: Duration = Duration::from_secs(3600);

/// Where a listener begins.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// The revision it saw last; from now on, without it.
    pub(super) after: Option<u64>,
}

/// What a listener wants to hear of all that it may; everything without it. Several words stand with commas between them.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only these events: `change`, `configurations`, `features`, `shares`.
    event: Option<String>,
    /// Whose states `change` is about: the caller's own, or everybody's.
    #[param(inline, default = json!("own"))]
    scope: Whose,
    /// Of `change` only states of these kinds.
    kind: Option<String>,
    /// Of `change` only when this was done: `create`, `update`, `delete`, or a lifecycle's own.
    transition: Option<String>,
    /// Of `change` only when the state then has one of these statuses.
    status: Option<String>,
    /// Of `change` only these states, by id.
    id: Option<String>,
}

impl Wanted {
    /// The events, each by its name.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for one that there is not.
    fn events(&self) -> Result<Vec<About>, AppError> {
        let Some(events) = &self.event else {
            return Ok(About::ALL.into());
        };
        let known = |name: &str| About::ALL.into_iter().find(|about| about.event() == name);
        let events = words(events).map(|name| {
            known(name).ok_or_else(|| AppError::Invalid {
                path: "event".into(),
                problem: format!(
                    "There is no event `{name}`: choose among change, configurations, features and shares."
                ),
            })
        });
        events.collect()
    }

    /// The changes of states in a scope.
    fn changes(&self, scope: Scope) -> Interest {
        fn all<T>(listed: Option<&String>, one: impl Fn(String) -> T) -> Vec<T> {
            let listed = listed.map(String::as_str).unwrap_or_default();
            words(listed).map(|word| one(word.to_owned())).collect()
        }
        Interest {
            scope: Some(scope),
            kinds: all(self.kind.as_ref(), Kind::new),
            transitions: all(self.transition.as_ref(), Transition::new),
            statuses: all(self.status.as_ref(), Status::new),
            ids: all(self.id.as_ref(), StateId::new),
            ..Interest::default()
        }
    }
}

fn words(listed: &str) -> impl Iterator<Item = &str> {
    listed
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
}

/// One who may listen, until this is dropped.
pub(super) struct Listening {
    pub(super) ears: Ears,
    pub(super) after: Revision,
    /// Counts as long as it is held.
    pub(super) seat: Seat,
}

/// Why somebody has heard enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// The server stops.
    Stopping,
    /// It was open for long enough.
    Long,
    /// The listener is not who they were: logged out, in another role, under a token that is revoked.
    Account,
}

impl Listening {
    /// Lets somebody listen who has a session or a token.
    ///
    /// # Errors
    /// [`AppError::NoSession`]; [`AppError::Busy`] where there are too many; [`AppError::Invalid`] for what cannot be
    /// wanted.
    pub(super) async fn begin(
        shared: &Shared,
        asker: &Asker,
        after: Option<u64>,
        wanted: &Wanted,
    ) -> Result<Self, Refusal> {
        let scope = wanted.scope.scope(asker)?;
        let ears = Ears {
            changes: wanted.changes(scope),
            events: wanted.events()?,
            account: asker.visitor.account.clone(),
        };
        let who = match &asker.visitor.token {
            Some(token) => Some(token.id.clone()),
            None => shared.door.handle(&asker.headers),
        };
        let mut seat = shared.listeners.seat(&who.ok_or(AppError::NoSession)?)?;
        if let Some(account) = &asker.visitor.account {
            seat.is_of(&account.id);
        }
        let after = match after {
            Some(revision) => Revision(revision),
            None => shared.app.manager.revision().await?,
        };
        Ok(Self { ears, after, seat })
    }
}

/// Returns when who listens at this path has heard enough.
pub(super) fn until_over(
    shared: &Shared,
    asker: &Asker,
    path: &'static str,
) -> impl Future<Output = Over> + Send + use<> {
    let stopping = shared.stopping.clone();
    let standing = Standing::of(shared, asker, path);
    async move {
        tokio::select! {
            () = stopping.cancelled() => Over::Stopping,
            () = tokio::time::sleep(LONGEST) => Over::Long,
            () = standing.until_over() => Over::Account,
        }
    }
}

/// Counts who listens, in all and in each session or under each token.
#[derive(Debug)]
pub(crate) struct Listeners {
    most: usize,
    most_of_one: usize,
    now: Mutex<Now>,
    /// Rings when a seat is left.
    left: Notify,
    /// Those that were ended because they were slow.
    slow: AtomicU64,
}

#[derive(Debug, Default)]
struct Now {
    all: usize,
    of: HashMap<Arc<str>, usize>,
    /// By account, of those who have one.
    people: HashMap<Arc<str>, usize>,
}

/// Who is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Online {
    pub(crate) connections: u64,
    /// Sessions and tokens.
    pub(crate) sessions: u64,
    /// Accounts.
    pub(crate) people: u64,
}

/// One listener's seat. Free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    listeners: Arc<Listeners>,
    who: Arc<str>,
    account: Option<Arc<str>>,
}

impl Listeners {
    pub(crate) fn new(settings: &LiveSettings) -> Self {
        Self {
            most: settings.listeners,
            most_of_one: settings.listeners_per_session,
            now: Mutex::default(),
            left: Notify::new(),
            slow: AtomicU64::default(),
        }
    }

    pub(super) fn seat(self: &Arc<Self>, who: &str) -> Result<Seat, AppError> {
        let mut now = self.now();
        let own = now.of.get(who).copied().unwrap_or_default();
        if own >= self.most_of_one {
            return Err(AppError::Busy(format!(
                "{own} live connections of this session are open already (setting \
                 `live.listeners_per_session`). Close one first."
            )));
        }
        if now.all >= self.most {
            return Err(AppError::Busy(
                "This server has as many live connections as it takes (setting `live.listeners`). Try again later."
                    .into(),
            ));
        }
        let who: Arc<str> = who.into();
        now.all += 1;
        now.of.insert(Arc::clone(&who), own + 1);
        Ok(Seat {
            listeners: Arc::clone(self),
            who,
            account: None,
        })
    }

    /// Who is connected at this moment.
    pub(crate) fn online(&self) -> Online {
        let now = self.now();
        Online {
            connections: now.all as u64,
            sessions: now.of.len() as u64,
            people: now.people.len() as u64,
        }
    }

    /// How many were ended because they did not take what they were told in time.
    pub(crate) fn slow(&self) -> u64 {
        self.slow.load(Relaxed)
    }

    /// Returns when nobody listens any more.
    pub(crate) async fn left(&self) {
        loop {
            let left = self.left.notified();
            if self.now().all == 0 {
                return;
            }
            left.await;
        }
    }

    // The books are changed by code that cannot panic halfway through.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Counts it for an account.
    fn is_of(&mut self, account: &str) {
        let account: Arc<str> = account.into();
        let mut now = self.listeners.now();
        *now.people.entry(Arc::clone(&account)).or_default() += 1;
        drop(now);
        self.account = Some(account);
    }

    /// Counts it as one that is ended because its listener is slow.
    pub(super) fn was_slow(&self) {
        self.listeners.slow.fetch_add(1, Relaxed);
    }
}

/// One less of these.
fn leave(counts: &mut HashMap<Arc<str>, usize>, who: &Arc<str>) {
    match counts.get_mut(who) {
        Some(own) if *own > 1 => *own -= 1,
        _ => drop(counts.remove(who)),
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut now = self.listeners.now();
        now.all = now.all.saturating_sub(1);
        leave(&mut now.of, &self.who);
        if let Some(account) = &self.account {
            leave(&mut now.people, account);
        }
        drop(now);
        self.listeners.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn listeners() -> Arc<Listeners> {
        Arc::new(Listeners::new(&LiveSettings {
            listeners: 3,
            listeners_per_session: 2,
            ..LiveSettings::default()
        }))
    }

    #[test]
    fn one_session_has_so_many_seats_and_gets_one_back_with_each_that_is_left() {
        let all = listeners();
        let first = all.seat("a").unwrap();
        let _second = all.seat("a").unwrap();
        let refused = all.seat("a").unwrap_err();
        assert!(matches!(refused, AppError::Busy(ref why) if why.contains("per_session")));
        drop(first);
        all.seat("a").unwrap();
    }

    #[test]
    fn a_person_on_two_devices_is_one_person() {
        let all = listeners();
        let mut seats = ["laptop", "phone", "guest"].map(|who| all.seat(who).unwrap());
        seats[0].is_of("ada");
        seats[1].is_of("ada");
        let online = all.online();
        assert_eq!(
            (online.connections, online.sessions, online.people),
            (3, 3, 1)
        );
        drop(seats);
        let online = all.online();
        assert_eq!(
            (online.connections, online.sessions, online.people),
            (0, 0, 0)
        );
    }

    #[test]
    fn all_sessions_together_have_so_many_and_nothing_is_kept_of_who_left() {
        let all = listeners();
        let seats: Vec<Seat> = ["a", "b", "c"].map(|who| all.seat(who).unwrap()).into();
        let refused = all.seat("d").unwrap_err();
        assert!(matches!(refused, AppError::Busy(ref why) if why.contains("`live.listeners`")));
        drop(seats);
        assert!(all.now.lock().unwrap().of.is_empty());
        all.seat("d").unwrap();
    }
}
