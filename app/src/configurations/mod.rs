//! The Configurations page: files that several people edit together.
//!
//! - `page` is the route; `list` the files, `new` makes one, `rows` names, copies and deletes
//! - `desk` is the open file: what stands around the text; `work` its state, `save` how it is saved, `keep` its draft, `present` who is there
//! - `editor` and `bridge` are the text itself, `form` the flat entities of it as fields; `rail` its outline, people and lock; `history` its versions and backups
//! - `conflict` brings two versions together; `leave` asks before unsaved work is left
//! - `heard` is what the event stream tells of all this
//! - `server` is what they ask, `answers` (`ssr`) what they are told; `desks` (`ssr`) has one desk for each tenant

#[cfg(feature = "ssr")]
mod answers;
mod bridge;
mod conflict;
mod desk;
#[cfg(feature = "ssr")]
mod desks;
mod editor;
mod form;
mod heard;
mod history;
mod keep;
mod leave;
mod list;
mod new;
mod page;
mod people;
mod present;
mod rail;
mod rows;
mod save;
mod server;
mod work;

#[cfg(feature = "hydrate")]
pub(crate) use self::heard::Heard;
#[cfg(feature = "ssr")]
pub use self::{answers::desk_of, desks::Desks};
pub(crate) use self::{heard::provide_heard, page::ConfigurationsPage};
