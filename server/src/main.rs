//! The program `holdfast`. Everything it does is in the library beside it.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use server::{Application, Error, Settings, start_logging};

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

#[derive(Subcommand)]
enum Command {
    /// Serve the workbench (the default)
    Serve,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { config, command } = Arguments::parse();
    let Command::Serve = command.unwrap_or(Command::Serve);
    match serve(&config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

async fn serve(config: &std::path::Path) -> Result<(), Error> {
    let settings = Settings::load(config)?;
    start_logging(&settings.log);
    Application::build(settings)
        .await?
        .run_until_stopped()
        .await
}
