//! Servers that share states and an object store, and no folder.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use holdfast::{Actor, Clock, ManualClock, Scope, StateManager, Timestamp, backend::Memory};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use workbench::{
    Error, Limits, Workbench,
    data::{Outcome, TableInfo},
    query::{CohortFilters, MergeSpec, Range, default_selection},
    simulation::{
        Order, Recruitment, RunInfo,
        runs::{By, Runs, RunsError, kinds, upcasted},
    },
    storage::{Bucket, Storage},
    workspace::Workspace,
};

use super::s3::{S3, URL};

const STANDARD: &str = include_str!("../../../samples/protocols/aflibercept_te.yaml");

pub struct Team {
    pub s3: S3,
    pub clock: Arc<ManualClock>,
    backend: Arc<Memory>,
}

pub struct Server {
    pub folder: TempDir,
    pub storage: Storage,
    pub states: StateManager,
    pub workbench: Workbench,
    pub workspace: Workspace,
    pub runs: Runs,
}

impl Team {
    pub async fn new() -> Self {
        Self {
            s3: S3::start().await,
            // 2026-03-11 14:05:09 UTC.
            clock: Arc::new(ManualClock::new(Timestamp(1_773_237_909_000))),
            backend: Arc::new(Memory::new()),
        }
    }

    /// Another server, on an empty folder.
    pub async fn server(&self) -> Server {
        self.server_in(tempfile::tempdir().unwrap(), 0).await
    }

    pub async fn server_in(&self, folder: TempDir, local_bytes: u64) -> Server {
        let storage = Storage::objects(&self.s3.bucket(), folder.path(), local_bytes).unwrap();
        self.server_on(folder, storage).await
    }

    pub async fn server_on(&self, folder: TempDir, storage: Storage) -> Server {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let builder = StateManager::builder(self.backend.clone()).clock(clock.clone());
        let builder = kinds().into_iter().fold(builder, |builder, (kind, steps)| {
            builder.lifecycle(kind, steps)
        });
        let states = upcasted(builder).build();
        let workbench =
            Workbench::open_on(folder.path(), Limits::default(), storage.clone()).unwrap();
        let ada = ada();
        let workspace = Workspace::new(states.clone(), workbench.clone(), ada.scope, ada.actor);
        let home = folder.path().join("simulations");
        let runs = Runs::open_on(&home, states.clone(), clock, storage.clone()).await;
        Server {
            folder,
            storage,
            states,
            workbench,
            workspace,
            runs: runs.unwrap(),
        }
    }
}

/// What only these tests want of the store.
impl S3 {
    pub fn bucket(&self) -> Bucket {
        Bucket {
            url: URL.into(),
            endpoint: Some(self.endpoint()),
            region: Some("us-east-1".into()),
            allow_http: true,
            credentials_file: Some(self.credentials_file()),
        }
    }

    /// How often objects were fetched whose path ends so.
    pub fn fetched(&self, end: &str) -> usize {
        let gets = self.gets.lock().unwrap();
        gets.iter().filter(|path| path.ends_with(end)).count()
    }
}

impl Server {
    /// Imports a file of the sample study.
    pub async fn import_sample(&self, name: &str) -> Result<TableInfo, Error> {
        let path = format!("{}/../samples/pbc/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        self.import(Path::new(&path)).await
    }

    pub async fn import(&self, path: &Path) -> Result<TableInfo, Error> {
        let name = path.file_name().unwrap().to_str().unwrap();
        let cancel = CancellationToken::new();
        match self.workspace.import(path, name, None, &cancel).await? {
            Outcome::Imported { table } => Ok(*table),
            other => panic!("{other:?}"),
        }
    }

    /// The whole sample study.
    pub async fn import_samples(&self) -> Vec<TableInfo> {
        let mut tables = Vec::new();
        for name in ["demographics", "labs", "exams"] {
            tables.push(self.import_sample(name).await.unwrap());
        }
        tables
    }

    /// Participants and rows of women of 40 to 60.
    pub async fn count(&self) -> Result<(u64, u64), Error> {
        let study = self.workspace.study().await?;
        let selection = default_selection(&study);
        let report = self
            .workbench
            .count(&study, &women_40_to_60(), &selection)
            .await?;
        Ok((report.left.participants, report.left.rows))
    }

    pub async fn spec(&self) -> MergeSpec {
        let study = self.workspace.study().await.unwrap();
        MergeSpec {
            filters: women_40_to_60(),
            selection: default_selection(&study),
            ..MergeSpec::default()
        }
    }

    pub async fn simulate(&self, order: Order) -> Result<RunInfo, RunsError> {
        let run = self.runs.start(&ada(), order).await?;
        self.runs.wait(&ada(), &run.id).await
    }

    /// Files that are here, by their names, of a folder.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let path: PathBuf = self.folder.path().join(folder);
        let mut names: Vec<String> = fs::read_dir(path)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub fn women_40_to_60() -> CohortFilters {
    CohortFilters {
        age: Some(Range {
            min: Some(40.0),
            max: Some(60.0),
        }),
        sex: vec!["f".into()],
        ..CohortFilters::default()
    }
}

pub fn ada() -> By {
    By {
        scope: Scope::User("ada".into()),
        actor: Actor::new("user:ada"),
        name: "Ada".to_owned(),
    }
}

pub fn order(patients: u32) -> Order {
    Order {
        name: None,
        protocol: STANDARD.to_owned(),
        patients,
        duration_years: 2.0,
        seed: 42,
        recruitment: Recruitment::AllAtOnce,
        start_date: "2026-01-01".into(),
        tags: Vec::new(),
        notes: String::new(),
    }
}

/// Work on the store that blocks.
pub async fn blocking<T: Send + 'static>(
    storage: &Storage,
    work: impl FnOnce(&Storage) -> T + Send + 'static,
) -> T {
    let storage = storage.clone();
    tokio::task::spawn_blocking(move || work(&storage))
        .await
        .unwrap()
}
