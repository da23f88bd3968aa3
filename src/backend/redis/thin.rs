//! Takes the content out of old records: entries leave the stream, and what is left of them goes into a hash.

use fred::types::Value;

use super::{
    Fault,
    keys::{self, Keys},
    server::Connection,
};
use crate::backend::Thinned;

/// The keys that every call has: those of histories come behind them.
const COMMON: usize = 3;

pub(super) async fn records(
    connection: &Connection,
    keys: &Keys,
    records: &[Thinned],
) -> Result<u64, Fault> {
    let mut names = vec![keys.log.clone(), keys.states.clone(), keys.thinned.clone()];
    debug_assert_eq!(names.len(), COMMON);
    let mut args: Vec<Value> = Vec::with_capacity(records.len() * 5);
    for record in records {
        let state = &record.state;
        let address = keys::address(&state.scope, &state.id);
        let history = keys.history(&address);
        let known = names.iter().skip(COMMON).position(|name| *name == history);
        let place = known.map_or(names.len(), |place| place + COMMON);
        if known.is_none() {
            names.push(history);
        }
        // Lua counts from 1.
        args.push((place + 1).to_string().into());
        args.push(record.revision.0.to_string().into());
        args.push(state.version.0.to_string().into());
        args.push(address.into());
        args.push(serde_json::to_string(&**state)?.into());
    }
    let mut reply = connection.tell("holdfast_2_thin", names, args).await?;
    Ok(reply.number()?)
}
