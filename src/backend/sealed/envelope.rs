//! How a sealed state looks: its data is an object with the field `$sealed`, in which are the id of
//! the key, what was sealed, and the box. Sealed fields are `null` beside it.
//!
//! Whatever has that field behind the decorator is sealed: data that merely looks so is sealed too
//! before it is kept. So reading asks the record, and not the settings of today. Where keys come from is the
//! business of `ring`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    SealedFault,
    key::{Box, Key},
    sensitive::Part,
};
use crate::{Digest, State};

/// The field by which a sealed state is known.
const MARK: &str = "$sealed";

/// The JSON Pointer to all of the data.
const WHOLE: &str = "";

#[derive(Serialize, Deserialize)]
struct Envelope {
    /// The id of the data key.
    key: String,
    /// JSON Pointers to what is sealed.
    fields: Vec<String>,
    #[serde(flatten)]
    sealed: Box,
}

/// What is in the box. The state's digest is in it because it tells content that can be guessed, and so
/// does every digest behind it; what is kept is chained by digests of its own.
#[derive(Serialize, Deserialize)]
struct Secret<'a> {
    /// The values of the fields, in their order.
    values: Vec<Cow<'a, Value>>,
    digest: Digest,
}

/// Whether there is something sealed in it, or something that looks so.
pub(super) fn is_sealed(state: &State) -> bool {
    state.data.get(MARK).is_some()
}

/// The state as it may be kept.
pub(super) fn sealed(
    state: &State,
    part: &Part,
    id: &str,
    key: &Key,
) -> Result<State, SealedFault> {
    let (mut rest, mut fields, mut values) = (Map::new(), Vec::new(), Vec::new());
    match (part, &state.data) {
        (Part::Fields(pointers), Value::Object(_)) if !is_sealed(state) => {
            let mut data = state.data.clone();
            for pointer in pointers {
                if let Some(value) = data.pointer_mut(pointer) {
                    fields.push(pointer.clone());
                    values.push(Cow::Owned(value.take()));
                }
            }
            if let Value::Object(data) = data {
                rest = data;
            }
        }
        _ => {
            fields.push(WHOLE.to_owned());
            values.push(Cow::Borrowed(&state.data));
        }
    }
    let digest = state.digest;
    let secret = serde_json::to_vec(&Secret { values, digest }).map_err(unreadable)?;
    let sealed = key.seal(&bound(state, id, &fields)?, &secret)?;
    let key = id.to_owned();
    let envelope = Envelope {
        key,
        fields,
        sealed,
    };
    rest.insert(MARK.to_owned(), json!(envelope));
    Ok(holding(state, Value::Object(rest), Digest::default()))
}

/// The data that is kept of a version whose content was removed: its digest, sealed.
pub(super) fn emptied(state: &State, id: &str, key: &Key) -> Result<Value, SealedFault> {
    let (values, digest) = (Vec::new(), state.digest);
    let secret = serde_json::to_vec(&Secret { values, digest }).map_err(unreadable)?;
    let sealed = key.seal(&bound(state, id, &[])?, &secret)?;
    let (key, fields) = (id.to_owned(), Vec::new());
    Ok(json!({MARK: Envelope { key, fields, sealed }}))
}

/// The id of the key that opens it.
pub(super) fn key_id(state: &State) -> Result<String, SealedFault> {
    Ok(envelope(state)?.key)
}

/// The state as it was before it was sealed.
pub(super) fn opened(state: &State, key: &Key) -> Result<State, SealedFault> {
    let envelope = envelope(state)?;
    let bound = bound(state, &envelope.key, &envelope.fields)?;
    let secret = key.open(&bound, &envelope.sealed);
    let secret = secret.ok_or_else(|| broken(state))?;
    let Secret { values, digest } = serde_json::from_slice(&secret).map_err(|_| broken(state))?;
    if state.removed.is_some() {
        return Ok(holding(state, Value::Null, digest));
    }
    let mut data = rest(state);
    // What was taken last goes back first: a field taken twice, or before what it is in, has its value again.
    for (pointer, value) in envelope.fields.iter().zip(values).rev() {
        let place = data.pointer_mut(pointer).ok_or_else(|| broken(state))?;
        *place = value.into_owned();
    }
    Ok(holding(state, data, digest))
}

/// What is left of a state whose key was forgotten, and whether that is nothing: `null` is where
/// something was sealed.
pub(super) fn forgotten(state: &State) -> Result<(State, bool), SealedFault> {
    let is_removed = state.removed.is_some();
    let is_nothing = is_removed || envelope(state)?.fields.iter().any(|field| field == WHOLE);
    let data = if is_nothing { Value::Null } else { rest(state) };
    Ok((holding(state, data, Digest::default()), is_nothing))
}

/// A state without anything in it, for whoever asks for its version only.
pub(super) fn hollow(state: &State) -> State {
    holding(state, Value::Null, Digest::default())
}

fn envelope(state: &State) -> Result<Envelope, SealedFault> {
    let envelope = Envelope::deserialize(&state.data[MARK]);
    envelope.map_err(|_| broken(state))
}

/// What is not sealed.
fn rest(state: &State) -> Value {
    let mut data = state.data.clone();
    if let Value::Object(fields) = &mut data {
        fields.remove(MARK);
    }
    data
}

/// What a box is bound to: elsewhere, or for another version, it does not open.
fn bound(state: &State, key: &str, fields: &[String]) -> Result<Vec<u8>, SealedFault> {
    let State {
        scope, id, version, ..
    } = state;
    serde_json::to_vec(&("holdfast state 1", key, scope, id, version, fields)).map_err(unreadable)
}

/// The same state with other data: the old is not copied first.
fn holding(state: &State, data: Value, digest: Digest) -> State {
    State {
        id: state.id.clone(),
        kind: state.kind.clone(),
        name: state.name.clone(),
        status: state.status.clone(),
        data,
        metadata: state.metadata.clone(),
        version: state.version,
        schema_version: state.schema_version,
        scope: state.scope.clone(),
        created_at: state.created_at,
        updated_at: state.updated_at,
        expires_at: state.expires_at,
        digest,
        removed: state.removed.clone(),
    }
}

fn broken(state: &State) -> SealedFault {
    SealedFault::Broken {
        id: state.id.clone(),
        version: state.version,
    }
}

fn unreadable(error: serde_json::Error) -> SealedFault {
    SealedFault::Behind(error.into())
}
