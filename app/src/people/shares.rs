//! Who shares what with whom: a `share` state in the tenant's own scope for it, which points at something of its owner's.
//!
//! Nothing is copied: whoever reads what is shared reads it where its owner keeps it, after this was asked, each time. So
//! a share that is taken back is over with the next question, and so is one whose owner is suspended or in another
//! tenant. What may be written here the engine's door decides (`authority`): only in the owner's name.

use holdfast::{
    Actor, Expected, Kind, Lifecycle, New, Problem, Query, State, StateId, Status, Ttl,
    search::Filter,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Account, People, Role};
use crate::{
    AppError,
    sharing::{Thing, With},
};

/// The kind of shares.
pub const SHARE: &str = "share";
/// Shares read at a time.
const PAGE: usize = 200;
/// What one person shares at most: one page can list it.
const MOST: usize = 500;

/// How a share may change.
pub fn lifecycle_of_shares() -> Lifecycle {
    Lifecycle::starting(Status::ACTIVE).update([Status::ACTIVE])
}

/// What a share says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Whose it is.
    pub owner: String,
    /// What is shared.
    #[serde(flatten)]
    pub thing: Thing,
    /// With whom.
    pub with: With,
    /// Whether they may keep a copy.
    pub may_copy: bool,
}

/// A share as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Names it.
    pub id: String,
    /// Counts its changes.
    pub version: u64,
    /// What it says.
    pub share: Share,
}

impl Shared {
    fn of(state: &State) -> Option<Self> {
        Some(Self {
            id: state.id.to_string(),
            version: state.version.0,
            share: Share::of(state)?,
        })
    }
}

impl Share {
    /// The share that a state is.
    pub fn of(state: &State) -> Option<Self> {
        if state.kind.as_str() != SHARE {
            return None;
        }
        Self::deserialize(&state.data).ok()
    }

    /// The same share has the same id, so nothing is shared twice with the same person.
    fn id(&self) -> StateId {
        let of_thing = serde_json::to_string(&self.thing).unwrap_or_default();
        let hash = Sha256::new()
            .chain_update(b"holdfast/share\0")
            .chain_update(&self.owner)
            .chain_update(b"\0")
            .chain_update(self.with.as_str())
            .chain_update(b"\0")
            .chain_update(of_thing);
        StateId::new(hex::encode(hash.finalize()))
    }

    /// What the engine asks of each share that is written, whoever writes it.
    ///
    /// # Errors
    /// Where it says nothing that can be understood, or not under its own id.
    pub fn check(state: &State) -> Result<(), Vec<Problem>> {
        let problem = |problem: &str| Problem::new("data", problem);
        let Some(share) = Self::of(state) else {
            return Err(vec![problem("this is no share")]);
        };
        match share.id() == state.id {
            true => Ok(()),
            false => Err(vec![problem("a share has the id of what it says")]),
        }
    }
}

impl People {
    /// Shares something of this person's, in this actor's name. That it is theirs and there is the caller's business;
    /// that it is for somebody of their tenant is seen to here.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a person who is not there; [`AppError::Forbidden`] by the engine's door.
    pub(crate) async fn share(
        &self,
        owner: &Account,
        share: Share,
        title: &str,
        actor: &Actor,
    ) -> Result<Shared, AppError> {
        if let With::Person(id) = &share.with {
            let other = self.account(id).await?;
            let is_one = |it: &Account| it.is_active && it.tenant == owner.tenant;
            if other.is_none_or(|it| !is_one(&it) || it.id == owner.id) {
                return Err(AppError::NotFound("There is no such person here.".into()));
            }
        }
        if self.shares_of(owner).await?.len() >= MOST {
            return Err(AppError::BadRequest(format!(
                "You share {MOST} things. Take one back first."
            )));
        }
        let data = serde_json::to_value(&share).map_err(AppError::internal)?;
        let new = New::of(Kind::new(SHARE), title, owner.tenant.sharing(), data)
            .with_id(share.id())
            .with_ttl(Ttl::Never);
        let state = self.manager().put(new, Expected::Any, actor).await?;
        Ok(Shared {
            id: state.id.to_string(),
            version: state.version.0,
            share,
        })
    }

