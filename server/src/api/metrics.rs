//! `GET /metrics`: what is counted, for a Prometheus server, in its text format 0.0.4.
//!
//! At the server's own address it is for administrators (a token of theirs); at `metrics.addr`, if that is set, for whoever
//! reaches it. Nothing is counted for it that is not counted anyway.

mod list;
mod text;

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use holdfast::metrics::Latency;

pub use self::list::metrics_table;
use self::text::Page;
use super::{Asker, Shared, backups::admit};
use crate::{application::process::Process, web::Refusal};

const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// At the server's own address.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/metrics", get(for_administrators))
}

/// At an address of its own.
pub(super) fn open_routes() -> Router<Shared> {
    Router::new().route("/metrics", get(for_everybody))
}

async fn for_administrators(
    State(shared): State<Shared>,
    asker: Asker,
) -> Result<Response, Refusal> {
    admit(&shared, &asker).await?;
    Ok(answer(&shared).await)
}

async fn for_everybody(State(shared): State<Shared>) -> Response {
    answer(&shared).await
}

async fn answer(shared: &Shared) -> Response {
    ([(header::CONTENT_TYPE, KIND)], page(shared).await).into_response()
}

/// All of it. What the backend cannot tell at this moment is left out; the rest is told.
async fn page(shared: &Shared) -> String {
    let mut page = Page::default();
    page.one(
        "holdfast_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
    states(&mut page, shared).await;
    operations(&mut page, shared);
    cache(&mut page, shared);
    traffic(&mut page, shared);
    subscribers(&mut page, shared).await;
    backups(&mut page, shared).await;
    process(&mut page, shared);
    page.0
}

async fn states(page: &mut Page, shared: &Shared) {
    let states = &shared.app.manager;
    // Together: where a database hangs each of them takes as long as an operation may.
    let (held, revision, queues) = tokio::join!(states.held(), states.revision(), states.queues());
    page.one("holdfast_up", &[], u8::from(held.is_ok()));
    let is_draining = shared.draining.is_cancelled();
    page.one("holdfast_draining", &[], u8::from(is_draining));
    if let Ok(held) = held {
        page.one("holdfast_states", &[], held.states);
        page.one("holdfast_states_bytes", &[], held.bytes);
    }
    if let Ok(revision) = revision {
        page.one("holdfast_log_revision", &[], revision.0);
    }
    let queues = queues.unwrap_or_default();
    if let Some(writes) = queues.writes {
        page.one("holdfast_writer_waiting", &[], writes);
    }
    if let Some(behind) = queues.search {
        page.one("holdfast_search_behind_changes", &[], behind);
    }
}

fn operations(page: &mut Page, shared: &Shared) {
    let states = &shared.app.manager;
    let counts = states.counts();
    page.one("holdfast_reads_total", &[], counts.reads);
    page.one("holdfast_writes_total", &[], counts.writes);
    let refused = [
        ("lifecycle", counts.refusals),
        ("conflict", counts.conflicts),
        ("invalid", counts.rejections),
        ("rate", counts.rate_limited),
        ("timeout", counts.timeouts),
        ("failure", counts.failures),
    ];
    page.begin("holdfast_refused_total");
    for (why, count) in refused {
        page.value("holdfast_refused_total", &[("why", why)], count);
    }
    page.begin("holdfast_transitions_total");
    for (transition, count) in states.transitions() {
        let label = [("transition", transition.as_str())];
        page.value("holdfast_transitions_total", &label, count);
    }
    page.begin("holdfast_operation_seconds");
    for latency in states.latencies() {
        histogram(page, "holdfast_operation_seconds", "operation", &latency);
    }
}

fn histogram(page: &mut Page, name: &str, label: &str, latency: &Latency) {
    let of = (label, latency.operation);
    let bucket = format!("{name}_bucket");
    for (bound, count) in latency.cumulative() {
        let bound = bound.as_secs_f64().to_string();
        page.value(&bucket, &[of, ("le", &bound)], count);
    }
    page.value(&bucket, &[of, ("le", "+Inf")], latency.count);
    page.value(&format!("{name}_sum"), &[of], latency.sum.as_secs_f64());
    page.value(&format!("{name}_count"), &[of], latency.count);
}

fn cache(page: &mut Page, shared: &Shared) {
    let tables = shared.app.workbench.memory();
    page.one("holdfast_tables_bytes", &[], tables);
    let runs = shared.app.runs.memory();
    page.one("holdfast_runs_bytes", &[], runs.held);
    page.one("holdfast_runs_budget_bytes", &[], runs.budget);
    page.one("holdfast_runs_hits_total", &[], runs.hits);
    page.one("holdfast_runs_loads_total", &[], runs.misses);
    page.one("holdfast_runs_evicted_total", &[], runs.evictions);
    let Some(counts) = shared.cache.as_ref().map(|cache| cache.counts()) else {
        return;
    };
    page.one("holdfast_cache_hits_total", &[], counts.hits);
    page.one("holdfast_cache_misses_total", &[], counts.misses);
    page.one("holdfast_cache_evicted_total", &[], counts.evicted);
    page.one("holdfast_cache_bytes", &[], counts.bytes);
    page.one("holdfast_cache_entries", &[], counts.entries);
}

fn traffic(page: &mut Page, shared: &Shared) {
    let answered = shared.traffic.read();
    page.begin("holdfast_http_requests_total");
    for class in &answered {
        for (status, count) in class.by_status {
            let labels = [("class", class.took.operation), ("status", status)];
            page.value("holdfast_http_requests_total", &labels, count);
        }
    }
    page.begin("holdfast_http_request_seconds");
    for class in &answered {
        histogram(page, "holdfast_http_request_seconds", "class", &class.took);
    }
    let too_often = shared.traffic.too_often();
    page.one("holdfast_http_too_often_total", &[], too_often);
    let online = shared.listeners.online();
    page.one("holdfast_live_connections", &[], online.connections);
    page.one("holdfast_live_sessions", &[], online.sessions);
    page.one("holdfast_live_people", &[], online.people);
    page.one("holdfast_live_slow_total", &[], shared.listeners.slow());
}

async fn subscribers(page: &mut Page, shared: &Shared) {
    let Ok(all) = shared.app.manager.subscribers().await else {
        return;
    };
    let sum = |of: fn(&holdfast::callbacks::Status) -> usize| all.iter().map(of).sum::<usize>();
    let behind = all.iter().map(|it| it.lag).max().unwrap_or(0);
    page.one("holdfast_subscribers", &[], all.len());
    page.one("holdfast_subscriber_behind_changes", &[], behind);
    page.one(
        "holdfast_subscriber_waiting_states",
        &[],
        sum(|it| it.waiting),
    );
    page.one("holdfast_dead_letters", &[], sum(|it| it.dead_letters));
}

async fn backups(page: &mut Page, shared: &Shared) {
    let files = shared.app.monitor.keep().list().await.unwrap_or_default();
    page.one("holdfast_backups", &[], files.len());
    if let Some(newest) = files.first() {
        let at = newest.made_at.0 / 1000;
        page.one("holdfast_backup_newest_timestamp_seconds", &[], at);
    }
}

fn process(page: &mut Page, shared: &Shared) {
    let process = Process::read();
    let started = shared.app.monitor.started_at().0 as f64 / 1000.0;
    page.one("process_start_time_seconds", &[], started);
    if let Some(bytes) = process.resident {
        page.one("process_resident_memory_bytes", &[], bytes);
    }
    if let Some(files) = process.open_files {
        page.one("process_open_fds", &[], files);
    }
    if let Some(threads) = process.threads {
        page.one("process_threads", &[], threads);
    }
    if let Some(seconds) = process.seconds {
        page.one("process_cpu_seconds_total", &[], seconds);
    }
}
