//! The data keys: one for each tenant, and one for everybody else.
//!
//! They are kept wrapped in notes `key/<owner>/<n>`, where every server finds them, and unwrapped here
//! for a while. The newest of an owner seals; all of them open. A note stays when its key is forgotten,
//! so that forgotten and lost can be told apart and no number is used twice. `rotation` changes keys.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::sync::Mutex;

use super::{
    SealedFault,
    held::{Held, Known, Owners},
    kept::{Kept, PREFIX, id, name, parsed},
    key::Key,
    master::MasterKey,
};
use crate::{
    Clock,
    backend::{Backend, Note},
};

/// How long keys are used without a look at the notes: so long may another server still open what was
/// forgotten here, and seal with a key that is not the newest.
pub(super) const MAX_AGE: Duration = Duration::from_secs(60);

/// The keys of one database. There is one for each tenant that ever wrote something sensitive, and one
/// for each rotation, in about 200 bytes; so all of them are held.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) behind: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    forgotten: AtomicU64,
    /// Whoever reads the notes; the others wait and have them.
    reading: Mutex<()>,
}

impl Ring {
    /// Reads all keys.
    ///
    /// # Errors
    /// [`SealedFault::WrongMaster`] when one of them is wrapped by a key that is not among `masters`.
    pub(super) async fn open(
        behind: Arc<dyn Backend>,
        masters: Vec<MasterKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SealedFault> {
        let held = Held {
            masters: masters.into_iter().map(Arc::new).collect(),
            owners: HashMap::new(),
            read_at: clock.now(),
            readings: 0,
        };
        let ring = Self {
            behind,
            clock,
            held: RwLock::new(held),
            forgotten: AtomicU64::new(0),
            reading: Mutex::default(),
        };
        ring.master()?;
        ring.read().await?;
        ring.with(Held::all_usable)?;
        Ok(ring)
    }

    /// The key that seals for an owner, made if there is none.
    pub(super) async fn newest(&self, owner: &str) -> Result<(String, Arc<Key>), SealedFault> {
        self.keep_fresh().await?;
        loop {
            let (number, known) = self.last(owner);
            if let Some(known) = known {
                let id = id(owner, number);
                if let Some(key) = self.with(|held| held.usable(&id, known))? {
                    return Ok((id, key));
                }
            }
            self.make(owner, number + 1).await?;
        }
    }

    /// The key of this id, or that it was forgotten (`None`).
    pub(super) async fn find(&self, id: &str) -> Result<Option<Arc<Key>>, SealedFault> {
        self.keep_fresh().await?;
        let mut known = self.with(|held| held.known(id));
        if matches!(known, None | Some(Known::Foreign(_) | Known::Broken)) {
            // Another server made it, or wrapped it again.
            self.read().await?;
            known = self.with(|held| held.known(id));
        }
        let known = known.ok_or_else(|| SealedFault::Lost { key: id.to_owned() })?;
        self.with(|held| held.usable(id, known))
    }

    /// The key of this id, if it is at hand.
    pub(super) fn at_hand(&self, id: &str) -> Option<Arc<Key>> {
        let known = self.with(|held| held.known(id));
        match known.filter(|_| !self.is_old())? {
            Known::Key(key) => Some(key),
            Known::Forgotten | Known::Foreign(_) | Known::Broken => None,
        }
    }

    /// Makes the key of this number, unless another server was faster. Either way it is there then.
    pub(super) async fn make(&self, owner: &str, number: u32) -> Result<String, SealedFault> {
        let id = id(owner, number);
        let kept = json!(Kept::Wrapped(self.master()?.wrap(&id, &Key::random()?)?));
        self.behind.write_note(&name(&id), 0, Some(&kept)).await?;
        self.read().await?;
        Ok(id)
    }

    /// Reads the notes, or waits for whoever has begun to since.
    pub(super) async fn read(&self) -> Result<(), SealedFault> {
        let readings = self.with(|held| held.readings);
        let _turn = self.reading.lock().await;
        // The first one to end may have begun before this call; the second one did not.
        if self.with(|held| held.readings) > readings + 1 {
            return Ok(());
        }
        let (read_at, notes) = (self.clock.now(), self.notes().await?);
        let (mut owners, mut forgotten) = (Owners::new(), 0);
        for (owner, number, note) in notes {
            let known = self.with(|held| held.unwrapped(&id(&owner, number), &note));
            forgotten += u64::from(matches!(known, Known::Forgotten));
            owners.entry(owner).or_default().insert(number, known);
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.owners = owners;
        held.read_at = read_at;
        held.readings += 1;
        drop(held);
        self.forgotten.store(forgotten, Ordering::Release);
        Ok(())
    }

    /// The notes that hold keys: owner, number, note.
    pub(super) async fn notes(&self) -> Result<Vec<(String, u32, Note)>, SealedFault> {
        let notes = self.behind.notes(PREFIX).await?.into_iter();
        let keys = notes.filter_map(|(name, note)| {
            let (owner, number) = parsed(name.strip_prefix(PREFIX)?)?;
            Some((owner.to_owned(), number, note))
        });
        Ok(keys.collect())
    }

    /// The master key that wraps.
    pub(super) fn master(&self) -> Result<Arc<MasterKey>, SealedFault> {
        let master = self.with(|held| held.masters.first().map(Arc::clone));
        master.ok_or(SealedFault::NoMaster)
    }

    /// Wraps with `master` from now on.
    pub(super) fn trust(&self, master: MasterKey) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.masters.retain(|old| old.print() != master.print());
        held.masters.insert(0, Arc::new(master));
    }

    /// The highest number of an owner's keys, and that key.
    pub(super) fn last(&self, owner: &str) -> (u32, Option<Known>) {
        self.with(|held| held.last(owner))
    }

    /// How many keys are known to be forgotten; their notes stay.
    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::Acquire)
    }

    pub(super) async fn keep_fresh(&self) -> Result<(), SealedFault> {
        if self.is_old() {
            self.read().await?;
        }
        Ok(())
    }

    /// A clock that was set back makes keys old, too.
    fn is_old(&self) -> bool {
        let read_at = self.with(|held| held.read_at);
        let age = self.clock.now().0.abs_diff(read_at.0);
        u128::from(age) >= MAX_AGE.as_millis()
    }

    fn with<T>(&self, look: impl FnOnce(&Held) -> T) -> T {
        look(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }
}
