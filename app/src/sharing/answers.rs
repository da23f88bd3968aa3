//! What the server answers about sharing. Only on the server.
//!
//! Each begins with the account of who asks. Whoever has none is told nothing; whoever may not share finds nobody.

use holdfast::{Expected, StateId};
use tokio_util::sync::CancellationToken;
use workbench::{
    data::{Answer, Outcome},
    query::{MAX_SAVED, SavedQuery},
    simulation::RunInfo,
};

use super::{
    Thing, With,
    items::{self, Item},
    server::{DataRow, Mark, PersonRow, QueryRow, RunRow, ShareRow, SharedTable},
};
use crate::{
    AppError,
    context::Caller,
    people::{Account, Role, Share, Shared},
    stores::{
        table::SAVED_QUERIES,
        typed::{read_typed, write_seen},
    },
};

/// People in one answer: who is not among them is called by more of their name.
const FOUND: usize = 8;
/// Letters before anybody is looked for.
const LEAST: usize = 2;

/// Who asks, if it is a person who may share: a token shares nothing.
fn sharer(caller: &Caller) -> Result<&Account, AppError> {
    let me = caller.account()?;
    if caller.visitor.token.is_some() {
        return Err(AppError::Forbidden(
            "A token cannot share. Log in and share on the page.".into(),
        ));
    }
    if me.role < Role::Analyst {
        return Err(AppError::Forbidden(
            "The role viewer does not allow to share.".into(),
        ));
    }
    if caller.scope()? != me.scope() {
        return Err(AppError::BadRequest(
            "Everybody works in one study here: there is nothing to share.".into(),
        ));
    }
    Ok(me)
}

/// People of the tenant whose name has this text, or whose e-mail address it is: 8 at most.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer and for a token.
pub async fn find_people(caller: &Caller, text: &str) -> Result<Vec<PersonRow>, AppError> {
    let me = sharer(caller)?;
    let wanted = text.trim().to_lowercase();
    if wanted.chars().count() < LEAST {
        return Ok(Vec::new());
    }
    let all = caller.state.people.of_tenant(&me.tenant).await?;
    let fits = |it: &Account| {
        it.is_active
            && it.id != me.id
            && (it.name.to_lowercase().contains(&wanted) || it.email == wanted)
    };
    let found = all.into_iter().filter(fits).take(FOUND);
    Ok(found
        .map(|it| PersonRow {
            mail: hint(&it.email),
            id: it.id,
            name: it.name,
        })
        .collect())
}

/// `bob@lab.org` as `b…@lab.org`: who knows the address knows it by that, and nobody collects addresses.
fn hint(email: &str) -> String {
    let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{host}")
}

/// Something of one's own that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// The share.
    pub shared: Shared,
    /// Who has it; `None` for everybody.
    pub name: Option<String>,
}

impl Lent {
    async fn of(caller: &Caller, shared: Shared) -> Result<Self, AppError> {
        let name = match &shared.share.with {
            With::Everybody => None,
            With::Person(id) => match caller.state.people.account(id).await? {
                Some(account) => Some(account.name),
                None => Some("somebody who is gone".into()),
            },
        };
        Ok(Self { shared, name })
    }
}

