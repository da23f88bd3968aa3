//! Three runs come in as packages and are tagged: all three are there with their tag, or none is.
//!
//! ```text
//! cargo run -p workbench --example three_runs
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{error::Error, fs, sync::Arc};

use futures::TryStreamExt as _;
use holdfast::{Actor, Clock, Scope, StateManager, SystemClock, backend::Memory};
use workbench::simulation::{
    Order, Recruitment, Wanted,
    runs::{Brought, By, Runs, kinds, upcasted},
};

const PROTOCOL: &str = include_str!("../../samples/protocols/aflibercept_te.yaml");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut builder = StateManager::builder(Arc::new(Memory::new()));
    for (kind, lifecycle) in kinds() {
        builder = builder.lifecycle(kind, lifecycle);
    }
    let folder = tempfile::tempdir()?;
    let states = upcasted(builder).build();
    let runs = Runs::open(folder.path(), states, clock).await?;
    let person = |name: &str| By {
        scope: Scope::User(name.into()),
        actor: Actor::new(format!("user:{name}")),
        name: name.into(),
    };
    let (ada, bob) = (person("ada"), person("bob"));

    let outgoing = tempfile::tempdir()?;
    let mut packages = Vec::new();
    for seed in 1..=3 {
        let order = Order {
            name: Some(format!("Seed {seed}")),
            protocol: PROTOCOL.into(),
            patients: 100,
            duration_years: 2.0,
            seed,
            recruitment: Recruitment::AllAtOnce,
            start_date: "2026-01-01".into(),
            tags: Vec::new(),
            notes: String::new(),
        };
        let id = runs.start(&ada, order).await?.id;
        runs.wait(&ada, &id).await?;
        let parcel = runs.export(&ada, &id).await?;
        let path = outgoing.path().join(&parcel.name);
        let pieces: Vec<_> = parcel.bytes.try_collect().await?;
        let bytes: Vec<u8> = pieces.iter().flatten().copied().collect();
        fs::write(&path, bytes)?;
        packages.push(Brought {
            path,
            file: parcel.name,
        });
    }
    let tags = ["agreed".to_owned()];

    // The last one breaks on the way.
    let whole = fs::read(&packages[2].path)?;
    fs::write(&packages[2].path, &whole[..whole.len() / 2])?;
    match runs.import_all(&bob, &packages, &tags).await {
        Ok(_) => println!("half a package came in"),
        Err(refused) => println!("refused: {refused}"),
    }
    let all = Wanted {
        limit: 10,
        ..Wanted::default()
    };
    let kept = runs.list(&bob, &all).await?.total;
    println!("Bob has {kept} runs");

    fs::write(&packages[2].path, &whole)?;
    for run in runs.import_all(&bob, &packages, &tags).await? {
        println!("{} came in as {}, tagged {:?}", run.name, run.id, run.tags);
    }
    Ok(())
}
