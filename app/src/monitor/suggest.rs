//! What the counts say should be done: each suggestion with its reason in numbers and one way to do it. Only on the server.

use holdfast::callbacks::Status;
use workbench::simulation::memory::{self, MemoryReport};

use super::{
    sample::{Sample, Totals},
    server::{Action, Sign, Suggestion},
    vitals::Budgets,
};
use crate::components::format;

/// A cache that answers fewer reads than this does not pay.
pub(super) const HIT_RATE_BAR: f64 = 90.0;
/// Reads in an hour below which a hit rate says nothing.
const ENOUGH_READS: f64 = 1_000.0;
/// A budget of which this much is in use is nearly used up, in percent.
const NEARLY: u64 = 80;
/// Changes that a subscriber may be behind before it is worth a word.
const BEHIND: u64 = 1_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// What the suggestions rest on.
pub(super) struct Grounds<'a> {
    pub(super) now: &'a Totals,
    /// The last hour.
    pub(super) samples: &'a [Sample],
    pub(super) budgets: Budgets,
    pub(super) last_backup: Option<i64>,
    /// Whether there is anything to lose.
    pub(super) has_changes: bool,
    pub(super) queues: &'a [Status],
    pub(super) runs: &'a MemoryReport,
}

/// What should be done, the most urgent first.
pub(super) fn suggestions(grounds: &Grounds<'_>) -> Vec<Suggestion> {
    let all = [
        failures(grounds),
        webhooks(grounds),
        backup(grounds),
        connections(grounds),
        too_often(grounds),
        cache(grounds),
        runs(grounds),
    ];
    all.into_iter().flatten().collect()
}

fn failures(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let failures: u64 = grounds.samples.iter().map(|it| it.failures).sum();
    (failures > 0).then(|| Suggestion {
        sign: Sign::Fault,
        title: "Where states are kept does not always answer".into(),
        why: format!(
            "{} failed or took too long in the last hour",
            format::plural(failures, "operation", "operations")
        ),
        action: Action::Look {
            href: "/states/audit".into(),
        },
    })
}

fn webhooks(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let given_up: usize = grounds.queues.iter().map(|it| it.dead_letters).sum();
    let behind = |it: &&Status| it.waiting > 0 || it.lag > BEHIND;
    let behind = grounds.queues.iter().filter(behind).count() as u64;
    (given_up > 0 || behind > 0).then(|| Suggestion {
        sign: Sign::Webhook,
        title: match given_up {
            0 => format!(
                "{} behind",
                format::plural(behind, "webhook is", "webhooks are")
            ),
            _ => "Messages of webhooks were given up".into(),
        },
        why: match given_up {
            0 => "the receiver refuses or is slow; it is tried again by itself".into(),
            some => format!(
                "{} to be sent again or discarded by whose they are",
                format::plural(some as u64, "message waits", "messages wait")
            ),
        },
        action: Action::Look {
            href: "/states/webhooks".into(),
        },
    })
}

fn backup(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let age = grounds.last_backup.map(|at| grounds.now.at - at);
    let is_old = age.is_none_or(|age| age > DAY_MS);
    (is_old && grounds.has_changes).then(|| Suggestion {
        sign: Sign::Backup,
        title: "Make a backup".into(),
        why: match grounds.last_backup {
            None => {
                "there is none in the folder yet; `backups.every_hours` makes them by themselves"
                    .into()
            }
            Some(at) => format!("the last one was made {}", format::ago(grounds.now.at, at)),
        },
        action: Action::BackUp,
    })
}

fn connections(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let (open, most) = (grounds.now.vitals.connections, grounds.budgets.connections);
    let is_nearly = most > 0 && open * 100 >= most * NEARLY;
    is_nearly.then(|| Suggestion {
        sign: Sign::Connections,
        title: "Let more live connections in".into(),
        why: format!(
            "{} of {} are open",
            format::count(open),
            format::count(most)
        ),
        action: Action::Set {
            lines: format!("[live]\nlisteners = {}", most * 2),
        },
    })
}

fn too_often(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let refused: u64 = grounds.samples.iter().map(|it| it.too_often).sum();
    (refused > 0).then(|| Suggestion {
        sign: Sign::TooOften,
        title: "Requests were refused because they came too often".into(),
        why: format!(
            "{} in the last hour; the log (target security) says whose",
            format::count(refused)
        ),
        action: Action::Set {
            lines: "[limits]\naddress_per_second = 10000\naddress_burst = 40000".into(),
        },
    })
}

