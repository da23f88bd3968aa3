//! One session per browser: what the cookie holds, what is kept of it, and the one door that opens it.
//!
//! - `id`: 128 random bits, only ever in the cookie; everything else knows a hash
//! - `store`: the record at rest, its two time limits, its end
//! - `cookie`: how it travels
//! - `layer`: puts the visitor into each request
//! - `open`: the door, with the workspace behind it
//! - `rate`: how often one address may knock
//!
//! The record says who, never what: everything a person does is the state engine's.

mod cookie;
mod id;
mod layer;
mod open;
mod rate;
mod store;

pub use self::{
    cookie::CookieStyle,
    id::SessionId,
    store::{Error, Sessions},
};
pub(crate) use self::{
    cookie::cookies,
    layer::visitor,
    open::{Door, ensure, is_plain_form, name},
    rate::Rate,
};
