//! The program `holdfast`. Everything it does is in the library beside it.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use server::{Error, Settings, commands::Command, start_logging};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A data workbench in which state is never lost.
#[derive(Parser)]
#[command(name = "holdfast", version)]
struct Arguments {
    /// The settings file
    #[arg(
        long,
        env = "HOLDFAST_CONFIG",
        default_value = "holdfast.toml",
        global = true
    )]
    config: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

async fn run(arguments: Arguments) -> Result<(), Error> {
    let settings = Settings::load(&arguments.config)?;
    start_logging(&settings.log);
    arguments
        .command
        .unwrap_or(Command::Serve)
        .run(settings)
        .await
}
