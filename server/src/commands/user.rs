//! Accounts at the terminal: made, listed, given another role, taken out of use and back.
//!
//! A server that runs on the same states follows within a second: each of its requests looks at the account.

use std::{
    io::{BufRead as _, IsTerminal as _},
    sync::Arc,
};

use app::people::{Account, Email, Joining, NoLogins, People, Post, Role, Tenant};
use clap::Subcommand;
use holdfast::{Actor, Expected, SystemClock};

use serde_json::{Value, json};

use super::Terminal;
use crate::{Error, Settings, application::open::open_states};

/// What is done to accounts.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Make an account; its password is the first line of the input: `holdfast user add ada@lab.org Ada < file`
    Add {
        /// The e-mail address
        email: String,
        /// What the person is called
        name: String,
        /// viewer, analyst, editor or admin
        #[arg(long, default_value = "analyst", value_parser = role)]
        role: Role,
        /// The organisation they belong to; it is made if it is not there
        #[arg(long, default_value = Tenant::FIRST, value_parser = tenant)]
        tenant: Tenant,
    },
    /// List the accounts
    List,
    /// Put an account into another organisation, which is made if it is not there
    Tenant {
        /// The e-mail address
        email: String,
        /// Lower-case letters, digits and hyphens
        #[arg(value_parser = tenant)]
        tenant: Tenant,
    },
    /// Give an account another role
    Role {
        /// The e-mail address
        email: String,
        /// viewer, analyst, editor or admin
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Give an account another password, the first line of the input
    Password {
        /// The e-mail address
        email: String,
    },
    /// Take an account's second factor away: its person lost it. Their logins end
    RemoveFactor {
        /// The e-mail address
        email: String,
    },
    /// Take an account out of use: its logins end, its tokens are refused
    Disable {
        /// The e-mail address
        email: String,
    },
    /// Take an account into use again
    Enable {
        /// The e-mail address
        email: String,
    },
}

pub(super) fn tenant(name: &str) -> Result<Tenant, &'static str> {
    Tenant::try_from(name.to_owned())
}

fn role(word: &str) -> Result<Role, String> {
    Role::of(word).ok_or_else(|| "must be viewer, analyst, editor or admin".to_owned())
}

pub(super) async fn run(settings: &Settings, deed: Deed, terminal: Terminal) -> Result<(), Error> {
    std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
    let clock = Arc::new(SystemClock);
    let (states, _cache) = open_states(settings, clock.clone()).await?;
    let terms = settings.accounts.terms(&settings.server)?;
    let people = People::new(states, clock, terms, Arc::new(NoLogins));
    let people = people.map_err(Error::accounts)?;
    if deed == Deed::List {
        let accounts = people.all().await.map_err(Error::accounts)?;
        for account in accounts {
            terminal.tell(|| line(&account), || value(&account));
        }
        return Ok(());
    }
    let done = done(&people, deed, terminal).await;
    let done = done.map_err(Error::accounts)?;
    terminal.tell(|| done.clone(), || json!({ "done": done }));
    Ok(())
}

async fn done(people: &People, deed: Deed, terminal: Terminal) -> Result<String, app::AppError> {
    let operator = Actor::new("the command line");
    match deed {
        Deed::Add {
            email,
            name,
            role,
            tenant,
        } => {
            let password = password(terminal)?;
            let joining = Joining {
                email,
                name,
                password,
            };
            people.make_tenant(&tenant, &operator).await?;
            match people.add(joining, Post { role, tenant }).await? {
                true => Ok(format!("made, with the role {role}")),
                false => Err(app::AppError::BadRequest(
                    "this address has an account already".into(),
                )),
            }
        }
        // Told line by line, by the caller.
        Deed::List => Ok(String::new()),
        Deed::Tenant { email, tenant } => {
            let account = with(people, &email).await?;
            people.make_tenant(&tenant, &operator).await?;
            people
                .set_tenant(&account, &tenant, None, &operator)
                .await?;
            Ok(format!("{} belongs to {tenant} now", account.email))
        }
        Deed::Role { email, role } => {
            let account = with(people, &email).await?;
            people
                .set_role(&account.id, role, Expected::Any, &operator)
                .await?;
            Ok(format!("{} is {role} now", account.email))
        }
        Deed::Password { email } => {
            let account = with(people, &email).await?;
            let password = password(terminal)?;
            people.reset_password(&account, password).await?;
            Ok(format!("{} has another password", account.email))
        }
        Deed::RemoveFactor { email } => {
            let account = with(people, &email).await?;
            people.remove_factor(&account, None, &operator).await?;
            Ok(format!("{} logs in with the password alone", account.email))
        }
        Deed::Disable { email } => {
            let account = with(people, &email).await?;
            people.suspend(&account.id, None, &operator).await?;
            Ok(format!("{} is out of use", account.email))
        }
        Deed::Enable { email } => {
            let account = with(people, &email).await?;
            people.resume(&account.id, None, &operator).await?;
            Ok(format!("{} is in use", account.email))
        }
    }
}

pub(super) async fn with(people: &People, email: &str) -> Result<Account, app::AppError> {
    let found = match Email::parse(email) {
        Some(email) => people.with_email(&email).await?,
        None => None,
    };
    found.ok_or_else(|| app::AppError::NotFound(format!("there is no account {email}")))
}

fn value(account: &Account) -> Value {
    json!({
        "email": account.email.to_string(), "name": account.name, "role": account.role.to_string(), "is_active": account.is_active,
        "has_second_factor": account.factor.is_some(),
    })
}

fn line(account: &Account) -> String {
    let Account {
        email,
        name,
        role,
        tenant,
        ..
    } = account;
    let status = if account.is_active {
        "active"
    } else {
        "suspended"
    };
    // A server of one tenant says nothing of tenants.
    let tenant = match tenant.is_first() {
        true => String::new(),
        false => format!("\t{tenant}"),
    };
    let factor = account.factor.as_ref().map_or("", |_| "\tsecond factor");
    format!("{email}\t{name}\t{role}\t{status}{tenant}{factor}")
}

/// The first line of the input. On a terminal it is seen while it is typed, and that is said.
fn password(terminal: Terminal) -> Result<String, app::AppError> {
    if std::io::stdin().is_terminal() {
        terminal.mention("The password, at least 10 characters (what you type is shown):");
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(app::AppError::internal)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
