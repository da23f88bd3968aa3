//! What surrounds the routes: pages, static files, headers, and what is refused before a handler
//! sees it.

mod boot;
mod compression;
mod csrf;
mod headers;
mod pages;
mod panic;
mod refusal;
mod site;
mod size;

pub(crate) use self::{
    boot::boot,
    compression::compression,
    csrf::{OwnHosts, own_origin},
    headers::{headers, policy},
    pages::{functions, pages},
    panic::panicked,
    refusal::{Problems, Refusal, not_found},
    site::{Site, packages},
    size::limited,
};
