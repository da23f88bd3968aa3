//! What SQLite and PostgreSQL share of searching: an index that is derived from the log and follows it.
//!
//! An index knows states by terms (`terms`): their words, their fields' values. It finds the
//! candidates of a query (`plan`) in order, and `walk` makes the answer of them, looking at a state itself
//! where its terms do not say enough. Writers do not wait for it: `follow` keeps it close behind them, and
//! a search first has it catch up. `batch` is one step of that. Nothing here says what a search means:
//! that is `search`.

mod batch;
mod follow;
mod plan;
mod terms;
mod walk;

pub(super) use self::{
    batch::{Entry, Record, entries},
    follow::{Feed, Follower},
    plan::{Dialect, Plan},
    terms::Terms,
    walk::{Candidate, Index, Row, answer},
};