fn cache(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let cache = grounds.now.cache?;
    let rates: Vec<f64> = grounds
        .samples
        .iter()
        .filter_map(|it| it.hit_rate)
        .collect();
    let rate = rates.iter().sum::<f64>() / rates.len().max(1) as f64;
    let reads = (cache.hits + cache.misses) as f64;
    let is_poor = !rates.is_empty() && rate < HIT_RATE_BAR && reads > ENOUGH_READS;
    // A larger one helps only where this one is full.
    (is_poor && cache.evicted > 0).then(|| Suggestion {
        sign: Sign::Cache,
        title: "Raise the memory of the cache".into(),
        why: format!(
            "{} % of the reads were answered from it, and {} had to leave",
            format::number(rate, 1),
            format::plural(cache.evicted, "state", "states")
        ),
        action: Action::Set {
            lines: format!(
                "[state]\ncache_bytes = {}",
                grounds.budgets.cache.saturating_mul(2)
            ),
        },
    })
}

fn runs(grounds: &Grounds<'_>) -> Option<Suggestion> {
    let raise = grounds.runs.suggestions.iter().find_map(|it| match it {
        memory::Suggestion::Raise { to, again } => Some((*to, *again)),
        _ => None,
    });
    raise.map(|(to, again)| Suggestion {
        sign: Sign::Cache,
        title: "Raise the memory of runs".into(),
        why: format!(
            "{} read from the disk again soon after they left",
            format::plural(again, "result was", "results were")
        ),
        action: Action::Set {
            lines: format!("[simulations]\nmemory_bytes = {to}"),
        },
    })
}

#[cfg(test)]
mod tests {
    use holdfast::{backend::CacheCounts, metrics::Counts};

    use super::*;
    use crate::monitor::vitals::VitalSigns;

    fn totals() -> Totals {
        Totals {
            at: 10 * DAY_MS,
            counts: Counts::default(),
            latencies: Vec::new(),
            cache: None,
            vitals: VitalSigns::default(),
        }
    }

    fn titles(now: &Totals, samples: &[Sample], last_backup: Option<i64>) -> Vec<String> {
        titles_with(now, samples, last_backup, &MemoryReport::default())
    }

    fn titles_with(
        now: &Totals,
        samples: &[Sample],
        last_backup: Option<i64>,
        runs: &MemoryReport,
    ) -> Vec<String> {
        let grounds = Grounds {
            now,
            samples,
            budgets: Budgets {
                cache: 1_000,
                tables: 0,
                connections: 10,
            },
            last_backup,
            has_changes: true,
            queues: &[],
            runs,
        };
        let found = suggestions(&grounds);
        found.into_iter().map(|it| it.title).collect()
    }

    #[test]
    fn a_server_that_fares_well_hears_nothing() {
        let (now, quiet) = (totals(), [Sample::default()]);
        assert!(titles(&now, &quiet, Some(now.at - 1)).is_empty());
    }

    #[test]
    fn runs_that_are_read_again_and_again_want_more_memory() {
        let (now, quiet) = (totals(), [Sample::default()]);
        let runs = MemoryReport {
            suggestions: vec![memory::Suggestion::Raise { to: 1, again: 3 }],
            ..MemoryReport::default()
        };
        let titles = titles_with(&now, &quiet, Some(now.at - 1), &runs);
        assert_eq!(titles, ["Raise the memory of runs"]);
    }

    #[test]
    fn each_suggestion_comes_when_its_count_does() {
        let mut now = totals();
        now.cache = Some(CacheCounts {
            hits: 600,
            misses: 600,
            bytes: 1_000,
            entries: 4,
            evicted: 9,
        });
        now.vitals.connections = 8;
        let sample = Sample {
            hit_rate: Some(50.0),
            too_often: 3,
            failures: 1,
            ..Sample::default()
        };
        let told = titles(&now, &[sample], None);
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(
            told.first()
                .is_some_and(|it| it.contains("does not always answer"))
        );
        assert_eq!(titles(&now, &[Sample::default()], None).len(), 2);
    }
}
