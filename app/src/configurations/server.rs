//! What the Configurations page asks of the server.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::{
    Person,
    configurations::{
        Checked, Configuration, Draft, Opened, Place, Room, SaveOutcome, Stored, Version,
        merge::{Answer, FieldValue, Form, Format},
    },
};

use crate::{AppError, components::lines::Line, json::Json};

/// All files, and who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listing {
    pub(super) files: Vec<Configuration>,
    pub(super) me: Person,
    /// Whether they may break locks and write over what others saved.
    pub(super) may_override: bool,
    /// The server's clock, in milliseconds since 1970.
    pub(super) now: i64,
}

/// A file for whoever only looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) format: Format,
    pub(super) text: String,
    pub(super) me: Person,
    pub(super) may_override: bool,
}

/// A backup in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Backup {
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) size: u64,
}

/// A file's versions and backups, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Past {
    pub(super) versions: Vec<Version>,
    pub(super) backups: Vec<Backup>,
    /// The server's clock, in milliseconds since 1970.
    pub(super) now: i64,
}

/// An older text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Older {
    Version(u64),
    Backup(String),
}

/// Every configuration of the folder.
#[server(prefix = "/api", endpoint = "list_configurations", input = Json, output = Json)]
pub(super) async fn list_configurations() -> Result<Listing, AppError> {
    crate::error::answer(async { super::answers::list(&crate::context::caller()?).await }).await
}

/// A file, without a session.
#[server(prefix = "/api", endpoint = "show_configuration", input = Json, output = Json)]
pub(super) async fn show_configuration(name: String) -> Result<Shown, AppError> {
    crate::error::answer(async { super::answers::show(&crate::context::caller()?, &name).await })
        .await
}

/// Begins an editing session.
#[server(prefix = "/api", endpoint = "open_configuration", input = Json, output = Json)]
pub(super) async fn open_configuration(name: String) -> Result<Opened, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.open_file(&who, &name).await?)
    })
    .await
}

/// Ends an editing session. `app/src/configurations/present.rs` also sends it as a page goes away.
#[server(prefix = "/api", endpoint = "close_configuration", input = Json, output = Json)]
pub(super) async fn close_configuration(session: String) -> Result<(), AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.close(&who, &session).await?)
    })
    .await
}

/// Says where somebody is.
#[server(prefix = "/api", endpoint = "be_in_configuration", input = Json, output = Json)]
pub(super) async fn be_in_configuration(
    session: String,
    place: Place,
    has_changes: bool,
) -> Result<(), AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.touch(&who, &session, place, has_changes).await?)
    })
    .await
}

/// Who is in a file.
#[server(prefix = "/api", endpoint = "get_room", input = Json, output = Json)]
pub(super) async fn get_room(name: String) -> Result<Room, AppError> {
    crate::error::answer(async {
        let (desk, _) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.room(&name).await?)
    })
    .await
}

/// Keeps what is not saved.
#[server(prefix = "/api", endpoint = "keep_draft", input = Json, output = Json)]
pub(super) async fn keep_draft(
    name: String,
    text: String,
    base: u64,
    seen: u64,
) -> Result<Draft, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.keep_draft(&who, &name, text, base, seen).await?)
    })
    .await
}

/// The draft as it is kept.
#[server(prefix = "/api", endpoint = "get_draft", input = Json, output = Json)]
pub(super) async fn get_draft(name: String) -> Result<Option<Draft>, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.draft(&who, &name).await?)
    })
    .await
}

/// Lets a draft go.
#[server(prefix = "/api", endpoint = "drop_draft", input = Json, output = Json)]
pub(super) async fn drop_draft(name: String, seen: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.drop_draft(&who, &name, seen).await?)
    })
    .await
}

/// Outline and problems of a text.
#[server(prefix = "/api", endpoint = "check_configuration", input = Json, output = Json)]
pub(super) async fn check_configuration(name: String, text: String) -> Result<Checked, AppError> {
    crate::error::answer(async {
        let (desk, _) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.check(&name, text).await?)
    })
    .await
}

/// Saves, merging what others saved since `base`; or over it, for who may. The draft of that version goes with it.
#[server(prefix = "/api", endpoint = "save_configuration", input = Json, output = Json)]
pub(super) async fn save_configuration(
    session: String,
    text: String,
    base: u64,
    token: Option<u64>,
    is_overwriting: bool,
    draft: Option<u64>,
) -> Result<SaveOutcome, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        let work = workbench::configurations::desk::Work {
            text,
            base,
            token,
            is_overwriting,
            draft,
        };
        Ok(desk.save(&who, &session, work).await?)
    })
    .await
}

/// Brings what others saved into a text, without saving it.
#[server(prefix = "/api", endpoint = "catch_up_configuration", input = Json, output = Json)]
pub(super) async fn catch_up_configuration(
    session: String,
    base: u64,
    text: String,
) -> Result<SaveOutcome, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.catch_up(&who, &session, base, text).await?)
    })
    .await
}

