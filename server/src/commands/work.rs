//! Whose work a command is about, opened beside a running server: a person's study and runs, through the doors that the
//! pages use, in the person's name. What may be done is what their role allows, as on the page.

use std::{str::FromStr, sync::Arc};

use app::{
    SessionKey, Visitor,
    people::{NoLogins, People, Tenant},
    sharing::Colleagues,
};
use holdfast::{Actor, Scope, StateManager, SystemClock};
use workbench::{
    Workbench,
    simulation::{
        RunInfo, Wanted,
        runs::{By, Runs, RunsError},
    },
    storage::Storage,
    workspace::Workspace,
};

use super::{state::Named, user::with};
use crate::{
    Error, Settings,
    application::open::{open_runs, open_states, open_storage_beside, open_workbench},
};

/// How the log calls the program, beside the person in whose name it writes.
const CLIENT: &str = "the command line";
/// Runs of one name that are looked at.
const NAMESAKES: u32 = 200;

/// Whose work it is.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Whose {
    /// Whose: the e-mail address of their account
    #[arg(long, value_name = "EMAIL", conflicts_with = "scope")]
    user: Option<String>,
    /// Whose, where it is nobody's account: `session:<key>`, `user:<id>`
    #[arg(long, value_parser = Named::from_str)]
    scope: Option<Named>,
}

impl Whose {
    /// Whether it was said, or all share one study.
    pub(super) fn is_known(&self, settings: &Settings) -> bool {
        self.user.is_some() || self.scope.is_some() || !settings.state.enable_user_isolation
    }
}

/// The work of somebody.
pub(super) struct Work {
    pub(super) states: StateManager,
    pub(super) workbench: Workbench,
    /// Where it is, and in whose name is written.
    pub(super) by: By,
    pub(super) tenant: Tenant,
    people: People,
    storage: Storage,
}

impl Work {
    /// Opens the data folder for this person.
    pub(super) async fn open(settings: &Settings, whose: &Whose) -> Result<Self, Error> {
        std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
        let clock = Arc::new(SystemClock);
        let (states, _cache) = open_states(settings, clock.clone()).await?;
        let terms = settings.accounts.terms(&settings.server)?;
        let people = People::new(states.clone(), clock, terms, Arc::new(NoLogins));
        let people = people.map_err(Error::accounts)?;
        let (by, tenant) = by(settings, whose, &people).await?;
        let storage = open_storage_beside(settings)?;
        Ok(Self {
            states,
            workbench: open_workbench(settings, storage.clone())?,
            by,
            tenant,
            people,
            storage,
        })
    }

    /// Their study.
    pub(super) fn workspace(&self) -> Workspace {
        let (states, workbench) = (self.states.clone(), self.workbench.clone());
        let By { scope, actor, .. } = self.by.clone();
        Workspace::new(states, workbench, scope, actor)
    }

    /// The folder of runs. Whoever opens it stops it in the end.
    pub(super) async fn runs(&self, settings: &Settings) -> Result<Runs, Error> {
        let (clock, storage) = (Arc::new(SystemClock), self.storage.clone());
        let runs = open_runs(settings, &self.states, clock, storage).await?;
        runs.lent_by(Arc::new(Colleagues(self.people.clone())));
        self.workbench.count_runs(&runs);
        Ok(runs)
    }

    /// Their run of this id, or the one of this name.
    pub(super) async fn run(&self, runs: &Runs, word: &str) -> Result<RunInfo, Error> {
        match runs.get(&self.by, word).await {
            Err(RunsError::Missing(_)) => {}
            found => return Ok(found?),
        }
        let wanted = Wanted {
            text: Some(word.to_owned()),
            limit: NAMESAKES,
            ..Wanted::default()
        };
        let mut found = runs.list(&self.by, &wanted).await?.runs;
        found.retain(|run| run.name == word);
        if found.len() > 1 {
            let ids: Vec<&str> = found.iter().map(|run| run.id.as_str()).collect();
            return Err(Error::Misread(format!(
                "{} runs are called {word}; say which by its id: {}",
                ids.len(),
                ids.join(", ")
            )));
        }
        let run = found.pop();
        run.ok_or_else(|| RunsError::Missing(word.to_owned()).into())
    }
}

async fn by(settings: &Settings, whose: &Whose, people: &People) -> Result<(By, Tenant), Error> {
    let everybody = || SessionKey(SessionKey::EVERYBODY.into());
    let shared = (!settings.state.enable_user_isolation).then(everybody);
    if let Some(email) = &whose.user {
        let account = with(people, email).await.map_err(Error::accounts)?;
        let tenant = account.tenant.clone();
        let (name, own, own_name) = (account.name.clone(), account.scope(), account.actor_name());
        let visitor = Visitor {
            session: shared,
            account: Some(Arc::new(account)),
            ..Visitor::default()
        };
        let by = By {
            scope: visitor.scope().unwrap_or(own),
            actor: visitor
                .actor(Some(CLIENT.into()))
                .unwrap_or_else(|| Actor::new(own_name)),
            name,
        };
        return Ok((by, tenant));
    }
    let scope = match (&whose.scope, shared) {
        (Some(Named(scope)), _) => scope.clone(),
        (None, Some(key)) => Scope::Session(key.0.to_string()),
        (None, None) => {
            let problem = "say whose work it is: --user <e-mail address of an account>";
            return Err(Error::Misread(problem.into()));
        }
    };
    let by = By {
        scope,
        actor: Actor::new(CLIENT),
        name: CLIENT.into(),
    };
    Ok((by, Tenant::default()))
}
