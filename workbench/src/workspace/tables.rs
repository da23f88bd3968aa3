//! The tables of a study and the keys they meet on.

use std::{collections::HashSet, sync::Arc, time::Duration};

use holdfast::{Expected, Kind, New, State, StateId, Ttl, Version};
use serde_json::json;

use super::{
    Workspace, from_data,
    room::{bytes_of, datasets},
    to_data,
};
use crate::{
    Error, Study, Workbench,
    data::{MergeKeys, StudyView, TableInfo, find_keys},
};

/// Name of the store that holds the keys a person chose; absent while the found ones are used.
pub const KEYS_STORE: &str = "data.keys";
const PREFIX: &str = "table/";
/// What the ids of tables begin with that are laid aside.
const ASIDE: &str = "aside/";
/// How long a person may take to say what a table is for.
const ASIDE_FOR: Duration = Duration::from_secs(24 * 3600);
/// Tables of one study. Far above what people merge; bounds what one page has to list.
const MAX_TABLES: usize = 200;

impl Workspace {
    /// Tables and keys as they stand.
    pub async fn view(&self) -> Result<StudyView, Error> {
        let chosen = match self.manager.get(&self.scope, &self.id(KEYS_STORE)).await? {
            Some(state) => from_data::<Option<MergeKeys>>(&state.data)?,
            None => None,
        };
        Ok(view_of(self.tables().await?, chosen))
    }

    /// The study for a count or a merge; an error in words while no keys are known.
    pub async fn study(&self) -> Result<Study, Error> {
        study_of(self.view().await?)
    }

    /// The tables in the order they came.
    pub async fn tables(&self) -> Result<Vec<TableInfo>, Error> {
        let mut states = self.table_states().await?;
        states.sort_by_key(|state| (state.metadata["position"].as_i64(), state.created_at));
        let tables: Result<Vec<TableInfo>, Error> =
            states.iter().map(|state| from_data(&state.data)).collect();
        Ok(self.workbench.with_days(tables?).await)
    }

    /// The table with this name, and the version of its state.
    pub async fn table(&self, name: &str) -> Result<(TableInfo, Version), Error> {
        let missing = || Error::Missing(format!("The table {name}"));
        let found = self
            .manager
            .get(&self.scope, &self.table_id(name))
            .await?
            .ok_or_else(missing)?;
        let tables = vec![from_data(&found.data)?];
        let table = self.workbench.with_days(tables).await.pop();
        Ok((table.ok_or_else(missing)?, found.version))
    }

    /// Takes a table into the study. One with the same name is replaced.
    pub async fn put_table(&self, table: &TableInfo) -> Result<(), Error> {
        self.place_table(table, None).await
    }

    async fn place_table(&self, table: &TableInfo, position: Option<i64>) -> Result<(), Error> {
        let tables = self.table_states().await?;
        if tables.len() >= MAX_TABLES {
            return Err(Error::TooLarge {
                what: format!("a study of {} tables", tables.len() + 1),
                limit: MAX_TABLES.to_string(),
                setting: "fixed",
            });
        }
        let id = self.table_id(&table.name);
        self.check_room(&id, bytes_of(table)).await?;
        let position = position.unwrap_or_else(|| position_of(table, &id, &tables));
        self.manager
            .put(
                New {
                    id: Some(id),
                    kind: Kind::DATASET,
                    name: table.name.clone(),
                    data: to_data(table)?,
                    metadata: json!({ "role": "table", "position": position }),
                    scope: self.scope.clone(),
                    ttl: Ttl::Never,
                },
                Expected::Any,
                &self.actor,
            )
            .await?;
        Ok(())
    }

    /// Lays a table aside that a person sent and has yet to say what for. It is in no study, and theirs alone.
    pub async fn lay_aside(&self, table: &TableInfo) -> Result<(), Error> {
        let new = New::of(
            Kind::DATASET,
            table.name.clone(),
            self.scope.clone(),
            to_data(table)?,
        );
        let new = New {
            metadata: json!({ "role": "aside" }),
            ..new
                .with_id(self.aside_id(&table.id))
                .with_ttl(Ttl::For(ASIDE_FOR))
        };
        self.manager.put(new, Expected::Any, &self.actor).await?;
        Ok(())
    }