/// What was typed while a save was under way, on top of what the save made of it; `None` where the two meet.
#[server(prefix = "/api", endpoint = "carry_configuration", input = Json, output = Json)]
pub(super) async fn carry_configuration(
    name: String,
    sent: String,
    saved: u64,
    text: String,
) -> Result<Option<String>, AppError> {
    crate::error::answer(async {
        let (desk, _) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.carried(&name, sent, saved, text).await?)
    })
    .await
}

/// The text that choices give.
#[server(prefix = "/api", endpoint = "resolve_configuration", input = Json, output = Json)]
pub(super) async fn resolve_configuration(
    name: String,
    base: u64,
    theirs: u64,
    mine: String,
    answers: Vec<(u32, Answer)>,
) -> Result<String, AppError> {
    crate::error::answer(async {
        let (desk, _) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.resolved(&name, base, theirs, mine, answers).await?)
    })
    .await
}

/// Versions and backups.
#[server(prefix = "/api", endpoint = "get_configuration_past", input = Json, output = Json)]
pub(super) async fn get_past(name: String) -> Result<Past, AppError> {
    crate::error::answer(async { super::answers::past(&crate::context::caller()?, &name).await })
        .await
}

/// An older text laid over the newest, or over a newer one.
#[server(prefix = "/api", endpoint = "compare_configuration", input = Json, output = Json)]
pub(super) async fn compare_configuration(
    name: String,
    older: Older,
    newer: u64,
) -> Result<Vec<Line>, AppError> {
    crate::error::answer(async {
        super::answers::compare(&crate::context::caller()?, &name, older, newer).await
    })
    .await
}

/// The text of a version.
#[server(prefix = "/api", endpoint = "get_configuration_version", input = Json, output = Json)]
pub(super) async fn get_version(name: String, version: u64) -> Result<String, AppError> {
    crate::error::answer(async {
        let (desk, _) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.version(&name, version).await?.text)
    })
    .await
}

/// Brings an older text back, as a new version.
#[server(prefix = "/api", endpoint = "restore_configuration", input = Json, output = Json)]
pub(super) async fn restore_configuration(
    name: String,
    older: Older,
    seen: u64,
) -> Result<Stored, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(match older {
            Older::Version(version) => desk.restore(&who, &name, version, seen).await?,
            Older::Backup(id) => desk.restore_backup(&who, &name, &id, seen).await?,
        })
    })
    .await
}

/// The flat entities of a text, as fields.
#[server(prefix = "/api", endpoint = "get_forms", input = Json, output = Json)]
pub(super) async fn get_forms(format: Format, text: String) -> Result<Vec<Form>, AppError> {
    crate::error::answer(async {
        super::answers::desk(&crate::context::caller()?)?;
        super::answers::forms(format, text).await
    })
    .await
}

/// The text with another value in one field. Nothing is saved: it is what the person now has in front of them.
#[server(prefix = "/api", endpoint = "set_field", input = Json, output = Json)]
pub(super) async fn set_field(
    format: Format,
    text: String,
    entity: String,
    name: String,
    value: FieldValue,
) -> Result<String, AppError> {
    crate::error::answer(async {
        super::answers::desk(&crate::context::caller()?)?;
        super::answers::set_field(format, text, entity, name, value).await
    })
    .await
}

/// Makes a file.
#[server(prefix = "/api", endpoint = "create_configuration", input = Json, output = Json)]
pub(super) async fn create_configuration(name: String, text: String) -> Result<Stored, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.create(&who, &name, text).await?)
    })
    .await
}

/// Copies a file under a new name.
#[server(prefix = "/api", endpoint = "copy_configuration", input = Json, output = Json)]
pub(super) async fn copy_configuration(name: String, to: String) -> Result<Stored, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.copy(&who, &name, &to).await?)
    })
    .await
}

/// Gives a file another name.
#[server(prefix = "/api", endpoint = "rename_configuration", input = Json, output = Json)]
pub(super) async fn rename_configuration(
    name: String,
    to: String,
    seen: u64,
) -> Result<Stored, AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.rename(&who, &name, &to, seen).await?)
    })
    .await
}

/// Deletes a file; its versions stay.
#[server(prefix = "/api", endpoint = "delete_configuration", input = Json, output = Json)]
pub(super) async fn delete_configuration(name: String, seen: u64) -> Result<(), AppError> {
    crate::error::answer(async {
        let (desk, who) = super::answers::desk(&crate::context::caller()?)?;
        Ok(desk.remove(&who, &name, seen).await?)
    })
    .await
}

/// What somebody does with a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LockStep {
    Take,
    Ask,
    /// To who asked, if somebody did.
    LetGo,
    /// From whoever has it.
    Break,
}

/// Takes, asks for, hands over or breaks a lock.
#[server(prefix = "/api", endpoint = "lock_configuration", input = Json, output = Json)]
pub(super) async fn lock_configuration(session: String, step: LockStep) -> Result<Room, AppError> {
    crate::error::answer(async {
        super::answers::lock(&crate::context::caller()?, &session, step).await
    })
    .await
}
