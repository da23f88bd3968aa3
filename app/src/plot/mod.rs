//! The Plot page: the merged result as a picture, with the statistics beside it.
//!
//! - `page` lays the regions out; `model` is what they share
//! - `roles` and `defaults` decide which column plays which part
//! - `rail`, `bar`, `chart`, `selection`, `statistics`: the regions
//! - `rows` and `table`: rows of the result behind a plot; `contents`: the plot itself as a table
//! - `bridge` speaks with the chart library's bundle (`frontend/js/chart.ts`)
//! - `words` and `numbers`: how it is said

mod bar;
mod bridge;
mod chart;
mod contents;
mod defaults;
mod model;
mod numbers;
mod page;
mod rail;
mod roles;
mod rows;
mod selection;
pub(crate) mod server;
mod statistics;
mod table;
mod words;

pub(crate) use self::page::PlotPage;
