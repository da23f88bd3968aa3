//! The Account page: log in and sign up; who one is, where one is logged in, tokens; for administrators all users.
//!
//! - `me` is who is logged in, in the frame and on every page; live
//! - `page` chooses: `entry` has the forms of who is not logged in, `home` the regions of who is
//! - `logins`, `tokens`, `users` are those regions; `roles` shows the table of roles
//! - `factor` is the region of the second factor, `told` (`ssr`) what it shows, `picture` (`ssr`) draws the key; `code` asks for a
//!   code at the log-in
//! - `words` has the sentences for what a form's answer says in the address
//! - `server` is what they ask, `answers` (`ssr`) what they are told; `forms` (`ssr`) reads the plain forms

#[cfg(feature = "ssr")]
pub mod answers;
mod code;
mod entry;
mod factor;
#[cfg(feature = "ssr")]
pub mod forms;
mod home;
mod logins;
mod me;
mod page;
#[cfg(feature = "ssr")]
mod picture;
mod roles;
mod server;
mod tokens;
#[cfg(feature = "ssr")]
mod told;
mod users;
mod words;

pub use self::me::Me;
#[cfg(feature = "hydrate")]
pub(crate) use self::me::MeContext;
#[cfg(feature = "ssr")]
pub use self::told::Fresh;
pub(crate) use self::{
    me::{Who, provide_me, use_me},
    page::AccountPage,
};
