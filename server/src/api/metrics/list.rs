//! Every metric there is: its name, its type, what it means. The table in `docs/OPERATIONS.md` is made of this.

/// A family of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) meaning: &'static str,
}

const fn counter(name: &'static str, meaning: &'static str) -> Metric {
    let kind = "counter";
    Metric {
        name,
        kind,
        meaning,
    }
}

const fn gauge(name: &'static str, meaning: &'static str) -> Metric {
    let kind = "gauge";
    Metric {
        name,
        kind,
        meaning,
    }
}

const fn histogram(name: &'static str, meaning: &'static str) -> Metric {
    let kind = "histogram";
    Metric {
        name,
        kind,
        meaning,
    }
}

/// All of them, by name.
pub(super) const METRICS: [Metric; 42] = [
    gauge(
        "holdfast_backup_newest_timestamp_seconds",
        "When the newest backup in the folder was made; absent without one",
    ),
    gauge("holdfast_backups", "Backups in the folder of this server"),
    gauge(
        "holdfast_build_info",
        "1, with the version of the program as a label",
    ),
    gauge("holdfast_cache_bytes", "Bytes of states in the cache"),
    gauge(
        "holdfast_cache_entries",
        "States in the cache, and ids known to have none",
    ),
    counter(
        "holdfast_cache_evicted_total",
        "Entries that left the cache to make room",
    ),
    counter("holdfast_cache_hits_total", "Reads that the cache answered"),
    counter(
        "holdfast_cache_misses_total",
        "Reads that the backend was asked for",
    ),
    gauge(
        "holdfast_dead_letters",
        "Changes that subscribers gave up and nobody has dealt with",
    ),
    gauge("holdfast_draining", "1 from the signal to stop on"),
    histogram(
        "holdfast_http_request_seconds",
        "How long requests took, by class of route; a stream counts until it begins",
    ),
    counter(
        "holdfast_http_requests_total",
        "Requests by class of route and class of status",
    ),
    counter(
        "holdfast_http_too_often_total",
        "Requests that were answered 429",
    ),
    gauge(
        "holdfast_live_connections",
        "Live connections: event streams and sockets",
    ),
    gauge(
        "holdfast_live_people",
        "Accounts that have a live connection",
    ),
    gauge(
        "holdfast_live_sessions",
        "Sessions and tokens that have a live connection",
    ),
    counter(
        "holdfast_live_slow_total",
        "Live connections that were ended because what they were told was not taken in time (`live.patience_seconds`)",
    ),
    gauge(
        "holdfast_log_revision",
        "Place of the newest change in the log",
    ),
    histogram(
        "holdfast_operation_seconds",
        "How long callers waited for the backend, by operation; what a cache answers at once counts as nothing",
    ),
    counter("holdfast_reads_total", "Single states that were looked up"),
    counter(
        "holdfast_refused_total",
        "Operations that did not end well, by reason: lifecycle, conflict, invalid, rate, timeout, failure",
    ),
    gauge(
        "holdfast_runs_budget_bytes",
        "Bytes that results of runs may take in memory",
    ),
    gauge("holdfast_runs_bytes", "Bytes of results of runs in memory"),
    counter(
        "holdfast_runs_evicted_total",
        "Results of runs that left memory to make room",
    ),
    counter(
        "holdfast_runs_hits_total",
        "Results of runs that were asked for and in memory",
    ),
    counter(
        "holdfast_runs_loads_total",
        "Results of runs that were read from the disk",
    ),
    gauge(
        "holdfast_search_behind_changes",
        "Changes in the log that the index of the search does not have yet; absent where there is no index, and while it cannot be read",
    ),
    gauge(
        "holdfast_states",
        "States that are not deleted, over all scopes",
    ),
    gauge("holdfast_states_bytes", "Their bytes, as quotas count them"),
    gauge(
        "holdfast_subscriber_behind_changes",
        "Changes that the slowest subscriber (a webhook) is behind",
    ),
    gauge(
        "holdfast_subscriber_waiting_states",
        "States whose next attempt subscribers wait for",
    ),
    gauge(
        "holdfast_subscribers",
        "Subscribers: webhooks that were ever enabled, and others",
    ),
    gauge(
        "holdfast_tables_bytes",
        "Bytes of columns and indexes of tables in memory",
    ),
    counter(
        "holdfast_transitions_total",
        "Changes that were written, by transition",
    ),
    gauge("holdfast_up", "1 while states can be read"),
    gauge(
        "holdfast_writer_waiting",
        "Writes and transactions of this server that wait for the one that is being written; absent in memory",
    ),
    counter("holdfast_writes_total", "Changes that were written"),
    counter(
        "process_cpu_seconds_total",
        "Processor time that the process used (Linux)",
    ),
    gauge(
        "process_open_fds",
        "Files and sockets that the process has open (Linux)",
    ),
    gauge(
        "process_resident_memory_bytes",
        "Memory that the process has (Linux)",
    ),
    gauge("process_start_time_seconds", "When the process was started"),
    gauge("process_threads", "Threads of the process (Linux)"),
];

/// The table in Markdown: name, type, meaning.
pub fn metrics_table() -> String {
    let mut metrics = METRICS;
    metrics.sort_by_key(|metric| metric.name);
    let rows = metrics.iter().map(
        |Metric {
             name,
             kind,
             meaning,
         }| { format!("| `{name}` | {kind} | {meaning} |") },
    );
    let head = ["| metric | type | meaning |", "|---|---|---|"].map(str::to_owned);
    let lines: Vec<String> = head.into_iter().chain(rows).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_guide_has_every_metric() {
        let guide = include_str!("../../../../docs/OPERATIONS.md");
        let expected = metrics_table();
        assert!(
            guide.contains(&expected),
            "put this table into docs/OPERATIONS.md:\n{expected}"
        );
    }
}
