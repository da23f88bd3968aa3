//! Links that can be used once: invitations, and the first administrator's. What is in the link is a secret; what is
//! kept is its hash.

use std::sync::{Mutex, PoisonError};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use holdfast::{StateManager, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Post, Role, Tenant};
use crate::AppError;

/// An invitation is good for so long.
const INVITED_MS: i64 = 7 * 24 * 3600 * 1000;

/// The secret part of a link: 256 random bits as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    pub(super) fn random() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// The text, for the address.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(..)")
    }
}

/// The hash of a secret that a program or a link carries. It has 256 random bits: no need to make guessing slow.
pub(super) fn digest(secret: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"holdfast/link\0")
        .chain_update(secret.as_bytes());
    hex::encode(hash.finalize())
}

/// What an invitation gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// What the person may do.
    pub role: Role,
    /// In which organisation.
    #[serde(default)]
    pub tenant: Tenant,
    /// Until when it is good, in milliseconds since 1970.
    pub ends: i64,
    /// Who invited: as the log names them.
    pub by: String,
}

fn name(link: &str) -> String {
    format!("invitation/{}", digest(link))
}

/// Makes an invitation.
pub(super) async fn invite(
    manager: &StateManager,
    post: Post,
    by: String,
    now: Timestamp,
) -> Result<Link, AppError> {
    let link = Link::random();
    let invitation = Invitation {
        role: post.role,
        tenant: post.tenant,
        ends: now.0.saturating_add(INVITED_MS),
        by,
    };
    let value = serde_json::to_value(invitation).map_err(AppError::internal)?;
    let name = name(link.reveal());
    match manager.write_note(&name, 0, Some(&value)).await? {
        true => Ok(link),
        false => Err(AppError::internal("an invitation's random name is taken")),
    }
}

/// What this link gives, if it is still good.
pub(super) async fn invitation(
    manager: &StateManager,
    link: &str,
    now: Timestamp,
) -> Result<Option<(Invitation, u64)>, AppError> {
    let Some(note) = manager.note(&name(link)).await? else {
        return Ok(None);
    };
    let found = Invitation::deserialize(&note.value).map_err(AppError::internal)?;
    Ok((now.0 < found.ends).then_some((found, note.version)))
}

/// Uses it up. Of two who come at once one gets `true`.
pub(super) async fn use_up(
    manager: &StateManager,
    link: &str,
    seen: u64,
) -> Result<bool, AppError> {
    Ok(manager.write_note(&name(link), seen, None).await?)
}

/// Makes it good again: what it was used up for did not come to be.
pub(super) async fn put_back(
    manager: &StateManager,
    link: &str,
    invitation: &Invitation,
) -> Result<(), AppError> {
    let value = serde_json::to_value(invitation).map_err(AppError::internal)?;
    manager.write_note(&name(link), 0, Some(&value)).await?;
    Ok(())
}

/// Removes the invitations whose time is over.
pub(super) async fn sweep(manager: &StateManager, now: Timestamp) -> Result<(), AppError> {
    for (name, note) in manager.notes("invitation/").await? {
        let ends = note.value.get("ends").and_then(serde_json::Value::as_i64);
        if ends.is_none_or(|ends| ends <= now.0) {
            manager.write_note(&name, note.version, None).await?;
        }
    }
    Ok(())
}

/// The first administrator's link: in this process only, as long as there is no administrator.
#[derive(Debug, Default)]
pub(super) struct First(Mutex<Option<String>>);

impl First {
    /// A new link in the place of the last.
    pub(super) fn renew(&self) -> Link {
        let link = Link::random();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest(link.reveal()));
        link
    }

    /// Whether this is it.
    pub(super) fn is(&self, link: &str) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_deref() == Some(digest(link).as_str())
    }

    /// Uses it up. Of two who come at once one gets `true`.
    pub(super) fn use_up(&self, link: &str) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = kept.as_deref() == Some(digest(link).as_str());
        if is_it {
            *kept = None;
        }
        is_it
    }

    /// Makes it good again, unless there is another by now: what it was used up for did not come to be.
    pub(super) fn put_back(&self, link: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| digest(link));
    }
}

#[cfg(test)]
mod tests {
    use super::{First, Link};

    #[test]
    fn the_first_link_is_good_once_and_is_not_shown() {
        let first = First::default();
        let (old, link) = (first.renew(), first.renew());
        assert!(!first.is(old.reveal()) && first.is(link.reveal()));
        assert!(!first.use_up(old.reveal()));
        assert!(first.use_up(link.reveal()));
        assert!(!first.use_up(link.reveal()));
        first.put_back(link.reveal());
        assert!(first.is(link.reveal()));
        let newer = first.renew();
        first.put_back(link.reveal());
        assert!(!first.is(link.reveal()) && first.is(newer.reveal()));
        assert_eq!(format!("{link:?}"), "Link(..)");
        assert_eq!(Link::random().reveal().len(), 43);
    }
}
