//! Locks: one person saves, the others ask. A lock ends with its session, by idleness, or when it is handed over.
//!
//! The token is the fence: it rises each time the lock passes on, and a save that names an old one is refused, however
//! late it arrives.

use holdfast::{Expected, New, State, Ttl, Update};
use serde::{Deserialize, Serialize};

use super::{Desk, DeskError, Held, IDLE, LOCK, MANY, Who, id_of, read, write};
use crate::{Person, configurations::Lock};

/// What a lock's state holds; its name is the file's.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Content {
    person: Person,
    session: String,
    token: u64,
    asked: Option<(Person, String)>,
}

impl Desk {
    /// The lock on a file, if there is one.
    pub async fn lock_on(&self, name: &str) -> Result<Option<Lock>, DeskError> {
        let state = self.newest(&id_of(&LOCK, name)).await?;
        state.map(|state| told(&state)).transpose()
    }

    /// All locks, with their files.
    pub(super) async fn locks(&self) -> Result<Vec<(String, Lock)>, DeskError> {
        let states = self
            .states()
            .list(self.scope(), Some(&LOCK), None, MANY)
            .await?;
        let states = states.iter();
        states
            .map(|state| Ok((state.name.clone(), told(state)?)))
            .collect()
    }

    /// Locks the file of a session, or renews the lock that the session has.
    ///
    /// # Errors
    /// [`DeskError::Locked`] if somebody else has it; [`DeskError::Ended`].
    pub async fn lock(&self, who: &Who, session: &str) -> Result<Lock, DeskError> {
        let (name, _) = self.session(who, session).await?;
        let held = self.hold(&name).await?;
        match self.lock_on(&name).await? {
            Some(lock) if lock.session == session => self.keep(&name, &content(lock), who).await,
            Some(lock) => Err(DeskError::Locked {
                name,
                lock: Box::new(lock),
            }),
            None => self.pass(&held, &name, &who.person, session, who).await,
        }
    }

    /// Asks who has the lock for it. Their time goes on as it did: only a sign of life of their own keeps a lock.
    ///
    /// # Errors
    /// [`DeskError::Ended`].
    pub async fn ask_for_lock(&self, who: &Who, session: &str) -> Result<(), DeskError> {
        let (name, _) = self.session(who, session).await?;
        let held = self.hold(&name).await?;
        let Some(lock) = self.lock_on(&name).await? else {
            // It became free meanwhile: who asked for it has it.
            return self
                .pass(&held, &name, &who.person, session, who)
                .await
                .map(drop);
        };
        if lock.session == session {
            return Ok(());
        }
        let asked = Some((who.person.clone(), session.to_owned()));
        let asked = Content {
            asked,
            ..content(lock)
        };
        let update = Update::Replace(write(&asked)?);
        let (id, any) = (id_of(&LOCK, &name), Expected::Any);
        self.states()
            .update(self.scope(), &id, update, any, &who.actor)
            .await?;
        Ok(())
    }

    /// Gives the lock to who asked for it, or to nobody. One that another session has stays there.
    ///
    /// # Errors
    /// Where this is no session of theirs.
    pub async fn unlock(&self, who: &Who, session: &str) -> Result<(), DeskError> {
        let (name, _) = self.session(who, session).await?;
        self.release(who, &name, session).await
    }

    /// Takes the lock from whoever has it, for those who may. The log says who did.
    ///
    /// # Errors
    /// [`DeskError::NotHolder`] for those who may not.
    pub async fn break_lock(&self, who: &Who, name: &str) -> Result<(), DeskError> {
        if !who.may_override {
            return Err(DeskError::NotHolder);
        }
        let held = self.hold(name).await?;
        self.free(&held, name, who).await
    }

    /// Whether a session may save a file, under the folder's lock.
    pub(super) async fn check_lock(
        &self,
        _held: &Held,
        name: &str,
        session: &str,
        token: Option<u64>,
    ) -> Result<(), DeskError> {
        match (self.lock_on(name).await?, token) {
            (None, None) => Ok(()),
            (Some(lock), token) if lock.session == session => match token {
                Some(token) if token != lock.token => Err(DeskError::LockLost),
                _ => Ok(()),
            },
            (_, Some(_)) => Err(DeskError::LockLost),
            (Some(lock), None) => Err(DeskError::Locked {
                name: name.to_owned(),
                lock: Box::new(lock),
            }),
        }
    }

    /// Lets go of a session's lock: to who asked, if they are still there.
    pub(super) async fn release(
        &self,
        who: &Who,
        name: &str,
        session: &str,
    ) -> Result<(), DeskError> {
        let held = self.hold(name).await?;
        let Some(lock) = self
            .lock_on(name)
            .await?
            .filter(|lock| lock.session == session)
        else {
            return Ok(());
        };
        if let Some((person, next)) = lock.asked {
            let editors = self.editors().await?;
            if editors.iter().any(|(_, editor)| editor.session == next) {
                return self.pass(&held, name, &person, &next, who).await.map(drop);
            }
        }
        self.free(&held, name, who).await
    }

    /// A sign of life in a session keeps its lock.
    pub(super) async fn renew_lock(
        &self,
        who: &Who,
        name: &str,
        session: &str,
    ) -> Result<(), DeskError> {
        match self.lock_on(name).await? {
            Some(lock) if lock.session == session => {
                let _held = self.hold(name).await?;
                // Under the folder's lock it is looked at again: it may just have passed on.
                match self.lock_on(name).await? {
                    Some(lock) if lock.session == session => {
                        self.keep(name, &content(lock), who).await.map(drop)
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    async fn pass(
        &self,
        _held: &Held,
        name: &str,
        to: &Person,
        session: &str,
        by: &Who,
    ) -> Result<Lock, DeskError> {
        let id = id_of(&LOCK, name);
        // Versions go on over deletion and expiry, so that the next one is higher than every token before.
        let last = self
            .states()
            .history(self.scope(), &id, holdfast::HistoryQuery::last(1))
            .await?;
        let token = last.first().map_or(0, |change| change.after.version.0) + 1;
        let content = Content {
            person: to.clone(),
            session: session.to_owned(),
            token,
            asked: None,
        };
        self.keep(name, &content, by).await
    }

    /// Writes a lock that ends in [`IDLE`] from now.
    async fn keep(&self, name: &str, content: &Content, by: &Who) -> Result<Lock, DeskError> {
        let new = New::of(LOCK, name, self.scope().clone(), write(content)?)
            .with_id(id_of(&LOCK, name))
            .with_ttl(Ttl::For(IDLE));
        told(&*self.states().put(new, Expected::Any, &by.actor).await?)
    }

    async fn free(&self, _held: &Held, name: &str, by: &Who) -> Result<(), DeskError> {
        let id = id_of(&LOCK, name);
        match self
            .states()
            .delete(self.scope(), &id, Expected::Any, &by.actor)
            .await
        {
            Ok(()) | Err(holdfast::Error::Absent { .. } | holdfast::Error::Expired { .. }) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn content(lock: Lock) -> Content {
    Content {
        person: lock.person,
        session: lock.session,
        token: lock.token,
        asked: lock.asked,
    }
}

fn told(state: &State) -> Result<Lock, DeskError> {
    let Content {
        person,
        session,
        token,
        asked,
    } = read(&state.data)?;
    Ok(Lock {
        person,
        session,
        token,
        until: state.expires_at.map_or(i64::MAX, |at| at.0),
        asked,
    })
}
