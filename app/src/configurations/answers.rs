//! What the server answers the Configurations page, out of the desk. Only on the server.

use workbench::configurations::{
    Room,
    desk::{Desk, DeskError, Who},
    files::FileError,
    merge::{self, FieldValue, Form, Format},
};

use super::server::{Backup, Listing, LockStep, Older, Past, Shown};
use crate::{
    AppError, AppState, Visitor,
    components::{
        format::sentence,
        lines::{self, Line},
    },
    context::{Caller, now_ms},
    people::Role,
};

/// The desk, and who asks.
pub(super) fn desk(caller: &Caller) -> Result<(Desk, Who), AppError> {
    desk_of(&caller.state, &caller.visitor)
}

/// The desk of the visitor's tenant, and the visitor as it knows them.
pub fn desk_of(state: &AppState, visitor: &Visitor) -> Result<(Desk, Who), AppError> {
    let scope = visitor.scope().ok_or(AppError::NoSession)?;
    let who = Who {
        actor: visitor.actor(None).ok_or(AppError::NoSession)?,
        person: visitor.person().ok_or(AppError::NoSession)?,
        may_override: match &visitor.account {
            Some(account) => account.role == Role::Admin,
            None => state.is_administered_by_all,
        },
        scope,
    };
    let tenant = visitor
        .account
        .as_ref()
        .map(|account| account.tenant.clone());
    let desk = state.desks.of(&tenant.unwrap_or_default())?;
    Ok((desk, who))
}

pub(super) async fn list(caller: &Caller) -> Result<Listing, AppError> {
    let (desk, who) = desk(caller)?;
    Ok(Listing {
        files: desk.list().await?,
        me: who.person,
        may_override: who.may_override,
        now: now_ms(),
    })
}

pub(super) async fn show(caller: &Caller, name: &str) -> Result<Shown, AppError> {
    let (desk, who) = desk(caller)?;
    let (format, text) = desk.read(name).await?;
    Ok(Shown {
        format,
        text,
        me: who.person,
        may_override: who.may_override,
    })
}

pub(super) async fn past(caller: &Caller, name: &str) -> Result<Past, AppError> {
    let (desk, _) = desk(caller)?;
    let backups = desk.backups(name).await?.into_iter().map(|backup| Backup {
        id: backup.id,
        at: backup.at.0,
        size: backup.size,
    });
    Ok(Past {
        versions: desk.versions(name).await?,
        backups: backups.collect(),
        now: now_ms(),
    })
}

pub(super) async fn compare(
    caller: &Caller,
    name: &str,
    older: Older,
    newer: u64,
) -> Result<Vec<Line>, AppError> {
    let (desk, _) = desk(caller)?;
    let older = match older {
        Older::Version(version) => desk.version(name, version).await?.text,
        Older::Backup(id) => desk.preview(name, &id).await?,
    };
    let newer = desk.version(name, newer).await?.text;
    Ok(lines::laid_over(&older, &newer))
}

pub(super) async fn lock(caller: &Caller, session: &str, step: LockStep) -> Result<Room, AppError> {
    let (desk, who) = desk(caller)?;
    let name = desk.file_of(&who, session).await?;
    match step {
        LockStep::Take => drop(desk.lock(&who, session).await?),
        LockStep::Ask => desk.ask_for_lock(&who, session).await?,
        LockStep::LetGo => desk.unlock(&who, session).await?,
        LockStep::Break => desk.break_lock(&who, &name).await?,
    }
    Ok(desk.room(&name).await?)
}

pub(super) async fn forms(format: Format, text: String) -> Result<Vec<Form>, AppError> {
    let read = tokio::task::spawn_blocking(move || merge::forms(format, &text)).await;
    // What cannot be read is told beside the text.
    Ok(read.map_err(AppError::internal)?.unwrap_or_default())
}

pub(super) async fn set_field(
    format: Format,
    text: String,
    entity: String,
    name: String,
    value: FieldValue,
) -> Result<String, AppError> {
    let set = move || merge::set_field(format, &text, &entity, &name, &value);
    let written = tokio::task::spawn_blocking(set).await;
    let refused = |error: merge::FieldError| AppError::Invalid {
        path: "value".into(),
        problem: error.to_string(),
    };
    written.map_err(AppError::internal)?.map_err(refused)
}

impl From<DeskError> for AppError {
    fn from(error: DeskError) -> Self {
        let told = error.to_string();
        match error {
            DeskError::State(inner) => inner.into(),
            DeskError::Locked { .. } | DeskError::LockLost => Self::Locked(sentence(&told)),
            DeskError::NotHolder => Self::Forbidden(sentence(&told)),
            DeskError::Ended | DeskError::NoVersion { .. } => Self::NotFound(sentence(&told)),
            DeskError::Unfit(_) => Self::Invalid {
                path: "schema".into(),
                problem: told,
            },
            DeskError::Busy(_) => Self::Busy(sentence(&told)),
            DeskError::Internal(cause) => Self::internal(cause),
            DeskError::File(inner) => of_file(inner, told),
        }
    }
}

fn of_file(error: FileError, told: String) -> AppError {
    match error {
        FileError::BadName { .. } => AppError::Invalid {
            path: "name".into(),
            problem: told,
        },
        FileError::Missing(_) => AppError::NotFound(sentence(&told)),
        FileError::NotAFile(_) => AppError::Forbidden(sentence(&told)),
        FileError::Conflict { text, .. } => AppError::Conflict {
            version: 0,
            data: Some(text),
        },
        FileError::Invalid(_) | FileError::NotText { .. } => AppError::Invalid {
            path: "text".into(),
            problem: told,
        },
        FileError::TooLarge { .. } => AppError::TooLarge(sentence(&told)),
        FileError::NotVerified(_) | FileError::Io { .. } => AppError::internal(told),
    }
}
