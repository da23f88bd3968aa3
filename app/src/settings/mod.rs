//! The Settings page: the theme, what a person's study begins with, what it holds, and what an operator chose.
//!
//! A setting is a store: it is the same thing here and on the page that uses it.
//!
//! - `page` puts the regions together
//! - `appearance`, `defaults` and `data` are those of the person; `words` has what can be chosen, `choice` shows it, `reset`
//!   takes it back
//! - `this_server` is for administrators; `told` is what they are told
//! - `server` is what is asked; `forms` (`ssr`) reads the plain forms

mod appearance;
mod choice;
mod data;
mod defaults;
#[cfg(feature = "ssr")]
pub mod forms;
mod page;
mod reset;
mod server;
mod this_server;
mod told;
mod words;

pub(crate) use self::page::SettingsPage;
#[cfg(feature = "ssr")]
pub use self::told::{ServerTold, SettingTold};
