//! What the program does. Each command ends with an error that says what to do, or well.
//!
//! - `arguments`: what is typed; `terminal`, `bar`, `out`: how it is answered; `words`: options of a few words
//! - `work`: a person's study and runs, for the commands that act in their name: `import`, `export`, `query`, `simulate`
//!   (`holdfast run`) and `compare`
//! - the others act on the server's own: accounts, tokens, states, keys, backups

mod arguments;
mod bar;
mod compact;
mod compare;
mod doctor;
mod export;
mod import;
mod keep;
mod key;
mod out;
mod query;
mod simulate;
mod state;
mod store_objects;
mod terminal;
mod token;
mod upgrade;
mod user;
mod verify;
mod words;
mod work;

use std::path::PathBuf;

use clap::Subcommand;
use clap_complete::Shell;

pub use self::{
    arguments::Arguments, compare::Question, export::Thing, import::Files, key::Deed as KeyDeed,
    query::Asked, simulate::NewRun, state::Deed as StateDeed, terminal::Terminal,
    token::Deed as TokenDeed, user::Deed as UserDeed,
};
use crate::{Application, Error, Settings};

/// A command of the program.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum Command {
    /// Serve the workbench (the default)
    Serve,
    /// Take files in: tables into a person's study, packages and trials into their runs; servers may go on
    Import(Box<Files>),
    /// Write a table, a merged result, a saved query or a run into a file; servers may go on
    Export {
        /// What is exported
        #[command(subcommand)]
        thing: export::Thing,
    },
    /// Count a cohort of a person's study or of the sample study, or merge it into a file; servers may go on
    Query(Box<Asked>),
    /// Simulate a run, and keep it among a person's runs; servers may go on
    Run(Box<NewRun>),
    /// Lay a person's runs beside one another: measures, differences, tests; servers may go on
    Compare(Box<Question>),
    /// Write all states, their history and the engine's notes into one file; servers may go on
    Backup {
        /// The file; an older one is replaced when the new one is complete
        file: PathBuf,
    },
    /// Bring a backup into an empty backend; no server may run on it
    Restore {
        /// The file
        file: PathBuf,
    },
    /// Copy everything to another backend and compare both; to undo it, go on with the old one
    MigrateBackend {
        /// Where from: sqlite:, postgres: or redis:; without it, as the settings say
        #[arg(long)]
        from: Option<String>,
        /// Where to: it must be empty, or hold the beginning of the same
        #[arg(long)]
        to: String,
    },
    /// Take the content out of old versions, as `keep_versions` and `keep_days` of the kinds say
    Compact {
        /// Only say what would go
        #[arg(long)]
        dry_run: bool,
    },
    /// Bring stored states into the shape that this program gives them; servers may go on
    UpgradeStates {
        /// Only states of this kind
        #[arg(long)]
        kind: Option<String>,
        /// Only say how many would change, and which cannot
        #[arg(long)]
        dry_run: bool,
    },
    /// Find out whether the log is as it was written
    Verify,
    /// Put the tables, results and runs of the data folder to the object store of the settings; servers may go on
    StoreObjects,
    /// Make, list and change accounts; servers may go on
    User {
        /// What is done
        #[command(subcommand)]
        deed: user::Deed,
    },
    /// Look at states, move them through their lifecycle, bring old versions back, watch them; servers may go on
    State {
        /// What is done
        #[command(subcommand)]
        deed: state::Deed,
    },
    /// Change and forget the keys that sensitive states are sealed with; servers may go on
    Key {
        /// What is done
        #[command(subcommand)]
        deed: key::Deed,
    },
    /// Make, list and revoke tokens for programs; servers may go on
    Token {
        /// What is done
        #[command(subcommand)]
        deed: token::Deed,
    },
    /// Look whether a server can run here with these settings, and say what to do
    Doctor,
    /// Write completions for a shell: `holdfast completions bash > /etc/bash_completion.d/holdfast`
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Write what programs may ask a server for, as OpenAPI 3.1: `holdfast openapi > openapi.json`
    Openapi,
    /// Write the manual page: `holdfast man > /usr/local/share/man/man1/holdfast.1`
    Man {
        /// Write a page for each command, too, into this folder
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
}

impl Command {
    /// Does it, and tells a person.
    pub async fn run(self, settings: Settings) -> Result<(), Error> {
        self.run_at(settings, Terminal::default()).await
    }

    /// Does it.
    pub async fn run_at(self, settings: Settings, terminal: Terminal) -> Result<(), Error> {
        match self {
            Self::Serve => {
                let application = Application::build(settings).await?;
                application.run_until_stopped().await
            }
            Self::Import(files) => import::import(&settings, *files, terminal).await,
            Self::Export { thing } => export::export(&settings, thing, terminal).await,
            Self::Query(asked) => query::query(&settings, *asked, terminal).await,
            Self::Run(wanted) => simulate::run(&settings, *wanted, terminal).await,
            Self::Compare(question) => compare::compare(&settings, *question, terminal).await,
            Self::Backup { file } => keep::backup(&settings, &file, terminal).await,
            Self::Restore { file } => keep::restore(&settings, &file, terminal).await,
            Self::MigrateBackend { from, to } => {
                keep::migrate_backend(&settings, from.as_deref(), &to, terminal).await
            }
            Self::Compact { dry_run } => compact::compact(&settings, dry_run, terminal).await,
            Self::UpgradeStates { kind, dry_run } => {
                upgrade::upgrade(&settings, kind.as_deref(), dry_run, terminal).await
            }
            Self::Verify => verify::verify(&settings, terminal).await,
            Self::StoreObjects => store_objects::store_objects(&settings, terminal).await,
            Self::User { deed } => user::run(&settings, deed, terminal).await,
            Self::State { deed } => state::run(&settings, deed, terminal).await,
            Self::Key { deed } => key::run(&settings, deed, terminal).await,
            Self::Token { deed } => token::run(&settings, deed, terminal).await,
            Self::Doctor => doctor::doctor(&settings, terminal).await,
            // These are about the program, and done before there are settings.
            Self::Completions { .. } | Self::Openapi | Self::Man { .. } => Ok(()),
        }
    }
}
