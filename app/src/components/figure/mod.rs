//! Figures of simulated runs: one kind of chart description for every page that shows some, drawn by one bundle.
//!
//! - `types`: what a figure shows, apart from how it is drawn
//!
//! A figure is data: the page makes it out of what the server counted, and whoever draws it needs nothing else. So a
//! figure can be drawn, read aloud, shown as a table and kept as CSV without anything being told twice.

mod types;
mod view;

pub(crate) use self::types::{Axis, Colour, Figure, Panel, Point, Series, Shape};
pub(crate) use self::view::FigureView;
