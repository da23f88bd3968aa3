//! What can be chosen, each with the word that a form sends and the words for people.

use workbench::{plot::PlotKind, query::Shape};

use crate::stores::table::Theme;

/// A choice: its value, the form's word, what people read.
pub(super) type Choosable<T> = (T, &'static str, &'static str);

/// The themes.
pub(super) const THEMES: [Choosable<Theme>; 3] = [
    (Theme::System, "system", "As the system"),
    (Theme::Light, "light", "Light"),
    (Theme::Dark, "dark", "Dark"),
];

/// The rows of a merged result.
pub(super) const SHAPES: [Choosable<Shape>; 2] = [
    (Shape::Long, "long", "Long: one row a visit"),
    (Shape::Wide, "wide", "Wide: one row a participant"),
];

/// The plots.
pub(super) const KINDS: [Choosable<PlotKind>; 6] = [
    (PlotKind::Scatter, "scatter", "Scatter"),
    (PlotKind::Histogram, "histogram", "Histogram"),
    (PlotKind::Box, "box", "Box"),
    (PlotKind::Violin, "violin", "Violin"),
    (PlotKind::Density, "density", "Density"),
    (PlotKind::Visits, "visits", "Visits"),
];

/// The tools on a plot, under their names in the store.
pub(super) const TOOLS: [Choosable<&str>; 3] = [
    ("pan", "pan", "Pan"),
    ("box", "box", "Box"),
    ("lasso", "lasso", "Lasso"),
];

/// What a word stands for.
pub(super) fn value_of<T: Copy>(all: &[Choosable<T>], word: &str) -> Option<T> {
    let found = all.iter().find(|(_, known, _)| *known == word);
    found.map(|(value, _, _)| *value)
}

/// The word for a value.
pub(super) fn word_of<T: PartialEq>(all: &[Choosable<T>], value: &T) -> &'static str {
    let found = all.iter().find(|(known, _, _)| known == value);
    found.map_or("", |(_, word, _)| *word)
}

/// The words of all, with what people read.
pub(super) fn words<T>(all: &[Choosable<T>]) -> Vec<(&'static str, &'static str)> {
    all.iter().map(|(_, word, text)| (*word, *text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_one_value_and_a_strange_one_for_none() {
        for (kind, word, _) in KINDS {
            assert_eq!(value_of(&KINDS, word), Some(kind));
            assert_eq!(word_of(&KINDS, &kind), word);
        }
        assert_eq!(value_of(&SHAPES, "square"), None);
        assert_eq!(word_of(&TOOLS, &"axe"), "");
    }
}
