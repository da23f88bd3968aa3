//! How data keys are kept: in notes `key/<owner>/<number>`, wrapped.

use serde::{Deserialize, Serialize};

use super::{SealedFault, master::Wrapped};
use crate::{
    Scope,
    backend::{Backend, Fault, Note},
};

/// What the names of the notes begin with.
pub(super) const PREFIX: &str = "key/";

const DEFAULT: &str = "default";
const TENANT: &str = "tenant:";

/// What a note holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kept {
    Wrapped(Wrapped),
    Forgotten,
}

impl Kept {
    /// What the note of the key `id` holds.
    pub(super) fn read(id: &str, note: &Note) -> Result<Self, SealedFault> {
        let kept = Self::deserialize(&note.value);
        kept.map_err(|_| SealedFault::BrokenKey { key: id.to_owned() })
    }
}

/// Refuses a backend that holds wrapped keys in plain sight: nobody stands in front of it to open what
/// they have sealed.
pub(crate) async fn refuse_locked(backend: &dyn Backend) -> Result<(), Fault> {
    let notes = backend.notes(PREFIX).await?;
    if notes.iter().any(|(name, _)| is_reserved(name)) {
        return Err(SealedFault::NoMaster.into());
    }
    Ok(())
}

/// Who shares a key: a tenant has its own, so that what is a tenant's can be forgotten as one. All others
/// share one: a key for each person would be a note for each person, and nobody forgets "all users".
pub(super) fn owner(scope: &Scope) -> String {
    match scope {
        Scope::Tenant(id) => tenant(id),
        Scope::Shared | Scope::User(_) | Scope::Session(_) => DEFAULT.to_owned(),
    }
}

/// The scope that stands for an owner.
pub(super) fn scope(owner: &str) -> Scope {
    match owner.strip_prefix(TENANT) {
        Some(id) => Scope::Tenant(id.to_owned()),
        None => Scope::Shared,
    }
}

pub(super) fn tenant(id: &str) -> String {
    format!("{TENANT}{id}")
}

pub(super) fn name(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// Whether a note holds a key.
pub(super) fn is_reserved(name: &str) -> bool {
    name.strip_prefix(PREFIX).and_then(parsed).is_some()
}

pub(super) fn id(owner: &str, number: u32) -> String {
    format!("{owner}/{number}")
}

/// Owner and number of a key. A tenant's name may have anything in it, a number has no slash.
pub(super) fn parsed(id: &str) -> Option<(&str, u32)> {
    let (owner, number) = id.rsplit_once('/')?;
    let is_owner = owner == DEFAULT || owner.starts_with(TENANT);
    Some((owner, number.parse().ok()?)).filter(|_| is_owner)
}
