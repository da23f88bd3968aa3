//! The plain forms of the Account page: what was typed, and how the address says what was wrong with it.

use crate::{
    AppError,
    people::{Joining, Refused},
};

/// The first value under this name, without spaces around it; empty when there is none.
pub fn text<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(field, _)| field == name);
    found.map_or("", |(_, value)| value.trim())
}

/// A password as it was typed, spaces and all.
pub fn password(fields: &[(String, String)], name: &str) -> String {
    let found = fields.iter().find(|(field, _)| field == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// What somebody who joins says: `email`, `name`, `password`.
pub fn joining(fields: &[(String, String)]) -> Joining {
    Joining {
        email: text(fields, "email").to_owned(),
        name: text(fields, "name").to_owned(),
        password: password(fields, "password"),
    }
}

/// One word for what was wrong. The page has the sentence: no text of an address is ever shown.
pub fn word(refused: &Refused) -> &'static str {
    match refused {
        Refused::Credentials { .. } => "credentials",
        Refused::Code { .. } => "code",
        Refused::Late => "late",
        Refused::Throttled { .. } => "throttled",
        Refused::Password(problem) if problem.starts_with("use at least") => "short",
        Refused::Password(problem) if problem.starts_with("use at most") => "long",
        Refused::Password(problem) if problem.starts_with("leave your") => "own",
        Refused::Password(problem) if problem.ends_with("is on lists") => "stolen",
        Refused::Password(_) => "common",
        Refused::Email => "email",
        Refused::Name => "name",
        Refused::Closed => "closed",
        Refused::Link => "link",
        Refused::Taken => "taken",
        Refused::Failed(AppError::NoSession) => "ended",
        Refused::Failed(AppError::Busy(_)) => "busy",
        Refused::Failed(AppError::Away(_)) => "away",
        Refused::Failed(AppError::DiskFull) => "full",
        Refused::Failed(AppError::Unsure) => "unsure",
        Refused::Failed(_) => "failed",
    }
}

/// The same as parameters of an address.
pub fn problem(refused: &Refused) -> String {
    let word = word(refused);
    match refused {
        Refused::Credentials { left } | Refused::Code { left } => {
            format!("problem={word}&n={left}")
        }
        Refused::Throttled { minutes } => format!("problem={word}&n={minutes}"),
        _ => format!("problem={word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_keeps_its_spaces_and_a_name_does_not() {
        let fields = [("name", " Ada "), ("password", " a b ")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(text(&fields, "name"), "Ada");
        assert_eq!(password(&fields, "password"), " a b ");
        assert_eq!(text(&fields, "email"), "");
    }

    #[test]
    fn what_was_wrong_is_a_word_and_at_most_a_number() {
        assert_eq!(
            problem(&Refused::Credentials { left: 4 }),
            "problem=credentials&n=4"
        );
        assert_eq!(problem(&Refused::Code { left: 0 }), "problem=code&n=0");
        assert_eq!(
            problem(&Refused::Throttled { minutes: 15 }),
            "problem=throttled&n=15"
        );
        assert_eq!(problem(&Refused::Link), "problem=link");
    }
}
