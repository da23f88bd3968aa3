//! The table of settings in `docs/OPERATIONS.md`, made from the structs: keys and defaults are
//! theirs, only the sentences are here.

use serde_json::Value;

use super::{Settings, load::PREFIX};

/// What each setting means. A test compares the keys with the structs.
const MEANINGS: &[(&str, &str)] = &[
    (
        "accounts.breached_passwords",
        "File of passwords that nobody may choose: SHA-1 hashes in hex, one a line in their order, each with or without `:` and a count (Pwned Passwords, ordered by hash); it is searched where it lies; a relative path is below the folder the server is started in",
    ),
    (
        "accounts.login",
        "Whether people have to log in: `required` (who has not sees the Account page and nothing else) or `optional` (they work in a workspace of their own, and see what the first tenant has in common)",
    ),
    (
        "accounts.role",
        "What who signs up without an invitation may do: `viewer`, `analyst` or `editor`",
    ),
    (
        "accounts.second_factor",
        "`optional`: who wants a second factor turns it on; `required`: who logs in without one turns it on before anything else",
    ),
    (
        "accounts.sign_up",
        "Who may sign up: `open` (everybody), `invitation`, `closed` (accounts are made with `holdfast user add`); without it `open` while it listens on this machine only, else `invitation`",
    ),
    (
        "backups.every_hours",
        "Hours between two backups that the server makes by itself (of several servers on the same states, one); 0: none",
    ),
    (
        "backups.keep",
        "Backups that are kept in `data_dir/backups`; older ones are removed",
    ),
    (
        "configurations.dir",
        "Folder of configuration files that people edit together; a relative path is below `data_dir`",
    ),
    (
        "configurations.look_seconds",
        "Seconds between two looks for configuration files that other programs changed",
    ),
    (
        "data.cache_bytes",
        "Bytes of columns and indexes kept in memory for questions",
    ),
    ("data.cell_bytes", "Bytes of one cell of an imported file"),
    ("data.columns", "Columns of one imported table"),
    ("data.file_bytes", "Bytes of one file"),
    ("data.files", "Files that one drop or form may bring"),
    (
        "data.kept_days",
        "Days that a table's or result's file is kept after the last state let go of it; 0: for ever",
    ),
    (
        "data.scope_bytes",
        "Bytes of the tables, the merged result and the runs of one workspace together, the sample study apart",
    ),
    ("data_dir", "Folder of databases, tables and results"),
    (
        "kinds",
        "Kinds of one's own and what is asked of any kind, by name (only in the file): see [kinds](#kinds)",
    ),
    (
        "limits.account_burst",
        "Requests that one account may send at once, beside the long run",
    ),
    (
        "limits.account_per_second",
        "Requests of one account in the long run, from all its browsers; 0: as many as it likes",
    ),
    (
        "limits.address_burst",
        "Requests that may come from one address at once",
    ),
    (
        "limits.address_per_second",
        "Requests from one address (IPv6: from one /64) in the long run; 0: as many as it likes, for where a proxy counts",
    ),
    (
        "limits.token_burst",
        "Requests that may come under one token at once",
    ),
    (
        "limits.token_per_second",
        "Requests under one token in the long run; 0: as many as it likes",
    ),
    (
        "live.keep_alive_seconds",
        "Seconds after which a silent live connection is given a sign of life; a socket that answers three of them with nothing is ended",
    ),
    (
        "live.listeners",
        "Live connections (event streams and sockets) of everybody together",
    ),
    (
        "live.listeners_per_session",
        "Live connections of one session, or under one token",
    ),
    (
        "live.patience_seconds",
        "Seconds that a live connection's client may take to receive one message before it is dropped",
    ),
    (
        "log.filter",
        "What is logged, as `RUST_LOG` would say it (which wins)",
    ),
    ("log.format", "`text` or `json`"),
    (
        "log.otlp_endpoint",
        "OpenTelemetry collector that traces go to over HTTP (a span for each request, server function and operation of the engine): `http://localhost:4318`; without it none are made",
    ),
    (
        "metrics.addr",
        "An address of its own for `/metrics` and `/health/*`, at which nobody has to log in: `127.0.0.1:9464`; without it `/metrics` is for administrators, at the server's own address",
    ),
    (
        "metrics.enabled",
        "Whether there is `/metrics` for a Prometheus server",
    ),
    (
        "monitor.sample_seconds",
        "Seconds between two samples of the Monitor, which remembers 720 of them and 720 of 24 times as long",
    ),
    (
        "monitor.slow_ms",
        "Milliseconds from which on the Monitor lists an operation or request as slow",
    ),
    (
        "protection.former_master_key_files",
        "Files of master keys that were in use before, until the data keys are wrapped anew",
    ),
    (
        "protection.master_key_file",
        "File of the master key for sensitive kinds; only its owner may read it",
    ),
    (
        "query.ballista_program",
        "The program that talks to a Ballista cluster; without it `holdfast-ballista` beside `holdfast`",
    ),
    (
        "query.ballista_seconds",
        "Seconds that a cluster may take to the first rows of a result, and from each to the next, before this server gathers it",
    ),
    (
        "query.engine",
        "Who gathers the cells of a merged result: `local`, or `ballista://host:50050`, a cluster's scheduler. See [Ballista](#ballista)",
    ),
    ("server.addr", "Address and port to listen on"),
    (
        "server.administration",
        "Who may change what everybody sees (feature flags) as long as nobody has an account: `local` (everybody, while it listens on this machine only), `everyone`, `nobody`",
    ),
    (
        "server.drain_seconds",
        "Seconds that the server goes on answering after SIGTERM while `/health/ready` says 503, so that a load balancer sends it nothing new: longer than its interval of checks and than it keeps idle connections; 0 behind none",
    ),
    (
        "server.public_url",
        "The address people type where a proxy stands in front; `https://` makes cookies `Secure`",
    ),
    (
        "server.trusted_proxies",
        "Addresses and networks of the proxies in front, whose `X-Forwarded-For` says where a request comes from: `[\"127.0.0.1\", \"10.0.0.0/8\"]`; nobody else's is believed",
    ),
    (
        "session.absolute_days",
        "Days after which a session ends in any case",
    ),
    (
        "session.idle_days",
        "Days without a visit after which a session ends",
    ),
    (
        "session.opened_per_minute",
        "Sessions that one address may open in a minute",
    ),
    (
        "simulations.memory_bytes",
        "Bytes of results of runs held in memory; the longest unused leave first, never what is pinned or open, and never from disk",
    ),
    ("site_dir", "Folder of the built site"),
    (
        "state.backend",
        "`database`, `redis`, `memory` (gone at the end) or `client` (stores in the browser only)",
    ),
    (
        "state.burst",
        "How many of a scope's reads or writes may come at once, where they are limited",
    ),
    (
        "state.cache_bytes",
        "Bytes of states kept in memory in front of a database or Redis; 0: none",
    ),
    (
        "state.cache_stale",
        "Seconds that cached states are given out while the database cannot be reached",
    ),
    (
        "state.compaction_interval",
        "Seconds between two compactions of old versions, where a kind has `keep_versions` or `keep_days`; 0: none",
    ),
    (
        "state.data_bytes",
        "Bytes of one state's data, and so of a configuration, at most 10 MiB",
    ),
    (
        "state.database_url",
        "The database, `sqlite:` or `postgres:`; a relative SQLite path is below `data_dir`",
    ),
    ("state.depth", "Levels of nesting in one state"),
    (
        "state.enable_user_isolation",
        "Whether each browser has its own study; `false`: everybody on this server shares one",
    ),
    ("state.metadata_bytes", "Bytes of one state's metadata"),
    (
        "state.reads_per_second",
        "How often one scope may read in the long run; 0: as often as it likes",
    ),
    (
        "state.redis_prefix",
        "What every key in Redis begins with, so that it can be shared",
    ),
    ("state.redis_url", "The Redis server of backend `redis`"),
    ("state.scope_bytes", "Bytes of all states of one session"),
    ("state.scope_states", "States of one session"),
    (
        "state.sweep_seconds",
        "Seconds between two looks for expired states and sessions",
    ),
    (
        "state.timeout",
        "Seconds that one operation on a state may take",
    ),
    (
        "state.ttl_default",
        "Seconds that a store lives where it does not say otherwise",
    ),
    (
        "state.writes_per_second",
        "How often one scope may write in the long run; 0: as often as it likes",
    ),
    (
        "storage.allow_http",
        "Whether the object store may be spoken to without encryption",
    ),
    (
        "storage.credentials_file",
        "File with `aws_access_key_id = ...` and `aws_secret_access_key = ...`, which only its owner may read; without it `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and what else an AWS client looks for",
    ),
    (
        "storage.endpoint",
        "Where the object store is, if not at AWS: `https://minio.lab.org:9000`",
    ),
    (
        "storage.local_bytes",
        "Bytes of local copies of what the object store has; the longest unused leave first. 0: all stay",
    ),
    (
        "storage.region",
        "Region of the object store; many do not care",
    ),
    (
        "storage.url",
        "An S3-compatible object store for tables, results and runs, of which `data_dir` is then the cache: `s3://bucket/prefix`; without it they are below `data_dir` alone. See [object storage](#object-storage)",
    ),
    (
        "stores",
        "Stores kept elsewhere than declared: `\"query.filters\" = \"browser\"` (only in the file)",
    ),
    (
        "webhooks.allow_http",
        "Whether webhooks are sent without encryption",
    ),
    (
        "webhooks.allow_private",
        "Whether webhooks are sent to addresses that are not on the public internet",
    ),
    (
        "webhooks.enabled",
        "Whether this server delivers webhooks; if not, another one on the same database may",
    ),
    (
        "webhooks.payload_bytes",
        "Larger messages are sent without the state's data and metadata",
    ),
    (
        "webhooks.timeout",
        "Seconds that one attempt to deliver may take",
    ),
    (
        "webhooks.withheld",
        "Kinds of which only is told what happened, without data and metadata",
    ),
];

