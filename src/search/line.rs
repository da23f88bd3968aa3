//! Reads a whole query from one line, as people type it into a search box: conditions and words in any
//! order, `kind = "user" and data.age >= 50 berlin`.
//!
//! What can be a condition is one; everything else is words. What looks like a condition but is none, because
//! the field is unknown or the value is not JSON, is told with its column and never looked for as words.

use std::str::FromStr;

use super::{
    Query,
    parse::{MAX_FILTER_BYTES, Misread, Reader},
};

impl FromStr for Query {
    type Err = Misread;

    /// Everything is optional; an empty line asks for all states, the newest first.
    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut reader = Reader { text, at: 0 };
        if text.len() > MAX_FILTER_BYTES {
            return Err(reader.misread(format!("a query has at most {MAX_FILTER_BYTES} bytes")));
        }
        let mut query = Self::default();
        let mut words = Vec::new();
        reader.blanks();
        while !reader.rest().is_empty() {
            let mut ahead = reader.clone();
            if ahead.word("and") && ahead.is_before_condition() {
                reader = ahead;
            }
            if reader.is_before_condition() {
                query.filters.push(reader.condition()?);
                reader.blanks();
            } else {
                words.push(reader.plain_word()?);
            }
        }
        if !words.is_empty() {
            query.text = Some(words.join(" "));
        }
        Ok(query)
    }
}

impl<'a> Reader<'a> {
    /// Whether a field and the sign of a condition come next.
    fn is_before_condition(&self) -> bool {
        let mut ahead = self.clone();
        if ahead.word("exists") {
            return ahead.path().is_ok();
        }
        ahead.path().is_ok() && ahead.is_before_test()
    }

    fn is_before_test(&self) -> bool {
        let has = |word: &str, opening: char| {
            let mut ahead = self.clone();
            ahead.word(word) && ahead.rest().starts_with(opening)
        };
        self.rest().starts_with(['=', '<', '>'])
            || self.rest().starts_with("!=")
            || has("in", '[')
            || has("prefix", '"')
            || has("contains", '"')
    }

    /// Everything up to the next blank; refused where it was meant to be a field.
    fn plain_word(&mut self) -> Result<&'a str, Misread> {
        let start = self.clone();
        let rest = self.rest();
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        self.blanks();
        if word.contains(['=', '<', '>']) || self.is_before_test() {
            let mut field = start.clone();
            return match field.path() {
                Err(misread) => Err(misread),
                Ok(_) => Err(field.misread("a condition ends here that is not whole")),
            };
        }
        Ok(word)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

    use super::*;

    fn read(line: &str) -> (Vec<String>, Option<String>) {
        let query: Query = line.parse().unwrap();
        let filters = query.filters.iter().map(ToString::to_string).collect();
        (filters, query.text)
    }

    #[test]
    fn conditions_and_words_come_in_any_order() {
        let (filters, text) = read(r#" berlin kind = "user" and data.age >= 50 ada  "#);
        assert_eq!(filters, [r#"kind = "user""#, "data.age >= 50"]);
        assert_eq!(text.as_deref(), Some("berlin ada"));
        assert_eq!(read("  "), (vec![], None));
    }

    #[test]
    fn names_of_fields_are_words_where_no_sign_follows() {
        for line in [
            "data.csv",
            "name",
            "status in berlin",
            "exists",
            "data contains eggs",
        ] {
            assert_eq!(read(line), (vec![], Some(line.to_owned())), "{line}");
        }
        let (filters, text) = read(r#"exists data.email name contains "x" rest"#);
        assert_eq!(filters, ["exists data.email", r#"name contains "x""#]);
        assert_eq!(text.as_deref(), Some("rest"));
    }

    #[test]
    fn what_was_meant_to_be_a_condition_is_told_with_its_column() {
        for (line, column, said) in [
            (r#"berlin date.age >= 50"#, 8, "a field is expected"),
            ("date.age>=50", 1, "a field is expected"),
            ("data.age >= fifty", 13, "as in JSON"),
            ("kind = user", 8, "as in JSON"),
            (r#"data.site in ["a""#, 14, "a value is expected"),
        ] {
            let misread = line.parse::<Query>().unwrap_err();
            assert_eq!(misread.column, column, "{line}: {misread}");
            assert!(misread.problem.contains(said), "{line}: {misread}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_refused() {
        let line = "a".repeat(MAX_FILTER_BYTES + 1);
        assert!(line.parse::<Query>().is_err());
    }
}
