//! How often requests may come: from one address, of one account, under one token. What was let through says how much is
//! left, what was not when to come back.
//!
//! An address is counted before anything is looked up, an account or token once it is known. Each count is one bucket in
//! memory, bounded in number (`holdfast::limits::Buckets`), taken from without waiting. Files of the site and `/health` are not
//! counted.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use app::{AppError, Visitor};
use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use holdfast::{
    Clock,
    limits::{Buckets, Rate},
};
use serde::Serialize;

use super::Connected;
use crate::{sessions::UNKNOWN, settings::LimitSettings};

/// Requests that may come at once.
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// How many of them are left.
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// Seconds until all of them are there again, if none comes.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The counts of one server.
pub(crate) struct RequestLimits {
    clock: Arc<dyn Clock>,
    addresses: Option<Buckets<IpAddr>>,
    accounts: Option<Buckets<String>>,
    tokens: Option<Buckets<String>>,
    uncounted: HashSet<String>,
}

impl RequestLimits {
    /// `files`: paths of the site's own files.
    pub(crate) fn new(
        settings: &LimitSettings,
        clock: Arc<dyn Clock>,
        files: HashSet<String>,
    ) -> Self {
        let mut uncounted = files;
        uncounted.extend(["/health", "/health/live", "/health/ready"].map(str::to_owned));
        Self {
            clock,
            addresses: settings.address().map(Buckets::new),
            accounts: settings.account().map(Buckets::new),
            tokens: settings.token().map(Buckets::new),
            uncounted,
        }
    }
}

/// Counts the address that a request comes from.
pub(crate) async fn limit_address(
    State(limits): State<Arc<RequestLimits>>,
    from: Connected,
    request: Request,
    next: Next,
) -> Response {
    let address = from.map_or(UNKNOWN, |ConnectInfo(address)| address.ip());
    match &limits.addresses {
        Some(buckets) if !limits.uncounted.contains(request.uri().path()) => {
            let passed = Passed::of(buckets, &network(address), &limits, "this address");
            run(passed, request, next).await
        }
        _ => next.run(request).await,
    }
}

/// Counts the account or token that a request comes with.
pub(crate) async fn limit_visitor(
    State(limits): State<Arc<RequestLimits>>,
    request: Request,
    next: Next,
) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    let passed = match visitor {
        Some(Visitor {
            token: Some(token), ..
        }) => limits
            .tokens
            .as_ref()
            .map(|buckets| Passed::of(buckets, &token.id, &limits, "this token")),
        Some(Visitor {
            account: Some(account),
            ..
        }) => limits
            .accounts
            .as_ref()
            .map(|buckets| Passed::of(buckets, &account.id, &limits, "this account")),
        _ => None,
    };
    match passed {
        Some(passed) => run(passed, request, next).await,
        None => next.run(request).await,
    }
}

/// What a count says of one request.
struct Passed {
    limit: u32,
    remaining: u32,
    reset: Duration,
    refused: Option<TooMany>,
}

/// 429, typed like every refusal, and when to come back.
#[derive(Debug, Serialize)]
struct TooMany {
    #[serde(flatten)]
    error: AppError,
    /// Whole seconds: one, as a bound is a whole number a second. Pages wait at least as long before they try again.
    retry_after: u64,
}

impl Passed {
    fn of<K: Eq + std::hash::Hash + Clone>(
        buckets: &Buckets<K>,
        key: &K,
        limits: &RequestLimits,
        who: &str,
    ) -> Self {
        let Rate { per_second, burst } = buckets.rate();
        let limit = burst.get();
        match buckets.take(key, limits.clock.now()) {
            Ok(left) => Self {
                limit,
                remaining: left.tokens,
                reset: left.full_in,
                refused: None,
            },
            Err(wait) => {
                let rest = f64::from(limit - 1) / f64::from(per_second.get());
                let retry_after = seconds(wait);
                let problem = format!(
                    "Too many requests from {who}: {per_second} a second and {limit} at once are let through. \
                     Come back in {retry_after} s."
                );
                Self {
                    limit,
                    remaining: 0,
                    reset: wait + Duration::from_secs_f64(rest),
                    refused: Some(TooMany {
                        error: AppError::Busy(problem),
                        retry_after,
                    }),
                }
            }
        }
    }

    /// Says so, unless another count has said that less is left.
    fn tell(&self, headers: &mut HeaderMap) {
        let told = headers.get(REMAINING).and_then(|it| it.to_str().ok());
        let is_less = |told: u32| told <= self.remaining;
        if told.and_then(|told| told.parse().ok()).is_some_and(is_less) {
            return;
        }
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, HeaderValue::from(seconds(self.reset)));
    }
}

async fn run(mut passed: Passed, request: Request, next: Next) -> Response {
    let mut response = match passed.refused.take() {
        None => next.run(request).await,
        Some(refused) => {
            let retry = [(header::RETRY_AFTER, HeaderValue::from(refused.retry_after))];
            (StatusCode::TOO_MANY_REQUESTS, retry, Json(refused)).into_response()
        }
    };
    passed.tell(response.headers_mut());
    response
}

/// Who has one IPv6 address has the 2^64 beside it.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

/// Whole seconds, never too few.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn one_network_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2::9"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:3::9"), of("2001:db8:1:2::9"));
        assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn the_tightest_count_is_told() {
        let passed = |remaining| Passed {
            limit: 10,
            remaining,
            reset: Duration::from_millis(1),
            refused: None,
        };
        let mut headers = HeaderMap::new();
        for (remaining, told) in [(5, "5"), (7, "5"), (2, "2")] {
            passed(remaining).tell(&mut headers);
            assert_eq!(headers[REMAINING], told);
        }
        assert_eq!(headers[RESET], "1");
    }
}
