//! Tokens for programs, made and ended at the terminal: for a server that nobody can log in to yet, or when somebody has left.

use std::sync::Arc;

use app::people::{NewToken, NoLogins, People};
use clap::Subcommand;
use holdfast::{Actor, SystemClock};
use serde_json::json;

use super::{Terminal, user::with};
use crate::{Error, Settings, application::open::open_states};

/// What is done with tokens.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Make a token of an account; its text is shown once
    Make {
        /// The account's e-mail address
        email: String,
        /// What the token is for
        name: String,
        /// Whether it may write; without it, it only reads
        #[arg(long)]
        write: bool,
        /// Days until it ends, at most 366
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// List the tokens of an account
    List {
        /// The account's e-mail address
        email: String,
    },
    /// End a token at once
    Revoke {
        /// The account's e-mail address
        email: String,
        /// The token's id, as `list` shows it
        id: String,
    },
}

pub(super) async fn run(settings: &Settings, deed: Deed, terminal: Terminal) -> Result<(), Error> {
    std::fs::create_dir_all(&settings.data_dir).map_err(Error::io(&settings.data_dir))?;
    let clock = Arc::new(SystemClock);
    let (states, _cache) = open_states(settings, clock.clone()).await?;
    let terms = settings.accounts.terms(&settings.server)?;
    let people = People::new(states, clock, terms, Arc::new(NoLogins));
    let people = people.map_err(Error::accounts)?;
    done(&people, deed, terminal).await.map_err(Error::accounts)
}

async fn done(people: &People, deed: Deed, terminal: Terminal) -> Result<(), app::AppError> {
    let operator = Actor::new("the command line");
    match deed {
        Deed::Make {
            email,
            name,
            write,
            days,
        } => {
            let account = with(people, &email).await?;
            let wanted = NewToken {
                name,
                may_write: write,
                days,
            };
            let text = people.make_token(&account, &wanted, &operator).await?;
            terminal.tell(|| text.clone(), || json!({ "token": text }));
        }
        Deed::List { email } => {
            let account = with(people, &email).await?;
            for (token, used) in people.tokens(&account).await? {
                let may = if token.may_write { "writes" } else { "reads" };
                let words = || format!("{}\t{}\t{may}\t{}...", token.id, token.name, token.starts);
                terminal.tell(words, || {
                    json!({
                        "id": token.id, "name": token.name, "may_write": token.may_write,
                        "ends": token.ends, "used": used,
                    })
                });
            }
        }
        Deed::Revoke { email, id } => {
            let account = with(people, &email).await?;
            people.revoke_token(&account, &id, &operator).await?;
            terminal.tell(|| "revoked".to_owned(), || json!({ "revoked": id }));
        }
    }
    Ok(())
}
