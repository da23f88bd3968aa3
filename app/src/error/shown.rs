//! What a log may show of an error: which way it is, and everything but what a state holds.

use std::fmt;

use super::AppError;

/// Each way as `derive` would show it, but for the one that says what stands there instead: that may be anybody's secret.
impl fmt::Debug for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (way, what) = match self {
            Self::NoSession => return f.write_str("NoSession"),
            Self::Unsure => return f.write_str("Unsure"),
            Self::DiskFull => return f.write_str("DiskFull"),
            Self::Cancelled => return f.write_str("Cancelled"),
            Self::Offline => return f.write_str("Offline"),
            Self::Conflict { version, .. } => {
                return f
                    .debug_struct("Conflict")
                    .field("version", version)
                    .finish_non_exhaustive();
            }
            Self::Invalid { path, problem } => {
                return f
                    .debug_struct("Invalid")
                    .field("path", path)
                    .field("problem", problem)
                    .finish();
            }
            Self::Internal { reference } => {
                return f
                    .debug_struct("Internal")
                    .field("reference", reference)
                    .finish();
            }
            Self::Forbidden(what) => ("Forbidden", what),
            Self::NotFound(what) => ("NotFound", what),
            Self::TooLarge(what) => ("TooLarge", what),
            Self::Locked(what) => ("Locked", what),
            Self::Busy(what) => ("Busy", what),
            Self::BadRequest(what) => ("BadRequest", what),
            Self::Away(what) => ("Away", what),
        };
        f.debug_tuple(way).field(what).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_shown_with_its_version_and_nothing_of_what_stands_there() {
        let conflict = AppError::Conflict {
            version: 7,
            data: Some(r#"{"patient":"Liver"}"#.into()),
        };
        assert_eq!(format!("{conflict:?}"), "Conflict { version: 7, .. }");
        let shown = format!("{:#?}", Err::<(), _>(vec![conflict]));
        assert!(!shown.contains("Liver"), "{shown}");
    }

    #[test]
    fn every_other_way_is_shown_with_all_that_it_says() {
        let text = || "why".to_owned();
        for (error, shown) in [
            (AppError::NoSession, "NoSession"),
            (AppError::Forbidden(text()), "Forbidden(\"why\")"),
            (AppError::NotFound(text()), "NotFound(\"why\")"),
            (AppError::TooLarge(text()), "TooLarge(\"why\")"),
            (AppError::Locked(text()), "Locked(\"why\")"),
            (AppError::Busy(text()), "Busy(\"why\")"),
            (AppError::BadRequest(text()), "BadRequest(\"why\")"),
            (AppError::Away(text()), "Away(\"why\")"),
            (AppError::Unsure, "Unsure"),
            (AppError::DiskFull, "DiskFull"),
            (AppError::Cancelled, "Cancelled"),
            (AppError::Offline, "Offline"),
            (
                AppError::Invalid {
                    path: "age".into(),
                    problem: text(),
                },
                "Invalid { path: \"age\", problem: \"why\" }",
            ),
            (
                AppError::Internal { reference: text() },
                "Internal { reference: \"why\" }",
            ),
        ] {
            assert_eq!(format!("{error:?}"), shown);
        }
    }
}
