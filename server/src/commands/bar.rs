//! How far long work is, for a person at a terminal: on standard error, and nowhere if a program listens or either stream
//! goes into a file or a pipe.

use std::{
    io::{IsTerminal as _, stderr, stdout},
    pin::pin,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Terminal;

/// How often a bar moves.
const TICK: Duration = Duration::from_millis(100);

/// What a bar counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Bytes of a known number.
    Bytes,
    /// Bytes, nobody knows how many.
    SomeBytes,
    /// Patients.
    Patients,
}

impl Of {
    fn template(self) -> &'static str {
        match self {
            Self::Bytes => "{wide_bar} {bytes} of {total_bytes}  {msg}",
            Self::SomeBytes => "{spinner} {bytes}, {bytes_per_sec}  {msg}",
            Self::Patients => "{wide_bar} {pos} of {len} patients, {eta} left",
        }
    }
}

impl Terminal {
    /// A bar up to `total`. It goes away with its last clone.
    pub(super) fn bar(self, total: u64, of: Of) -> ProgressBar {
        let is_seen = !self.is_json && stdout().is_terminal() && stderr().is_terminal();
        let target = match is_seen {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        // The templates are ours: one that is not well made shows the library's own.
        let style = ProgressStyle::with_template(of.template());
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}

/// Waits for `work`, and does `look` meanwhile, again and again.
pub(super) async fn watched<T>(work: impl Future<Output = T>, mut look: impl FnMut()) -> T {
    let mut work = pin!(work);
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = ticks.tick() => look(),
        }
    }
}