    /// A share that this person may take back: one's own, or, for an administrator, anybody's of the tenant.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or it is somebody else's.
    pub(crate) async fn revocable(&self, me: &Account, id: &str) -> Result<Shared, AppError> {
        let (scope, id) = (me.tenant.sharing(), StateId::new(id));
        let found = self.manager().look_up(&scope, &id).await?;
        let found = found.as_deref().and_then(Shared::of);
        let is_theirs = |it: &Shared| it.share.owner == me.id || me.role == Role::Admin;
        found
            .filter(is_theirs)
            .ok_or_else(|| AppError::NotFound("This is not shared any more.".into()))
    }

    /// Takes a share back at once, in this actor's name, if this person may and it is as they saw it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] as for [`Self::revocable`]; [`AppError::Conflict`].
    pub(crate) async fn take_back(
        &self,
        me: &Account,
        id: &str,
        expected: Expected,
        actor: &Actor,
    ) -> Result<(), AppError> {
        self.revocable(me, id).await?;
        let (scope, id) = (me.tenant.sharing(), StateId::new(id));
        self.manager().delete(&scope, &id, expected, actor).await?;
        Ok(())
    }

    /// What this person shares.
    pub(crate) async fn shares_of(&self, owner: &Account) -> Result<Vec<Shared>, AppError> {
        self.find_shares(owner, &format!("data.owner = {}", quoted(&owner.id)))
            .await
    }

    /// What others share with this person, each with whose it is, as of now.
    pub(crate) async fn shared_with(
        &self,
        reader: &Account,
    ) -> Result<Vec<(Account, Shared)>, AppError> {
        if !reader.is_active {
            return Ok(Vec::new());
        }
        let with = format!(
            "data.with in [{}, {}]",
            quoted(With::Everybody.as_str()),
            quoted(&reader.id)
        );
        let mut owned: Vec<(Account, Shared)> = Vec::new();
        for shared in self.find_shares(reader, &with).await? {
            let known = owned.iter().position(|(owner, it)| {
                owner.id == shared.share.owner && it.share.thing == shared.share.thing
            });
            if let Some(known) = known.and_then(|at| owned.get_mut(at)) {
                // With me and with everybody: the more that one of them allows.
                if shared.share.may_copy {
                    known.1 = shared;
                }
            } else if let Some(owner) = self.owner(reader, &shared.share).await? {
                owned.push((owner, shared));
            }
        }
        Ok(owned)
    }

    /// Whose share this is, if it still counts for this reader.
    async fn owner(&self, reader: &Account, share: &Share) -> Result<Option<Account>, AppError> {
        let owner = self.account(&share.owner).await?;
        Ok(owner.filter(|owner| {
            owner.is_active && owner.tenant == reader.tenant && owner.id != reader.id
        }))
    }

    async fn find_shares(&self, of: &Account, filter: &str) -> Result<Vec<Shared>, AppError> {
        let filter: Filter = filter.parse().map_err(AppError::internal)?;
        let query = Query::default()
            .kind(&Kind::new(SHARE))
            .filter(filter)
            .limit(PAGE);
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let asked = match after.take() {
                Some(after) => query.clone().after(after),
                None => query.clone(),
            };
            let page = self.manager().search(&of.tenant.sharing(), asked).await?;
            all.extend(page.states.iter().filter_map(|state| Shared::of(state)));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }
}

/// A text as a filter has it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Share, Thing, With};

    fn share(with: With, thing: Thing) -> Share {
        Share {
            owner: "a".into(),
            thing,
            with,
            may_copy: false,
        }
    }

    #[test]
    fn a_share_is_named_by_what_it_says_and_is_read_as_it_was_written() {
        let all = [
            share(With::Everybody, Thing::Result),
            share(With::Everybody, Thing::Run("r".into())),
            share(With::Person("b".into()), Thing::Run("r".into())),
            share(With::Person("b".into()), Thing::Table("r".into())),
            share(With::Person("b".into()), Thing::Query("r".into())),
        ];
        for (at, one) in all.iter().enumerate() {
            let text = serde_json::to_string(one).unwrap_or_default();
            assert_eq!(
                serde_json::from_str::<Share>(&text).ok().as_ref(),
                Some(one)
            );
            let same = all.iter().filter(|other| other.id() == one.id()).count();
            assert_eq!(same, 1, "{at}");
        }
        let copied = Share {
            may_copy: true,
            ..share(With::Everybody, Thing::Result)
        };
        assert_eq!(copied.id(), share(With::Everybody, Thing::Result).id());
    }
}