/// What of one's own others have, everybody first.
///
/// # Errors
/// [`AppError::NoSession`] for who is not logged in.
pub async fn lent(caller: &Caller, wanted: impl Fn(&Thing) -> bool) -> Result<Vec<Lent>, AppError> {
    let me = caller.account()?;
    let mut all = Vec::new();
    for shared in caller.state.people.shares_of(me).await? {
        if wanted(&shared.share.thing) {
            all.push(Lent::of(caller, shared).await?);
        }
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// A share that one may take back: one's own, or, for an administrator, anybody's of the tenant.
///
/// # Errors
/// [`AppError::NoSession`] for who is not logged in; [`AppError::NotFound`].
pub async fn lent_as(caller: &Caller, id: &str) -> Result<Lent, AppError> {
    let found = caller.state.people.revocable(caller.account()?, id).await?;
    Lent::of(caller, found).await
}

pub(super) async fn shares(caller: &Caller, thing: &Thing) -> Result<Vec<ShareRow>, AppError> {
    let all = lent(caller, |it| it == thing).await?;
    let row = |it: Lent| ShareRow {
        id: it.shared.id,
        name: it.name,
        may_copy: it.shared.share.may_copy,
    };
    Ok(all.into_iter().map(row).collect())
}

/// Shares something of one's own with a person of the tenant, or with everybody in it.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer and for a token; [`AppError::NotFound`] for what is not one's own, and for somebody
/// who is not there.
pub async fn share(
    caller: &Caller,
    thing: Thing,
    with: With,
    may_copy: bool,
) -> Result<Lent, AppError> {
    let me = sharer(caller)?;
    let item = items::find(&caller.state, me, &thing).await?;
    let item = item.ok_or_else(|| AppError::NotFound("This is not here any more.".into()))?;
    let share = Share {
        owner: me.id.clone(),
        thing,
        with,
        may_copy,
    };
    let (people, actor) = (&caller.state.people, caller.actor()?);
    let shared = people.share(me, share, &item.title(), &actor).await?;
    Lent::of(caller, shared).await
}

/// Takes a share back at once, if it is as it was seen.
///
/// # Errors
/// [`AppError::NotFound`] for what one may not take back; [`AppError::Conflict`].
pub async fn take_back(caller: &Caller, id: &str, expected: Expected) -> Result<(), AppError> {
    let me = caller.account()?;
    let (people, actor) = (&caller.state.people, caller.actor()?);
    people.take_back(me, id, expected, &actor).await
}

/// What others share with who asks. A program with a token sees what its person does; where all work in one study there
/// is nothing.
///
/// # Errors
/// When the states cannot be read.
pub async fn of_others(
    caller: &Caller,
    wanted: impl Fn(&Thing) -> bool,
) -> Result<Vec<(Mark, Item)>, AppError> {
    let Some(me) = caller.visitor.account.as_deref() else {
        return Ok(Vec::new());
    };
    let all = items::all_for(&caller.state, me, wanted).await?;
    let marked = |(owner, shared, item): (Account, Shared, Item)| {
        let mark = Mark {
            share: shared.id,
            owner: owner.name,
            may_copy: shared.share.may_copy,
        };
        (mark, item)
    };
    Ok(all.into_iter().map(marked).collect())
}

pub(super) async fn queries(caller: &Caller) -> Result<Vec<QueryRow>, AppError> {
    let all = of_others(caller, |thing| matches!(thing, Thing::Query(_))).await?;
    Ok(all
        .into_iter()
        .filter_map(|(mark, item)| match item {
            Item::Query(query) => Some(QueryRow {
                mark,
                query: *query,
            }),
            _ => None,
        })
        .collect())
}

pub(super) async fn data(caller: &Caller) -> Result<Vec<DataRow>, AppError> {
    let is_data = |thing: &Thing| matches!(thing, Thing::Table(_) | Thing::Result);
    let all = of_others(caller, is_data).await?;
    Ok(all
        .into_iter()
        .filter_map(|(mark, item)| {
            let data = match item {
                Item::Table(table) => SharedTable::Table(table),
                Item::Result(result) => SharedTable::Result {
                    id: result.id,
                    rows: result.row_count,
                    columns: result.columns.into_iter().map(|it| it.name).collect(),
                },
                _ => return None,
            };
            Some(DataRow { mark, data })
        })
        .collect())
}

pub(super) async fn runs(caller: &Caller) -> Result<Vec<RunRow>, AppError> {
    let all = of_others(caller, |thing| matches!(thing, Thing::Run(_))).await?;
    Ok(all
        .into_iter()
        .filter_map(|(mark, item)| match item {
            Item::Run(run) => Some(run_row(mark, *run)),
            _ => None,
        })
        .collect())
}

/// Whose run this is, where it is not the caller's own but one that somebody shares.
pub(crate) async fn mark_of_run(caller: &Caller, id: &str) -> Result<Option<Mark>, AppError> {
    let own = StateId::new(id);
    if caller
        .state
        .manager
        .look_up(&caller.scope()?, &own)
        .await?
        .is_some()
    {
        return Ok(None);
    }
    let is_it = |thing: &Thing| matches!(thing, Thing::Run(shared) if shared == id);
    let all = of_others(caller, is_it).await?;
    Ok(all.into_iter().map(|(mark, _)| mark).next())
}

fn run_row(mark: Mark, run: RunInfo) -> RunRow {
    RunRow {
        mark,
        id: run.id,
        name: run.name,
        protocol: run.protocol_name,
        status: run.status,
        patients: run.patients,
        years: run.duration_years,
    }
}

/// Makes a copy of what somebody shares one's own; what it is called there.
///
/// # Errors
/// [`AppError::NotFound`] for what is not shared (any more); [`AppError::Forbidden`] where it may only be read.
pub async fn copy(caller: &Caller, share: &str) -> Result<String, AppError> {
    let all = of_others(caller, |_| true).await?;
    let found = all.into_iter().find(|(mark, _)| mark.share == share);
    let (mark, item) =
        found.ok_or_else(|| AppError::NotFound("This is not shared with you any more.".into()))?;
    if !mark.may_copy {
        return Err(AppError::Forbidden(format!(
            "{} shares this to be read, not to be copied.",
            mark.owner
        )));
    }
    match item {
        Item::Query(query) => keep_query(caller, *query).await,
        Item::Table(table) => Ok(caller.workspace()?.adopt_table(*table).await?.name),
        Item::Result(result) => {
            let bench = &caller.state.workbench;
            let path = bench.result_path(&result.id);
            let path = bench.bring(path, "The merged result").await?;
            let (workspace, cancel) = (caller.workspace()?, CancellationToken::new());
            let (name, answer) = ("merged_result.parquet", Some(Answer::Rename));
            let done = workspace.import(&path, name, answer, &cancel).await?;
            Ok(match done {
                Outcome::Imported { table } => table.name,
                Outcome::Unchanged { table } => table,
                _ => "merged_result".into(),
            })
        }
        Item::Run(run) => {
            let own = caller.state.runs.adopt(&caller.by()?, &run.id).await?;
            Ok(own.name)
        }
    }
}

/// Among one's own saved queries, as the newest.
async fn keep_query(caller: &Caller, query: SavedQuery) -> Result<String, AppError> {
    let (mut kept, seen) = read_typed(caller, &SAVED_QUERIES).await?;
    if kept.len() >= MAX_SAVED {
        return Err(AppError::BadRequest(
            "There are too many saved queries. Delete one first.".into(),
        ));
    }
    let (name, now) = (query.name.clone(), crate::context::now_ms());
    let copy = SavedQuery {
        id: format!("q{now}"),
        saved_at: now,
        ..query
    };
    kept.insert(0, copy);
    write_seen(caller, &SAVED_QUERIES, &kept, seen).await?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn an_address_is_hinted_at() {
        assert_eq!(hint("bob@lab.org"), "b…@lab.org");
        assert_eq!(hint("émile@a.b"), "é…@a.b");
    }
}
