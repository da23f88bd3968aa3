//! Puts what the data folder has to the object store, for who switches it on. What is there already is not put again, so
//! that it can be broken off and done again.

use serde_json::json;

use super::Terminal;
use crate::{Error, Settings, application::open::open_storage};

pub(super) async fn store_objects(settings: &Settings, terminal: Terminal) -> Result<(), Error> {
    let storage = open_storage(settings)?;
    if storage.is_local() {
        let problem = "storage.url: no object store is set, so there is nowhere to put them";
        return Err(Error::Settings(problem.into()));
    }
    let gathering = tokio::task::spawn_blocking(move || {
        storage.gather(|name| terminal.tell(|| format!("put {name}"), || json!({ "put": name })))
    });
    let gathered = gathering
        .await
        .map_err(|error| workbench::Error::Internal(error.to_string()))??;
    let words = || {
        format!(
            "{} files were put, {} were there already",
            gathered.put, gathered.there
        )
    };
    terminal.tell(
        words,
        || json!({ "files_put": gathered.put, "files_there": gathered.there }),
    );
    Ok(())
}
