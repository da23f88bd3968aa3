//! What was answered: how often under which status, how long it took, and the last requests that took long. Of each class
//! of routes together: addresses would be without number.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use app::Visitor;
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use holdfast::{
    Clock,
    metrics::{Histogram, Latency, Slow, SlowList},
};
use tokio::time::Instant;

/// Classes of routes, by name.
pub(crate) const CLASSES: [&str; 7] = ["page", "function", "api", "live", "form", "file", "probe"];
/// Classes of statuses: `1xx` to `5xx`.
pub(crate) const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// A path is told up to this.
const PATH: usize = 120;

/// What one class was answered.
#[derive(Debug, Default)]
struct Class {
    by_status: [AtomicU64; STATUSES.len()],
    took: Histogram,
}

/// Everything that was answered.
#[derive(Debug)]
pub(crate) struct Traffic {
    classes: [Class; CLASSES.len()],
    too_often: AtomicU64,
    slow: SlowList,
    clock: Arc<dyn Clock>,
}

/// What one class was answered, as it stood at one moment.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) by_status: [(&'static str, u64); STATUSES.len()],
    pub(crate) took: Latency,
}

impl Traffic {
    pub(crate) fn new(slow_above: Duration, clock: Arc<dyn Clock>) -> Self {
        Self {
            classes: Default::default(),
            too_often: AtomicU64::default(),
            slow: SlowList::above(slow_above),
            clock,
        }
    }

    /// Everything.
    pub(crate) fn answered(&self) -> u64 {
        let all = self.classes.iter().flat_map(|class| &class.by_status);
        all.map(|count| count.load(Relaxed)).sum()
    }

    /// What came too often.
    pub(crate) fn too_often(&self) -> u64 {
        self.too_often.load(Relaxed)
    }

    /// What ended in an error of ours.
    pub(crate) fn failed(&self) -> u64 {
        let failed = self.classes.iter().filter_map(|it| it.by_status.last());
        failed.map(|count| count.load(Relaxed)).sum()
    }

    pub(crate) fn slow(&self) -> Vec<Slow> {
        self.slow.read()
    }

    /// Class by class.
    pub(crate) fn read(&self) -> Vec<Answered> {
        let all = CLASSES.iter().zip(&self.classes);
        let read = all.map(|(name, class)| {
            let mut by_status = STATUSES.map(|status| (status, 0));
            for ((_, count), kept) in by_status.iter_mut().zip(&class.by_status) {
                *count = kept.load(Relaxed);
            }
            Answered {
                by_status,
                took: class.took.read(name),
            }
        });
        read.collect()
    }

    fn count(&self, class: usize, status: StatusCode, took: Duration) {
        let Some(class) = self.classes.get(class) else {
            return;
        };
        let place = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = class.by_status.get(place) {
            count.fetch_add(1, Relaxed);
        }
        class.took.record(took);
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.too_often.fetch_add(1, Relaxed);
        }
    }
}

/// Takes note of each answer: of streams, when they begin.
pub(crate) async fn measure(
    State(traffic): State<Arc<Traffic>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let begun = Instant::now();
    let response = next.run(request).await;
    let (took, status) = (begun.elapsed(), response.status());
    traffic.count(class_of(&method, &path), status, took);
    traffic.slow.look(took, || {
        let visitor = response.extensions().get::<Visitor>();
        let account = visitor.and_then(|visitor| visitor.account.as_deref());
        let by = account.map_or_else(String::new, |account| format!(" by {}", account.name));
        let path: String = path.chars().take(PATH).collect();
        Slow {
            operation: format!("{method} {path}{by}").into(),
            at: traffic.clock.now(),
            took,
            is_done: !status.is_server_error(),
        }
    });
    response
}

/// The place of a request's class in [`CLASSES`].
fn class_of(method: &Method, path: &str) -> usize {
    match path {
        "/metrics" => 6,
        "/events" | "/api/v1/events" | "/api/v1/live" => 3,
        path if path.starts_with("/health") => 6,
        path if path.starts_with("/api/v1/") => 2,
        path if path.starts_with("/api/") => 1,
        path if path.starts_with("/pkg/") || path.contains('.') => 5,
        _ if *method == Method::POST || *method == Method::PUT => 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_has_a_class() {
        let name = |method: Method, path| CLASSES.get(class_of(&method, path)).copied();
        let cases = [
            (Method::GET, "/", "page"),
            (Method::GET, "/states/audit", "page"),
            (Method::POST, "/api/read_store", "function"),
            (Method::PUT, "/api/v1/configurations/a.yaml", "api"),
            (Method::GET, "/events", "live"),
            (Method::GET, "/api/v1/events", "live"),
            (Method::GET, "/api/v1/live", "live"),
            (Method::POST, "/data/upload", "form"),
            (Method::GET, "/pkg/holdfast.js", "file"),
            (Method::GET, "/favicon.svg", "file"),
            (Method::GET, "/health/ready", "probe"),
        ];
        for (method, path, class) in cases {
            assert_eq!(name(method, path), Some(class), "{path}");
        }
    }
}
