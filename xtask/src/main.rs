//! Holdfast's build tool. `xtask site` turns the sources of the site into the folder that the server serves;
//! `xtask watch` waits until a source changes. It owns everything between `cargo build` and a finished site,
//! and deliberately not the server's own build, which is plain cargo (`scripts/build.sh`).

mod assemble;
mod assets;
mod compress;
mod error;
mod fingerprint;
mod gather;
mod layout;
mod names;
mod optimise;
mod report;
mod scripts;
mod site;
mod step;
mod styles;
mod terminal;
mod tools;
mod wasm;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Builds Holdfast's site")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site into `site/` (or HOLDFAST_SITE_DIR)
    Site(site::Options),
    /// Return as soon as a source file has changed
    Watch(watch::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Site(options) => site::build(&options),
        Command::Watch(options) => watch::wait_for_change(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}
