//! One session per browser: what the cookie holds, what is kept of it, and the one door that opens it.
//!
//! - `id`: 128 random bits, only ever in the cookie; everything else knows a hash
//! - `record`: what is kept of a session; `store`: where, its two time limits, its end
//! - `logins`: who is logged in there; `browser`: what a browser is called
//! - `former`: sessions that an earlier version kept in a file
//! - `cookie`: how it travels
//! - `layer`: puts the visitor into each request
//! - `open`: the door, with the workspace behind it
//! - `log_in`: what happens when somebody logs in or out; `half_way`: between a password and the code after it
//! - `rate`: how often one address may knock
//!
//! The record says who, never what: everything a person does is the state engine's.

mod browser;
mod cookie;
mod former;
mod half_way;
mod id;
mod layer;
mod log_in;
mod logins;
mod open;
mod rate;
mod record;
mod store;

pub use self::{
    cookie::CookieStyle,
    id::SessionId,
    store::{Error, Sessions, Visit},
};
pub(crate) use self::{
    cookie::cookies,
    former::take_over,
    layer::{UNKNOWN, bearer, visitor},
    log_in::LoginFrom,
    open::{Door, DoorParts, ensure, is_plain_form, name},
    rate::Rate,
    record::{RECORD, lifecycle_of_records, sessions},
};
