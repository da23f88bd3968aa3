//! What happens once in a while in a soak: a file comes in under a name that is there, a small run is started, the one
//! before is deleted.

use std::{convert::Infallible, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::{
    connection::Connection,
    error::{Error, Result},
    request::Access,
    scenarios::page::csv,
};

const EVERY: Duration = Duration::from_secs(15);
const ROWS: usize = 5_000;

/// Until it is stopped.
pub async fn go_on(mut connection: Connection, access: Access) -> Result<Infallible> {
    let (mut count, mut before) = (0, None);
    let mut turns = interval_at(Instant::now() + Duration::from_secs(1), EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        count += 1;
        let mut request = Vec::new();
        let line = "POST /data/upload?name=soak.csv&answer=replace";
        access.send(
            &mut request,
            line,
            "content-type: text/csv\r\n",
            csv(ROWS, count).as_bytes(),
        );
        connection.good(line, &request).await?;
        let run = start(&mut connection, &access, count).await?;
        if let Some(before) = before.replace(run) {
            let request = access.json(
                "POST /api/delete_runs",
                &json!({ "ids": [before] }).to_string(),
            );
            connection.good("delete_runs", &request).await?;
        }
    }
}

/// Starts a run; its id.
async fn start(connection: &mut Connection, access: &Access, count: usize) -> Result<Value> {
    let order = json!({"order": {
        "file": "aflibercept_te.yaml", "name": format!("Soak {count}"), "patients": 500, "years": 2.0, "seed": count,
        "recruitment": "all_at_once", "start_date": "2026-01-01", "tags": ["soak"],
    }});
    let request = access.json("POST /api/start_run", &order.to_string());
    let id = connection.good("start_run", &request).await?;
    serde_json::from_str(&id).map_err(|_| Error::Unexpected {
        what: "start_run".into(),
        body: id,
    })
}
