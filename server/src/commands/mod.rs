//! What the program does. Each command ends with an error that says what to do, or well.

mod compact;
mod keep;
mod user;
mod verify;

use std::{io::Write as _, path::PathBuf};

use clap::Subcommand;
use holdfast::Progress;

pub use self::user::Deed as UserDeed;
use crate::{Application, Error, Settings};

/// A command of the program.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the workbench (the default)
    Serve,
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
    /// Find out whether the log is as it was written
    Verify,
    /// Make, list and change accounts; servers may go on
    User {
        /// What is done
        #[command(subcommand)]
        deed: user::Deed,
    },
}

impl Command {
    /// Does it.
    pub async fn run(self, settings: Settings) -> Result<(), Error> {
        match self {
            Self::Serve => {
                let application = Application::build(settings).await?;
                application.run_until_stopped().await
            }
            Self::Backup { file } => keep::backup(&settings, &file).await,
            Self::Restore { file } => keep::restore(&settings, &file).await,
            Self::MigrateBackend { from, to } => {
                keep::migrate_backend(&settings, from.as_deref(), &to).await
            }
            Self::Compact { dry_run } => compact::compact(&settings, dry_run).await,
            Self::Verify => verify::verify(&settings).await,
            Self::User { deed } => user::run(&settings, deed).await,
        }
    }
}

/// Tells the person at the terminal how it went.
fn say(line: &str) {
    // Nobody may be listening.
    let told = writeln!(std::io::stdout().lock(), "{line}");
    drop(told);
}

/// Shows how far something is, each time another tenth is done.
fn shown() -> impl FnMut(Progress) {
    let mut tenths = 0;
    move |progress| {
        let done = progress.copied.0.saturating_mul(10) / progress.of.0.max(1);
        if done > tenths {
            tenths = done;
            say(&format!(
                "{} of {} changes",
                progress.copied.0, progress.of.0
            ));
        }
    }
}
