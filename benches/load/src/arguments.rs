//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    bench::Bench,
    error::Result,
    scenarios::{self, beside::Peer, soak::Soak},
};

/// Measures what a built server does, and ends with an error where a bar is missed.
#[derive(Debug, Parser)]
#[command(name = "load")]
pub struct Arguments {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub scenario: Scenario,
}

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The server; without it the one in the target folder
    #[arg(long, global = true)]
    pub program: Option<PathBuf>,
    /// The built site
    #[arg(long, global = true, default_value = "site")]
    pub site: PathBuf,
    /// Connections at once
    #[arg(long, global = true, default_value_t = 500)]
    pub connections: usize,
    /// Seconds of each measurement
    #[arg(long, global = true, default_value_t = 10.0)]
    pub seconds: f64,
    /// Seconds before anything counts
    #[arg(long, global = true, default_value_t = 2.0)]
    pub warm: f64,
    /// States that there are, where a scenario does not need another number
    #[arg(long, global = true)]
    pub states: Option<usize>,
    /// Only measure: no bar can be missed
    #[arg(long, global = true)]
    pub no_bars: bool,
}

/// What is measured.
#[derive(Debug, Clone, Subcommand)]
pub enum Scenario {
    /// One state by its id
    Reads,
    /// A state's content, written to the disk before it is answered
    Writes,
    /// 20 of 100,000 states that fit a filter
    List,
    /// 20 of 10,000 states that have a word
    Search,
    /// Pages with a table of 1,000 rows, made on the server
    Page,
    /// 10,000 live connections, and 1,000 events a second to ten of them each
    Live {
        /// Live connections, ten for each session
        #[arg(long, default_value_t = 10_000)]
        sockets: usize,
        /// Events a second
        #[arg(long, default_value_t = 1_000)]
        events: usize,
    },
    /// From the start of the process to its first answer, and its memory when nobody asks
    Start,
    /// Two servers on one PostgreSQL beside one
    Servers,
    /// Everything at once at half load, for long: whether memory and open files stay as they are
    Soak(Soak),
    /// The same reads and durable writes asked of something else
    Beside {
        /// What; without it whatever is installed
        #[arg(long, value_enum)]
        peer: Option<Peer>,
    },
}

impl Scenario {
    pub async fn run(self, bench: &mut Bench) -> Result<()> {
        match self {
            Self::Reads => scenarios::reads::run(bench).await,
            Self::Writes => scenarios::writes::run(bench).await,
            Self::List => scenarios::list::run(bench).await,
            Self::Search => scenarios::search::run(bench).await,
            Self::Page => scenarios::page::run(bench).await,
            Self::Live { sockets, events } => scenarios::live::run(bench, sockets, events).await,
            Self::Start => scenarios::start::run(bench).await,
            Self::Servers => scenarios::servers::run(bench).await,
            Self::Soak(soak) => scenarios::soak::run(bench, &soak).await,
            Self::Beside { peer } => scenarios::beside::run(bench, peer).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_contradict_each_other_nowhere() {
        Arguments::command().debug_assert();
    }
}
