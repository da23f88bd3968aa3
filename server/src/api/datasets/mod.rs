//! What the Data and Query pages keep, for programs: tables, the keys they meet on, questions and their merged results.
//!
//! - `tables` are one's tables, `imports` the files that become some; `keys` is what they meet on
//! - `question` is what may be asked, `counts` how many are left, `results` what comes of it, kept with where it came from
//! - `contents` are a result's rows, `plots` its plots
//! - `rows` is how rows are asked for, and taken home
//!
//! What a role allows is decided at the engine's door, as for the pages.

mod contents;
mod counts;
mod imports;
mod keys;
mod plots;
mod question;
mod results;
mod rows;
mod tables;

use utoipa_axum::router::OpenApiRouter;

pub(super) use self::question::Question;
use super::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .merge(tables::routes())
        .merge(imports::routes())
        .merge(keys::routes())
        .merge(counts::routes())
        .merge(results::routes())
        .merge(contents::routes())
        .merge(plots::routes())
}
