//! What is shared, read where its owner keeps it; and what a reader may read of others'. Only on the server.

use holdfast::{Actor, Kind, StateId};
use serde::Deserialize;
use workbench::{
    data::TableInfo,
    query::{ResultInfo, SavedQuery},
    simulation::{
        RunInfo,
        runs::{By, RunsError},
    },
};

use super::Thing;
use crate::{
    AppError, AppState, Visitor,
    people::{Account, Shared},
    stores::table::SAVED_QUERIES,
};

/// A thing as its owner has it now.
#[derive(Debug, Clone)]
pub enum Item {
    /// A saved query.
    Query(Box<SavedQuery>),
    /// A table.
    Table(Box<TableInfo>),
    /// The merged result.
    Result(Box<ResultInfo>),
    /// A run.
    Run(Box<RunInfo>),
}

impl Item {
    /// What people call it.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Query(query) => query.name.clone(),
            Self::Table(table) => table.name.clone(),
            Self::Result(_) => "merged result".into(),
            Self::Run(run) => run.name.clone(),
        }
    }
}

/// A thing of this owner's; `None` where they have none such (any more).
pub(super) async fn find(
    state: &AppState,
    owner: &Account,
    thing: &Thing,
) -> Result<Option<Item>, AppError> {
    let scope = owner.scope();
    let data = async |name: &str, kind: Kind| {
        let id = StateId::scoped(name, &scope);
        let found = state.manager.look_up(&scope, &id).await?;
        Ok::<_, AppError>(found.filter(|found| found.kind == kind))
    };
    Ok(match thing {
        Thing::Query(id) => {
            let kept = data(SAVED_QUERIES.entry.key, Kind::STORE).await?;
            let kept = kept.map(|kept| Vec::<SavedQuery>::deserialize(&kept.data));
            let kept = kept.transpose().map_err(AppError::internal)?;
            let mut all = kept.unwrap_or_default().into_iter();
            let found = all.find(|query| query.id == *id);
            found.map(|query| Item::Query(Box::new(query)))
        }
        Thing::Table(name) => {
            let found = data(&format!("table/{name}"), Kind::DATASET).await?;
            let table = found.map(|found| TableInfo::deserialize(&found.data));
            let table = table.transpose().map_err(AppError::internal)?;
            table.map(|table| Item::Table(Box::new(table)))
        }
        Thing::Result => {
            let found = data("result", Kind::DATASET).await?;
            let result = found.map(|found| ResultInfo::deserialize(&found.data));
            let result = result.transpose().map_err(AppError::internal)?;
            match result {
                Some(result) if state.workbench.has_result(&result.id).await? => {
                    Some(Item::Result(Box::new(result)))
                }
                _ => None,
            }
        }
        Thing::Run(id) => {
            let by = By {
                scope,
                actor: Actor::new(owner.actor_name()),
                name: owner.name.clone(),
            };
            match state.runs.get_own(&by, id).await {
                Ok(run) => Some(Item::Run(Box::new(run))),
                Err(RunsError::Missing(_)) => None,
                Err(error) => return Err(error.into()),
            }
        }
    })
}

/// Everything that others share with this reader and is still there.
pub(super) async fn all_for(
    state: &AppState,
    reader: &Account,
    wanted: impl Fn(&Thing) -> bool,
) -> Result<Vec<(Account, Shared, Item)>, AppError> {
    let mut all = Vec::new();
    for (owner, shared) in state.people.shared_with(reader).await? {
        if wanted(&shared.share.thing)
            && let Some(item) = find(state, &owner, &shared.share.thing).await?
        {
            all.push((owner, shared, item));
        }
    }
    Ok(all)
}

/// The merged result under this id: the visitor's own, or one that somebody shares with them.
///
/// # Errors
/// [`AppError::NoSession`]; [`AppError::NotFound`] for everything else, as if it were not there.
pub async fn result_to_read(
    state: &AppState,
    visitor: &Visitor,
    id: &str,
) -> Result<ResultInfo, AppError> {
    let workspace = visitor.workspace(state, None).ok_or(AppError::NoSession)?;
    let missing = match workspace.result_with_id(id).await {
        Ok(own) => return Ok(own),
        Err(missing @ workbench::Error::Missing(_)) => missing,
        Err(error) => return Err(error.into()),
    };
    let mut shared = results_of_others(state, visitor).await?.into_iter();
    match shared.find(|(_, result)| result.id == id) {
        Some((_, result)) => Ok(result),
        None => Err(missing.into()),
    }
}

/// The merged results that others share with the visitor, each with its owner's name.
///
/// # Errors
/// When the states cannot be read.
pub async fn results_of_others(
    state: &AppState,
    visitor: &Visitor,
) -> Result<Vec<(String, ResultInfo)>, AppError> {
    let Some(reader) = &visitor.account else {
        return Ok(Vec::new());
    };
    let shared = all_for(state, reader, |thing| *thing == Thing::Result).await?;
    let of_result = |(owner, _, item): (Account, Shared, Item)| match item {
        Item::Result(result) => Some((owner.name, *result)),
        _ => None,
    };
    Ok(shared.into_iter().filter_map(of_result).collect())
}
