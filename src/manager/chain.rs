//! How a change is chained to the one before: the digest that its state carries, taken of the JSON that
//! is also kept.
//!
//! The digest is BLAKE3. What was written before that was chosen carries SHA-256 of the same text,
//! and stays as valid as it was (docs/decisions/0017).

use std::{cell::Cell, mem, sync::Arc};

use sha2::{Digest as _, Sha256};

use crate::{
    Actor, Change, State, Transition,
    digest::Digest,
    text::{self, Sizes, Text, json},
};

/// The largest buffer that is kept for the next link: what nearly all take, several times over.
const KEPT: usize = 16 * 1024;

thread_local! {
    /// Where links are written: each thread writes one at a time, and the next into the same memory.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

/// What ends a state's JSON, and a link's, behind the digits of its digest.
const STATE_END: usize = "\"}".len();

/// A state that carries its digest, and what was learned on the way.
pub(crate) struct Chained {
    pub(crate) state: Arc<State>,
    pub(crate) text: Text,
    pub(crate) sizes: Sizes,
}

/// What is digested of a change: all of it but its place in the log, which is not known before it is
/// written, and the digest itself. As JSON, so that what is read back digests the same:
/// `{"previous": <digest>, "transition": .., "actor": .., "state": <with an empty digest>}`.
struct Link {
    text: Vec<u8>,
    /// Where the state begins.
    state: usize,
    sizes: Sizes,
}

impl Link {
    /// `after` must carry the empty digest.
    fn of(
        before: Option<&State>,
        transition: &Transition,
        actor: &Actor,
        after: &State,
    ) -> serde_json::Result<Self> {
        let previous = before.map_or_else(Digest::default, |state| state.digest);
        let mut text = BUFFER.take();
        text.clear();
        text.extend_from_slice(b"{\"previous\":\"");
        text.extend_from_slice(&previous.digits());
        text.extend_from_slice(b"\",\"transition\":");
        json::string(&mut text, transition.as_str())?;
        text.extend_from_slice(b",\"actor\":");
        let Actor {
            name,
            client,
            address,
        } = actor;
        text.extend_from_slice(b"{\"name\":");
        json::string(&mut text, name)?;
        if let Some(client) = client {
            text.extend_from_slice(b",\"client\":");
            json::string(&mut text, client)?;
        }
        if let Some(address) = address {
            text.extend_from_slice(b",\"address\":");
            json::string(&mut text, &address.to_string())?;
        }
        text.extend_from_slice(b"},\"state\":");
        let state = text.len();
        let sizes = text::append(after, &mut text)?;
        text.push(b'}');
        Ok(Self { text, state, sizes })
    }

    fn digest(&self) -> Digest {
        Digest(*blake3::hash(&self.text).as_bytes())
    }

    fn former_digest(&self) -> Digest {
        Digest(Sha256::digest(&self.text).into())
    }

    /// The state's JSON with this digest in it.
    fn json(&mut self, digest: Digest) -> Option<Arc<str>> {
        let end = self.text.len() - 1;
        let digits = end - STATE_END - DIGITS..end - STATE_END;
        self.text.get_mut(digits)?.copy_from_slice(&digest.digits());
        std::str::from_utf8(self.text.get(self.state..end)?)
            .ok()
            .map(Arc::from)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.text.capacity() <= KEPT {
            BUFFER.set(mem::take(&mut self.text));
        }
    }
}

/// Gives `after`, which carries the empty digest, the one that it has to carry.
pub(crate) fn chained(
    before: Option<&State>,
    transition: &Transition,
    actor: &Actor,
    mut after: State,
) -> serde_json::Result<Chained> {
    let mut link = Link::of(before, transition, actor, &after)?;
    after.digest = link.digest();
    let json = link.json(after.digest);
    let state = Arc::new(after);
    Ok(Chained {
        text: json.map_or_else(Text::default, |json| Text::new(&state, json, link.sizes)),
        sizes: link.sizes,
        state,
    })
}

/// Whether the state after a change carries the digest that belongs to it.
pub(crate) fn is_whole(change: &Change) -> bool {
    let bare = State {
        digest: Digest::default(),
        ..(*change.after).clone()
    };
    let before = change.before.as_deref();
    let Ok(link) = Link::of(before, &change.transition, &change.actor, &bare) else {
        return false;
    };
    let carried = change.after.digest;
    change.at == change.after.updated_at
        && (carried == link.digest() || carried == link.former_digest())
}
