//! Figures of simulated runs: one kind of chart description for every page that shows some, drawn by one bundle.
//!
//! - `types`: what a figure shows, apart from how it is drawn
//! - `view`: its place on a page; `menu` saves it and changes it for a table
//! - `rows`: everything in it, row by row; `table` shows them, `csv` writes them
//! - `bridge` speaks with the bundle that draws (`frontend/js/figure.ts`)
//!
//! A figure is data: the page makes it out of what the server counted, and whoever draws it needs nothing else. So a
//! figure can be drawn, read aloud, shown as a table and kept as CSV without anything being told twice.

mod bridge;
mod csv;
mod menu;
mod rows;
mod table;
mod types;
mod view;

// All of them: some pages make figures in the browser, others only on the server.
#[cfg(feature = "ssr")]
pub(crate) use self::rows::{Cell, called, rows};
pub(crate) use self::{types::*, view::FigureView};
