//! Looks whether a server could run here with these settings, and says what to do where it could not. Nothing is changed but
//! a file that is made and removed again in the data folder, and the states' own schema where it is not there yet.

mod checks;

use serde::Serialize;
use serde_json::json;

use super::Terminal;
use crate::{Error, Settings};

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// As it should be.
    Good,
    /// It works, and should be known.
    Mind,
    /// A server would not start, or would lose something.
    Mend,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Check {
    what: &'static str,
    verdict: Verdict,
    found: String,
    /// What to do.
    advice: Option<String>,
}

impl Check {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self {
            what,
            verdict: Verdict::Good,
            found: found.into(),
            advice: None,
        }
    }

    fn mind(what: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Mind,
            advice: Some(advice.into()),
            ..Self::good(what, found)
        }
    }

    fn mend(what: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Mend,
            advice: Some(advice.into()),
            ..Self::good(what, found)
        }
    }

    fn words(&self) -> String {
        let mark = match self.verdict {
            Verdict::Good => "good",
            Verdict::Mind => "mind",
            Verdict::Mend => "MEND",
        };
        let found = format!("{mark}  {}: {}", self.what, self.found);
        match &self.advice {
            Some(advice) => format!("{found}\n      {advice}"),
            None => found,
        }
    }
}

pub(super) async fn doctor(settings: &Settings, terminal: Terminal) -> Result<(), Error> {
    let checks = checks::all(settings).await;
    for check in &checks {
        terminal.tell(|| check.words(), || json!(check));
    }
    let to_mend = checks.iter().filter(|it| it.verdict == Verdict::Mend);
    match to_mend.count() {
        0 => {
            terminal.mention("a server can run here");
            Ok(())
        }
        some => Err(Error::Unwell(some)),
    }
}
