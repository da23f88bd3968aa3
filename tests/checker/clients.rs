//! A client that does random things to the same few states as all others, and records what it is told.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use holdfast::{
    Actor, Error, Expected, Kind, New, Scope, State, StateId, StateManager, Transition, Update,
    backend::{PostgresFault, RedisFault},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::{
    clock::Clock,
    history::{Done, Event, Learned, Line, Span},
};

/// These are only moved between; what they hold together stays.
pub const ACCOUNTS: [&str; 3] = ["account 1", "account 2", "account 3"];
pub const EACH: i64 = 100;

/// Everything happens to these, deletion and rebirth too.
const STATES: [&str; 3] = ["s1", "s2", "s3"];

fn scope() -> Scope {
    Scope::Tenant("clinic".into())
}

pub fn new(name: &str, amount: i64) -> New {
    New::of(Kind::FEATURE, name, scope(), json!({"amount": amount}))
        .with_id(StateId::new(name.to_owned()))
}

pub fn actor(token: String) -> Actor {
    Actor::new("client").on(token)
}

pub fn amount(state: &State) -> i64 {
    state.data["amount"].as_i64().unwrap()
}

/// Where what is learned goes.
pub type Tell = Arc<dyn Fn(Line) + Send + Sync>;

/// What all clients share.
#[derive(Debug)]
pub struct Pace {
    pub clock: Clock,
    /// The most that each does.
    pub steps: usize,
    /// The steps that all together may still do. Closed when they have done enough.
    pub turns: Semaphore,
    /// How many writes were acknowledged.
    pub acknowledged: AtomicUsize,
}

impl Pace {
    /// So many steps of each, at any time.
    pub fn new(steps: usize) -> Arc<Self> {
        Arc::new(Self {
            clock: Clock::own(),
            steps,
            turns: Semaphore::new(Semaphore::MAX_PERMITS),
            acknowledged: 0.into(),
        })
    }

    /// By this clock, and so many steps of all until more are given.
    pub fn by(clock: Clock, turns: usize) -> Arc<Self> {
        Arc::new(Self {
            clock,
            steps: usize::MAX,
            turns: Semaphore::new(turns),
            acknowledged: 0.into(),
        })
    }

    /// Waits until so many more writes were acknowledged, and gives turns where none is left.
    pub async fn acknowledges(&self, more: usize) {
        let enough = self.acknowledged.load(SeqCst) + more;
        while self.acknowledged.load(SeqCst) < enough {
            if self.turns.available_permits() == 0 {
                self.turns.add_permits(1);
            }
            tokio::task::yield_now().await;
        }
    }

    /// They have done enough.
    pub fn stop(&self) {
        self.turns.close();
    }
}

pub struct Client {
    server: usize,
    states: StateManager,
    name: String,
    pace: Arc<Pace>,
    random: StdRng,
    /// What it last saw of each state: the version it expects.
    seen: HashMap<StateId, Arc<State>>,
    tell: Tell,
}

impl Client {
    /// A client of this name, which no other may have: its writes are known by it.
    pub fn new(
        (server, states): (usize, StateManager),
        name: String,
        seed: u64,
        pace: &Arc<Pace>,
        tell: &Tell,
    ) -> Self {
        Self {
            server,
            states,
            name,
            pace: Arc::clone(pace),
            random: StdRng::seed_from_u64(seed),
            seen: HashMap::new(),
            tell: Arc::clone(tell),
        }
    }

    pub async fn run(mut self) {
        for step in 0..self.pace.steps {
            let Ok(turn) = self.pace.turns.acquire().await else {
                return;
            };
            turn.forget();
            let token = format!("{} {step}", self.name);
            match self.random.random_range(0..10) {
                0..3 => self.read().await,
                3..6 => self.transfer(token).await,
                _ => self.write(token).await,
            }
            tokio::task::yield_now().await;
        }
    }

    fn tick(&self) -> u64 {
        self.pace.clock.tick()
    }

    fn learn(&mut self, asked: u64, id: &StateId, learned: Learned) {
        if let Learned::Read(Some(state))
        | Learned::Stored(Some(state))
        | Learned::Wrote(state, _) = &learned
        {
            self.seen.insert(id.clone(), Arc::clone(state));
        }
        let answered = self.tick();
        (self.tell)(Line::Learned(Event {
            server: self.server,
            span: Span { asked, answered },
            id: id.clone(),
            learned,
        }));
    }

