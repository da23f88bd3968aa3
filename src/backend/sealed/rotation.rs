//! Other keys, while everybody works on: a new master key, a new data key, and no key any more.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;

use super::{
    Sealed, SealedFault,
    kept::{Kept, id, name, owner, scope, tenant},
    master::MasterKey,
    ring::{MAX_AGE, Ring},
};
use crate::Scope;

impl Sealed {
    /// How long other servers go on with the keys they have, after a data key was rotated or
    /// forgotten on this one.
    pub const LAG: Duration = MAX_AGE;

    /// Makes `new` the master key: it wraps every data key from now on. States are not touched. Returns
    /// how many keys were wrapped again.
    ///
    /// Each server has to be told, in any order: one that was not reads and writes on with the data
    /// keys it has, and reports [`SealedFault::WrongMaster`] for one that it meets only now. Then the
    /// settings of all of them can forget the former key.
    pub async fn rotate_master(&self, new: MasterKey) -> Result<usize, SealedFault> {
        self.ring.read().await?;
        self.ring.trust(new);
        self.rewrap().await
    }

    /// Wraps with the first master key what a former one has wrapped; then nobody needs the former ones any more. Returns
    /// how many keys that were.
    pub async fn rewrap(&self) -> Result<usize, SealedFault> {
        let (ring, mut count) = (&self.ring, 0);
        for (owner, number, _) in ring.notes().await? {
            count += usize::from(wrap_again(ring, &id(&owner, number)).await?);
        }
        Ok(count)
    }

    /// Who has data keys that are not forgotten: tenants, and [`Scope::Shared`] for all scopes that are not a tenant's.
    pub async fn owners(&self) -> Result<Vec<Scope>, SealedFault> {
        let mut owners = BTreeSet::new();
        for (owner, number, note) in self.ring.notes().await? {
            if matches!(Kept::read(&id(&owner, number), &note)?, Kept::Wrapped(_)) {
                owners.insert(scope(&owner));
            }
        }
        Ok(owners.into_iter().collect())
    }

    /// Gives the scope's owner (a tenant, or all scopes that are not a tenant's) a new data key, and
    /// returns its id. What was sealed before stays readable; other servers follow within
    /// [`Sealed::LAG`].
    pub async fn rotate_key(&self, scope: &Scope) -> Result<String, SealedFault> {
        let owner = owner(scope);
        self.ring.read().await?;
        let (last, _) = self.ring.last(&owner);
        // When another server was faster, its key is as new as ours would have been.
        self.ring.make(&owner, last + 1).await
    }

    /// Forgets all keys of a tenant: whatever was sealed for it, here, in the history and in every
    /// backup of this database made from now on, can never be opened again. Returns how many keys there
    /// were. A tenant that writes again gets a new key.
    ///
    /// Readers find its states deleted, and single sealed fields `null`; the history still says that
    /// they were there, and when, and a cache in front drops what it holds. Other servers follow within [`Sealed::LAG`]; until then what they seal
    /// for the tenant is lost with the rest. Copies of the notes in older backups, and in pages that
    /// the database has not overwritten yet, open with the master key: rotate that too and destroy the old one.
    pub async fn forget(&self, id: &str) -> Result<usize, SealedFault> {
        let (tenant, mut count) = (tenant(id), 0);
        loop {
            let mut left = 0;
            for (owner, number, note) in self.ring.notes().await? {
                let id = self::id(&owner, number);
                if owner != tenant || matches!(Kept::read(&id, &note)?, Kept::Forgotten) {
                    continue;
                }
                left += 1;
                let (name, forgotten) = (name(&id), json!(Kept::Forgotten));
                let written = self
                    .ring
                    .behind
                    .write_note(&name, note.version, Some(&forgotten));
                count += usize::from(written.await?);
            }
            // Another server may have made one meanwhile: look once more.
            if left == 0 {
                self.ring.read().await?;
                return Ok(count);
            }
        }
    }
}

/// Wraps a data key with the newest master key; `false` when it is, or is forgotten.
async fn wrap_again(ring: &Ring, id: &str) -> Result<bool, SealedFault> {
    let (master, name) = (ring.master()?, name(id));
    while let Some(note) = ring.behind.note(&name).await? {
        match Kept::read(id, &note)? {
            Kept::Forgotten => return Ok(false),
            Kept::Wrapped(wrapped) if wrapped.master == master.print() => return Ok(false),
            Kept::Wrapped(_) => {}
        }
        let Some(key) = ring.find(id).await? else {
            return Ok(false);
        };
        let kept = json!(Kept::Wrapped(master.wrap(id, &key)?));
        if ring
            .behind
            .write_note(&name, note.version, Some(&kept))
            .await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}
