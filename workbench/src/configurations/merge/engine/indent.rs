//! The indentation of a container in the result: that of the side which changed it, counted from the lines around it.

use super::{
    BASE, Frame, MINE, Nodes, THEIRS,
    container::Key,
    trivia::{changed, shorter},
};

/// What the lines of a container begin with, and the indentation of entries that begin one.
pub(super) fn inner<'a>(
    nodes: Nodes<'a>,
    outer: &Frame<'a>,
    is_compact: bool,
    key: Option<&Key>,
) -> (Frame<'a>, Option<String>) {
    let mut frame = outer.clone();
    // How far in from the outer lines; what does not begin with them is taken as it is.
    let relative = |side: usize| -> Option<&'a str> {
        let indent = nodes[side]?.indent.as_deref()?;
        Some(indent.strip_prefix(outer.from[side]).unwrap_or(indent))
    };
    let mut own = [BASE, MINE, THEIRS].map(relative);
    for side in [MINE, THEIRS] {
        // Who took everything out did not choose another layout by that.
        if nodes[side].is_some_and(|node| node.entries.is_empty()) && nodes[BASE].is_some() {
            own[side] = own[BASE];
        }
    }
    for side in [BASE, MINE, THEIRS] {
        if let Some(indent) = nodes[side].and_then(|node| node.indent.as_deref()) {
            frame.from[side] = indent;
        }
    }
    let choice = if nodes[BASE].is_some() {
        own
    } else {
        [own[MINE], own[MINE], own[THEIRS]]
    };
    let relative = match changed(choice) {
        Some(side) => choice[side],
        None => match (own[MINE], own[THEIRS]) {
            (Some(mine), Some(theirs)) => Some(if shorter(mine, theirs) == MINE {
                mine
            } else {
                theirs
            }),
            (mine, theirs) => mine.or(theirs),
        },
    };
    let Some(relative) = relative else {
        // On one line; what comes with a comment still needs lines, and they have to be further in.
        let some = own.iter().flatten().next().copied().unwrap_or_default();
        frame.to = format!("{}{some}", outer.to);
        return (frame, None);
    };
    frame.to = match key {
        Some(key) if is_compact => format!("{}{}", outer.to, " ".repeat(key.width)),
        _ => format!("{}{relative}", outer.to),
    };
    let indent = frame.to.clone();
    (frame, Some(indent))
}
