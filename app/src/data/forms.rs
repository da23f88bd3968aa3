//! Plain HTML forms of the Data page, for browsers without WASM.
//!
//! Each takes the fields of a form as they were sent, and writes in the visitor's name. Who may
//! open a session for a form is the server's business.

use workbench::{
    data::{Answer, MergeKeys, StudyView},
    workspace::Workspace,
};

use crate::{
    AppError, AppState, Visitor,
    context::Caller,
    stores::{server::write_typed, table::KEYS},
};

/// A form's fields in their order; a name may come several times.
pub type Fields = [(String, String)];

/// Takes a table out of the study: `name`.
pub async fn remove(state: &AppState, visitor: &Visitor, fields: &Fields) -> Result<(), AppError> {
    let name = required(fields, "name")?;
    Ok(workspace(state, visitor)?.remove_table(name).await?)
}

/// Brings a removed table back: `name`.
pub async fn restore(state: &AppState, visitor: &Visitor, fields: &Fields) -> Result<(), AppError> {
    let name = required(fields, "name")?;
    workspace(state, visitor)?.restore_table(name).await?;
    Ok(())
}

/// Puts the sample study back.
pub async fn samples(state: &AppState, visitor: &Visitor) -> Result<(), AppError> {
    Ok(workspace(state, visitor)?.restore_samples().await?)
}

/// Answers a duplicate's question: `id`, and `answer` (`replace`, `rename`, `skip`).
pub async fn answer(state: &AppState, visitor: &Visitor, fields: &Fields) -> Result<(), AppError> {
    let id = required(fields, "id")?;
    let answer = match required(fields, "answer")? {
        "replace" => Answer::Replace,
        "rename" => Answer::Rename,
        "skip" => Answer::Skip,
        _ => return Err(invalid("answer", "must be replace, rename or skip")),
    };
    workspace(state, visitor)?.answer_import(id, answer).await?;
    Ok(())
}

/// Chooses the merge keys: `cohort_table`, `primary_id`, `session_id` (may be empty). With
/// `reset` the found keys are used again.
pub async fn keys(state: &AppState, visitor: &Visitor, fields: &Fields) -> Result<(), AppError> {
    let caller = Caller {
        visitor: visitor.clone(),
        state: state.clone(),
    };
    if value(fields, "reset").is_some() {
        return write_typed(&caller, &KEYS, &None).await;
    }
    let keys = chosen(fields)?;
    check_keys(&workspace(state, visitor)?.view().await?, &keys)?;
    write_typed(&caller, &KEYS, &Some(keys)).await
}

/// Whether tables can meet on these keys: the table and its columns are there.
///
/// # Errors
/// [`AppError::Invalid`] with the field.
pub fn check_keys(view: &StudyView, keys: &MergeKeys) -> Result<(), AppError> {
    let table = view
        .table(&keys.cohort_table)
        .ok_or_else(|| invalid("cohort_table", "there is no such table"))?;
    if table.column(&keys.primary_id).is_none() {
        return Err(invalid("primary_id", "the cohort table has no such column"));
    }
    let has_visits = |name: &String| view.tables.iter().any(|table| table.column(name).is_some());
    if keys
        .session_id
        .as_ref()
        .is_some_and(|name| !has_visits(name))
    {
        return Err(invalid("session_id", "no table has such a column"));
    }
    Ok(())
}

fn chosen(fields: &Fields) -> Result<MergeKeys, AppError> {
    let cohort_table = required(fields, "cohort_table")?.to_owned();
    let primary_id = required(fields, "primary_id")?.to_owned();
    let session_id = value(fields, "session_id").map(str::to_owned);
    Ok(keys_of(cohort_table, primary_id, session_id))
}

/// The keys that follow from what was chosen: with a visit there is a derived id, and several rows a participant.
pub fn keys_of(cohort_table: String, primary_id: String, session_id: Option<String>) -> MergeKeys {
    MergeKeys {
        cohort_table,
        composite_id: session_id
            .as_ref()
            .map(|session| format!("{primary_id}_{session}")),
        is_longitudinal: session_id.is_some(),
        primary_id,
        session_id,
    }
}

fn workspace(state: &AppState, visitor: &Visitor) -> Result<Workspace, AppError> {
    visitor.workspace(state, None).ok_or(AppError::NoSession)
}

/// The first value under this name; an empty one is none.
pub(crate) fn value<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let (_, value) = fields.iter().find(|(field, _)| field == name)?;
    Some(value.trim()).filter(|value| !value.is_empty())
}

fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, AppError> {
    value(fields, name).ok_or_else(|| invalid(name, "is missing"))
}

pub(crate) fn invalid(path: &str, problem: &str) -> AppError {
    AppError::Invalid {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn keys_with_a_visit_are_longitudinal_and_have_a_composite() {
        let form = fields(&[
            ("cohort_table", "patients"),
            ("primary_id", "id"),
            ("session_id", "visit"),
        ]);
        let keys = chosen(&form).unwrap();
        assert_eq!(keys.composite_id.as_deref(), Some("id_visit"));
        assert!(keys.is_longitudinal);
    }

    #[test]
    fn an_empty_visit_is_none_and_a_missing_id_is_refused() {
        let form = fields(&[
            ("cohort_table", "patients"),
            ("primary_id", "id"),
            ("session_id", " "),
        ]);
        assert_eq!(chosen(&form).unwrap().session_id, None);
        let form = fields(&[("cohort_table", "patients"), ("primary_id", "")]);
        assert_eq!(chosen(&form), Err(invalid("primary_id", "is missing")));
    }
}