/// The table in Markdown: setting, environment variable, default, meaning.
pub fn table() -> String {
    let mut rows = vec![
        "| setting | environment | default | meaning |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    for (key, default) in defaults() {
        let meaning = MEANINGS
            .iter()
            .find(|(known, _)| *known == key)
            .map_or("", |(_, text)| *text);
        let variable = match key.as_str() {
            "kinds" | "stores" => String::new(),
            _ => format!("`{}`", variable(&key)),
        };
        rows.push(format!("| `{key}` | {variable} | {default} | {meaning} |"));
    }
    rows.join("\n")
}

/// The names of all settings, sorted.
pub(super) fn keys() -> impl Iterator<Item = String> {
    defaults().into_iter().map(|(key, _)| key)
}

/// The environment variable of a setting.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

/// Every setting with its default, sorted.
fn defaults() -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::to_value(Settings::default()) {
        collect("", &value, &mut found);
    }
    found.sort();
    found
}

fn collect(prefix: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let key = if prefix.is_empty() {
                    name.clone()
                } else {
                    format!("{prefix}.{name}")
                };
                collect(&key, field, found);
            }
        }
        Value::Object(_) => found.push((prefix.to_owned(), "none".to_owned())),
        Value::Null => found.push((prefix.to_owned(), "none".to_owned())),
        Value::String(text) if text.is_empty() => {
            found.push((prefix.to_owned(), "none".to_owned()))
        }
        Value::String(text) => found.push((prefix.to_owned(), format!("`{text}`"))),
        other => found.push((prefix.to_owned(), format!("`{other}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_meaning_and_every_meaning_a_setting() {
        let of_structs: Vec<String> = defaults().into_iter().map(|(key, _)| key).collect();
        let described: Vec<&str> = MEANINGS.iter().map(|(key, _)| *key).collect();
        assert_eq!(of_structs, described);
    }

    #[test]
    fn the_operators_guide_has_the_table_as_the_structs_have_it() {
        let guide = include_str!("../../../docs/OPERATIONS.md");
        let expected = table();
        assert!(
            guide.contains(&expected),
            "put this table into docs/OPERATIONS.md:\n{expected}"
        );
    }
}
