//! Notes: one function call each, on one hash.

use super::{Fault, fault::RedisFault, keys::Keys, reply::Reply, server::Connection};
use crate::backend::Note;

pub(super) async fn get(
    connection: &Connection,
    keys: &Keys,
    name: &str,
) -> Result<Option<Note>, Fault> {
    let args = vec![name.into()];
    let mut reply = connection
        .ask("holdfast_2_note", &[&keys.notes], args)
        .await?;
    (!reply.is_empty()).then(|| note(&mut reply)).transpose()
}

pub(super) async fn list(
    connection: &Connection,
    keys: &Keys,
    prefix: &str,
) -> Result<Vec<(String, Note)>, Fault> {
    let args = vec![prefix.into()];
    let mut reply = connection
        .ask("holdfast_2_notes", &[&keys.notes], args)
        .await?;
    let mut notes = Vec::new();
    while !reply.is_empty() {
        let name = reply.text()?.to_string();
        notes.push((name, note(&mut reply)?));
    }
    notes.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(notes)
}

pub(super) async fn write(
    connection: &Connection,
    keys: &Keys,
    name: &str,
    seen: u64,
    value: Option<String>,
) -> Result<bool, Fault> {
    let mut args = vec![name.into(), seen.to_string().into()];
    args.extend(value.map(Into::into));
    let keys = vec![keys.notes.clone()];
    let mut reply = connection.tell("holdfast_2_write_note", keys, args).await?;
    Ok(reply.is_set()?)
}

fn note(reply: &mut Reply) -> Result<Note, Fault> {
    let version = reply.text()?.parse();
    let version = version.map_err(|_| RedisFault::Garbled("a note without a version"))?;
    Ok(Note::read(version, &reply.text()?)?)
}