    async fn read(&mut self) {
        let names = [ACCOUNTS, STATES].concat();
        let id = StateId::new(names[self.random.random_range(0..names.len())]);
        let asked = self.tick();
        if let Ok(found) = self.states.get(&scope(), &id).await {
            self.learn(asked, &id, Learned::Read(found));
        }
    }

    /// One write of one state, with or without an expectation.
    async fn write(&mut self, token: String) {
        let id = StateId::new(STATES[self.random.random_range(0..STATES.len())]);
        let (scope, who) = (scope(), actor(token.clone()));
        let seen = self.seen.get(&id).map(|state| state.version);
        let expected = match seen {
            Some(version) if self.random.random() => Expected::Version(version),
            _ => Expected::Any,
        };
        let states = self.states.clone();
        let choice = self.random.random_range(0..8);
        (self.tell)(Line::Asked(token.clone()));
        let asked = self.tick();
        let result = match choice {
            0..2 => states.register(new(id.as_str(), 0), &who).await,
            2..5 => {
                let update = Update::Merge(json!({"amount": asked}));
                states.update(&scope, &id, update, expected, &who).await
            }
            5 => {
                let transition = Transition::ACTIVATE;
                states
                    .transition(&scope, &id, transition, expected, &who)
                    .await
            }
            6 => {
                let transition = Transition::SUSPEND;
                states
                    .transition(&scope, &id, transition, expected, &who)
                    .await
            }
            _ => {
                let transition = Transition::DELETE;
                states
                    .transition(&scope, &id, transition, expected, &who)
                    .await
            }
        };
        let on = match expected {
            Expected::Version(version) if choice >= 2 => Some(version.0),
            _ => None,
        };
        match result {
            Ok(state) => {
                self.learn(asked, &id, Learned::Wrote(state, on));
                self.done(token, 1, asked);
            }
            Err(error) => {
                self.failed(token, &error);
                match error {
                    Error::Conflict { current, .. } => {
                        let current = current.map(|state| *state);
                        self.learn(asked, &id, Learned::Stored(current));
                    }
                    Error::Absent { .. } => self.learn(asked, &id, Learned::Stored(None)),
                    _ => {}
                }
            }
        }
    }

    /// Moves an amount from one account to one or two others, in one transaction.
    async fn transfer(&mut self, token: String) {
        let mut accounts = ACCOUNTS;
        accounts.shuffle(&mut self.random);
        let count = self.random.random_range(2..=3);
        let asked = self.tick();
        let mut transaction = self.states.transaction(&actor(token.clone()));
        let mut moved = -(count as i64 - 1);
        for account in &accounts[..count] {
            let id = StateId::new(*account);
            let found = transaction.get(&scope(), &id).await;
            let Ok(Some(state)) = found else { return };
            let update = Update::Merge(json!({"amount": amount(&state) + moved}));
            let scope = scope();
            let drafted = transaction.update(&scope, &id, update, Expected::Any);
            if drafted.await.is_err() {
                return;
            }
            moved = 1;
            // Room for somebody else.
            tokio::task::yield_now().await;
        }
        (self.tell)(Line::Asked(token.clone()));
        match transaction.commit().await {
            Ok(changes) => {
                for change in changes {
                    let before = change.before.map(|state| state.version.0);
                    self.learn(
                        asked,
                        &change.after.id,
                        Learned::Wrote(change.after.clone(), before),
                    );
                }
                self.done(token, count, asked);
            }
            Err(error) => self.failed(token, &error),
        }
    }

    /// Whoever was not told that it is in doubt may rely on it: nothing was written.
    fn failed(&self, token: String, error: &Error) {
        let is_in_doubt = match error {
            Error::Timeout { .. } => true,
            Error::Failed { source, .. } => {
                matches!(source.downcast_ref(), Some(PostgresFault::InDoubt(_)))
                    || matches!(source.downcast_ref(), Some(RedisFault::Unsure(_)))
            }
            _ => false,
        };
        if !is_in_doubt {
            (self.tell)(Line::Refused(token));
        }
    }

    fn done(&mut self, token: String, states: usize, asked: u64) {
        let answered = self.tick();
        self.pace.acknowledged.fetch_add(1, SeqCst);
        (self.tell)(Line::Done(Done {
            token,
            states,
            span: Span { asked, answered },
        }));
    }
}
