//! Parts that more than one page uses.

pub(crate) mod address;
pub(crate) mod alive;
pub(crate) mod bundle;
pub(crate) mod dock;
pub(crate) mod figure;
pub(crate) mod format;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod lines;
pub(crate) mod live;
pub(crate) mod popup;
pub(crate) mod save_chip;
pub(crate) mod scroll;
pub(crate) mod sheet;
pub(crate) mod sketch;
pub(crate) mod theme;
pub(crate) mod ticks;
pub(crate) mod toasts;
pub(crate) mod type_icon;
pub(crate) mod upload;
pub(crate) mod window;
