//! What is typed: the options that every command has, and the commands that need no settings.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser};

use super::{Command, Terminal};
use crate::{Error, Settings, description, start_logging};

/// A data workbench in which state is never lost.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The settings file
    #[arg(
        long,
        env = "HOLDFAST_CONFIG",
        default_value = "holdfast.toml",
        global = true
    )]
    config: PathBuf,
    /// Answer in JSON, one object a line, for programs
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed; 2 not understood (arguments, settings, a table or protocol); 3 not there; 4 refused \
(lifecycle, conflict, role, limit, not empty); 5 not as it was written (log, backup, package); 6 `doctor` found something \
to mend; 130 interrupted. `import` goes on with other files, and ends with the code of the first that failed.";

impl Arguments {
    /// Does what was typed. What went wrong is told on standard error, because the log may not be on yet.
    pub async fn run(self) -> ExitCode {
        let terminal = Terminal { is_json: self.json };
        match self.done(terminal).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => error.report(terminal.is_json),
        }
    }

    async fn done(self, terminal: Terminal) -> Result<(), Error> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "holdfast", &mut text);
                written(&text)
            }
            Command::Openapi => {
                let text = description().map_err(|error| Error::Failed(error.to_string()))?;
                written(text.as_bytes())
            }
            Command::Man { into: None } => {
                let mut text = Vec::new();
                let page = clap_mangen::Man::new(Self::command());
                page.render(&mut text).map_err(Error::io("the man page"))?;
                written(&text)
            }
            Command::Man { into: Some(folder) } => {
                let written = std::fs::create_dir_all(&folder)
                    .and_then(|()| clap_mangen::generate_to(Self::command(), &folder));
                written.map_err(Error::io(folder.display().to_string()))
            }
            command => {
                let settings = Settings::load(&self.config)?;
                // The log of a command would stand between its answers.
                let _traces = match command {
                    Command::Serve => start_logging(&settings.log)?,
                    _ => None,
                };
                command.run_at(settings, terminal).await
            }
        }
    }
}

fn written(text: &[u8]) -> Result<(), Error> {
    let written = std::io::stdout().lock().write_all(text);
    written.map_err(Error::io("standard output"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_contradict_each_other_nowhere() {
        Arguments::command().debug_assert();
    }
}
