//! The people of this server: their accounts, what their roles allow, how they prove who they are.
//!
//! - `role` is the one table of who may do what to which kind; it compiles to WASM, the page shows it
//! - `account` is an account as a `user` state; `book` finds and changes accounts in the engine
//! - `join` makes them, on the `terms` of the server; `enter` is how one proves who one is
//! - `secret` keeps the hash of a password, outside the log; `password` makes and checks it, off the async threads;
//!   `strength` says which passwords are good enough, `breached` which were stolen elsewhere
//! - `set_up` is turning a second factor on, `second` proving it and turning it off; `factor` is what is kept of it, `totp` the
//!   codes of an authenticator, `recovery` those for who lost it
//! - `throttle` counts failed attempts; `links` are invitations and the first administrator's link
//! - `authority` holds every write against the table, at the engine's door
//! - `takeover` brings a browser's work into the account; `tokens` are for programs, `uses` is when they were last used
//! - `logins` is what the server's sessions tell and do
//! - `tenant` is an organisation, `tenants` makes them and puts people into them; `shares` says who of it shares what with whom
//!
//! Cookies, forms and rates of requests are the server's business.

mod role;
mod tenant;

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod authority;
#[cfg(feature = "ssr")]
mod book;
#[cfg(feature = "ssr")]
mod breached;
#[cfg(feature = "ssr")]
mod enter;
#[cfg(feature = "ssr")]
mod factor;
#[cfg(feature = "ssr")]
mod join;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
mod logins;
#[cfg(feature = "ssr")]
mod password;
#[cfg(feature = "ssr")]
mod recovery;
#[cfg(feature = "ssr")]
mod second;
#[cfg(feature = "ssr")]
mod secret;
#[cfg(feature = "ssr")]
mod set_up;
#[cfg(feature = "ssr")]
mod shares;
#[cfg(feature = "ssr")]
mod strength;
#[cfg(feature = "ssr")]
mod takeover;
#[cfg(feature = "ssr")]
mod tenants;
#[cfg(feature = "ssr")]
mod terms;
#[cfg(feature = "ssr")]
mod throttle;
#[cfg(feature = "ssr")]
mod tokens;
#[cfg(feature = "ssr")]
mod totp;
#[cfg(feature = "ssr")]
mod uses;

#[cfg(feature = "ssr")]
pub(crate) use self::role::Place;
pub(crate) use self::role::ROWS;
#[cfg(feature = "ssr")]
#[cfg(feature = "ssr")]
pub use self::tenant::Reserved;
#[cfg(feature = "ssr")]
pub use self::{
    account::{Account, Email, Post, people},
    authority::Roles,
    book::People,
    breached::{Breached, BreachedError},
    enter::Entered,
    factor::{FACTOR, lifecycle_of_factors},
    links::{Invitation, Link},
    logins::{Login, Logins, NoLogins},
    second::InUse,
    set_up::SetUp,
    shares::{SHARE, Share, Shared, lifecycle_of_shares},
    takeover::{Answer, Takeover},
    tenants::{TENANT, lifecycle_of_tenants},
    terms::{Joining, Refused, SecondFactor, SignUp, Terms},
    tokens::{NewToken, TOKEN, Token, Use, lifecycle_of_tokens},
};
pub use self::{role::Role, tenant::Tenant};
