//! What surrounds the routes: pages, static files, headers, and what is refused before a handler
//! sees it.

mod boot;
mod clients;
mod closing;
mod compression;
mod csrf;
mod gate;
mod headers;
mod limits;
mod pages;
mod panic;
mod preferences;
mod problem;
mod refusal;
mod revision;
mod site;
mod size;
mod span;
mod traffic;
mod watch;

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, rejection::ExtensionRejection};

pub(crate) use self::{
    boot::boot,
    clients::{Trusted, clients, is_handed_on},
    closing::closing,
    compression::compression,
    csrf::{OwnHosts, own_origin},
    gate::{Gate, gate},
    headers::{headers, policy},
    limits::{RequestLimits, limit_address, limit_visitor, network},
    pages::{functions, pages},
    panic::panicked,
    preferences::{mirrored, preferences},
    problem::{KINDS, Problem, problems},
    refusal::{Problems, Refusal, not_found},
    revision::{Seen, no_older},
    site::{Site, packages},
    size::{MostBytes, limited},
    span::{failed, span},
    traffic::{Traffic, measure},
    watch::watch,
};

/// Where a request comes from; in tests without a socket nobody says so.
type Connected = Result<ConnectInfo<SocketAddr>, ExtensionRejection>;