    /// A table that the person laid aside or has in their study, under the name of the file it came in.
    ///
    /// # Errors
    /// [`Error::Missing`] for every other one, whoever has it.
    pub async fn own_table(&self, id: &str, file_name: &str) -> Result<TableInfo, Error> {
        let aside = self.manager.get(&self.scope, &self.aside_id(id)).await;
        let is_aside = match aside {
            Ok(found) => found.is_some(),
            Err(holdfast::Error::Expired { .. } | holdfast::Error::Invalid { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        if is_aside || self.tables().await?.iter().any(|table| table.id == id) {
            return self.workbench.described(id, file_name).await;
        }
        Err(Error::Missing("This table".into()))
    }

    /// Takes somebody else's table into the study, under a name that is free. The copy is the same file.
    pub async fn adopt_table(&self, mut table: TableInfo) -> Result<TableInfo, Error> {
        let tables = self.tables().await?;
        let same_name = tables.iter().find(|other| other.name == table.name);
        match same_name {
            Some(other) if other.checksum == table.checksum => return Ok(table),
            Some(_) => table.name = self.free_name(&table.name).await?,
            None => {}
        }
        self.put_table(&table).await?;
        Ok(table)
    }

    /// Takes a table out of the study. Its file and its history stay, so that it can come back.
    pub async fn remove_table(&self, name: &str) -> Result<(), Error> {
        self.remove_table_seen(name, Expected::Any).await
    }

    /// The same, unless somebody changed it in the meantime.
    pub async fn remove_table_seen(&self, name: &str, expected: Expected) -> Result<(), Error> {
        let id = self.table_id(name);
        Ok(self
            .manager
            .delete(&self.scope, &id, expected, &self.actor)
            .await?)
    }

    /// Brings a removed table back, as it was.
    pub async fn restore_table(&self, name: &str) -> Result<TableInfo, Error> {
        let id = self.table_id(name);
        let last = self
            .manager
            .history(&self.scope, &id, Default::default())
            .await?;
        let (table, position) = last
            .iter()
            .find_map(|change| {
                let table = from_data::<TableInfo>(&change.after.data).ok()?;
                Some((table, change.after.metadata["position"].as_i64()))
            })
            .ok_or_else(|| Error::Missing(format!("The table {name}")))?;
        if !self.workbench.has_table(&table.id).await? {
            return Err(Error::Missing(format!("The table {name}")));
        }
        self.place_table(&table, position).await?;
        Ok(table)
    }

    /// Puts the sample study (back) into the study, next to what is there.
    pub async fn restore_samples(&self) -> Result<(), Error> {
        for table in self.workbench.import_samples().await? {
            self.put_table(&table).await?;
        }
        Ok(())
    }

    /// A name no other table of the study has: `labs`, `labs_2`, `labs_3`.
    pub(super) async fn free_name(&self, wanted: &str) -> Result<String, Error> {
        let taken: HashSet<String> = self
            .tables()
            .await?
            .into_iter()
            .map(|table| table.name)
            .collect();
        Ok((2..)
            .map(|n| format!("{wanted}_{n}"))
            .find(|name| !taken.contains(name))
            .unwrap_or_else(|| wanted.to_owned()))
    }

    fn aside_id(&self, table: &str) -> StateId {
        self.id(&format!("{ASIDE}{table}"))
    }

    fn table_id(&self, name: &str) -> StateId {
        self.id(&format!("{PREFIX}{name}"))
    }

    async fn table_states(&self) -> Result<Vec<Arc<State>>, Error> {
        let mut states = datasets(&self.manager, &self.scope).await?;
        states.retain(|state| state.metadata["role"] == "table");
        Ok(states)
    }
}

impl Workbench {
    /// The study a visitor without a session sees: the samples.
    pub async fn sample_view(&self) -> Result<StudyView, Error> {
        Ok(view_of(self.import_samples().await?, None))
    }
}

/// Where a table stands among the others: where it stood, or behind those that came in the same millisecond.
fn position_of(table: &TableInfo, id: &StateId, tables: &[Arc<State>]) -> i64 {
    let position = |state: &State| state.metadata["position"].as_i64();
    let own = tables.iter().find(|state| state.id == *id);
    let is_same = |state: &&Arc<State>| state.data["imported_at"] == table.imported_at;
    if let Some(stood) = own.filter(is_same).and_then(|state| position(state)) {
        return stood;
    }
    let others = tables.iter().filter(|state| state.id != *id);
    let taken: HashSet<i64> = others.filter_map(|state| position(state)).collect();
    (table.imported_at..)
        .find(|position| !taken.contains(position))
        .unwrap_or(table.imported_at)
}

/// A chosen key set holds as long as its columns are there; otherwise the found one does.
fn view_of(tables: Vec<TableInfo>, chosen: Option<MergeKeys>) -> StudyView {
    if tables.is_empty() {
        return StudyView::default();
    }
    let applicable = chosen.filter(|keys| {
        tables.iter().any(|table| {
            table.name == keys.cohort_table && table.column(&keys.primary_id).is_some()
        })
    });
    match applicable.map_or_else(|| find_keys(&tables), Ok) {
        Ok(keys) => StudyView {
            tables,
            keys: Some(keys),
            keys_problem: None,
        },
        Err(problem) => StudyView {
            tables,
            keys: None,
            keys_problem: Some(problem.to_string()),
        },
    }
}

/// The study behind a view; an error in words while there is no table or no key.
pub fn study_of(view: StudyView) -> Result<Study, Error> {
    match view.keys {
        Some(keys) => Ok(Study {
            tables: view.tables,
            keys,
        }),
        None => Err(Error::BadRequest(view.keys_problem.unwrap_or_else(|| {
            "There is no table yet. Add files on the Data page.".into()
        }))),
    }
}
