//! The text format of Prometheus, version 0.0.4: a family's help and type once, then a line for each value.

use std::fmt::Display;

use super::list::METRICS;

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    /// A family with one value.
    pub(super) fn one(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.begin(name);
        self.value(name, labels, value);
    }

    /// A family, as the list has it. Its values follow.
    pub(super) fn begin(&mut self, name: &str) {
        if let Some(metric) = METRICS.iter().find(|metric| metric.name == name) {
            let (kind, meaning) = (metric.kind, metric.meaning);
            self.line(format_args!("# HELP {name} {meaning}"));
            self.line(format_args!("# TYPE {name} {kind}"));
        }
    }

    pub(super) fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, text)| format!("{name}=\"{}\"", escaped(text)))
            .collect();
        match labels.is_empty() {
            true => self.line(format_args!("{name} {value}")),
            false => self.line(format_args!("{name}{{{}}} {value}", labels.join(","))),
        }
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        self.0.push_str(&text.to_string());
        self.0.push('\n');
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_told_with_its_help_and_labels_are_escaped() {
        let mut page = Page::default();
        page.one("holdfast_states", &[], 3);
        page.value("a", &[("b", "c\"\\\n"), ("d", "e")], 1.5);
        let expected = "# HELP holdfast_states States that are not deleted, over all scopes\n\
                        # TYPE holdfast_states gauge\nholdfast_states 3\n\
                        a{b=\"c\\\"\\\\\\n\",d=\"e\"} 1.5\n";
        assert_eq!(page.0, expected);
    }
}
