//! Hears of changes made in the person's other tabs and devices.
//!
//! A browser opens few connections to one host, so only one of its tabs holds the event stream (the
//! one that has the lock) and passes on what it hears; when that tab goes, the next takes over where
//! it stands (`stream`). Each tab remembers the latest changes, so that a tab which was still loading can ask.

mod stream;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use js_sys::Promise;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

use super::{slot::Stores, sync};
use crate::{
    account::MeContext,
    boot::{Boot, Stored, use_boot},
    configurations::Heard,
    features::Features,
    session,
    sharing::SharesHeard,
    study::StudyContext,
};

const CHANNEL: &str = "holdfast-live";
/// Changes a tab remembers for one that was still loading: minutes of work, a few hundred kB.
const MAX_REMEMBERED: usize = 256;

/// One change, as the server tells it.
#[derive(Debug, Deserialize)]
struct LiveChange {
    kind: String,
    name: String,
    version: u64,
    client: Option<String>,
    data: Option<Value>,
}

/// What tabs say to each other.
#[derive(Serialize, Deserialize)]
enum Said {
    /// The server told of a change: its revision and text.
    Change(u64, String),
    /// A feature was switched.
    Features,
    /// Somebody may have been logged out, or have another role.
    Account,
    /// Something about a configuration changed: the event's text.
    Edited(String),
    /// Something was shared, or taken back.
    Shares,
    /// There is a session again.
    Session,
    /// A tab came alive that has seen everything up to this revision.
    Hello(u64),
}

struct Listener {
    stores: Stores,
    study: StudyContext,
    features: Features,
    me: MeContext,
    heard: Heard,
    shares: SharesHeard,
    boot: StoredValue<Boot>,
    channel: Option<BroadcastChannel>,
    latest: Cell<u64>,
    /// The stream, in the tab that leads.
    stream: RefCell<Option<EventSource>>,
    /// Whether a stream was open before, so that one that opens now may come after a gap.
    was_open: Cell<bool>,
    /// Streams in a row that the server refused.
    failures: Cell<u32>,
    remembered: RefCell<VecDeque<(u64, String)>>,
}

/// Starts to listen.
pub(crate) fn listen(
    stores: Stores,
    study: StudyContext,
    features: Features,
    heard: Heard,
    shares: SharesHeard,
    me: MeContext,
) {
    let boot = use_boot();
    let listener = Rc::new(Listener {
        stores: stores.clone(),
        study,
        features,
        me,
        heard,
        shares,
        channel: BroadcastChannel::new(CHANNEL).ok(),
        boot,
        latest: Cell::new(boot.with_value(|boot| boot.revision)),
        stream: RefCell::default(),
        was_open: Cell::default(),
        failures: Cell::default(),
        remembered: RefCell::default(),
    });
    hear_tabs(&listener);
    hear_server(&listener);
    // A network that comes back sends what waits at once, not at the next try. The handles would
    // stop the listening when dropped, and this lasts as long as the page.
    let hearing = listener.clone();
    std::mem::forget(window_event_listener(leptos::ev::online, move |_| {
        sync::flush_waiting(&stores);
        stream::reopen(&hearing);
    }));
    std::mem::forget(window_event_listener_untyped(session::OPENED, move |_| {
        listener.say(&Said::Session);
        stream::reopen(&listener);
    }));
}

fn hear_tabs(listener: &Rc<Listener>) {
    let Some(channel) = &listener.channel else {
        return;
    };
    let hearing = listener.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        match crate::json::read::<Said>(&text) {
            Ok(Said::Change(revision, change)) => hearing.take(revision, change),
            Ok(Said::Features) => hearing.features.reload(),
            Ok(Said::Account) => hearing.me.look(),
            Ok(Said::Edited(news)) => hearing.heard.take(news),
            Ok(Said::Shares) => hearing.shares.take(),
            Ok(Said::Session) => stream::reopen(&hearing),
            Ok(Said::Hello(seen)) => hearing.repeat_after(seen),
            Err(_) => {}
        }
    });
    channel.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    listener.say(&Said::Hello(listener.latest.get()));
}

/// Opens the stream once this tab has the lock, and holds the lock for as long as it lives.
fn hear_server(listener: &Rc<Listener>) {
    let hearing = listener.clone();
    let lead = Closure::once_into_js(move || {
        stream::open(&hearing);
        Promise::new(&mut |_, _| {})
    });
    session::with_lock(CHANNEL, lead.unchecked_ref());
}

impl Listener {
    fn say(&self, said: &Said) {
        if let (Some(channel), Ok(text)) = (&self.channel, serde_json::to_string(said)) {
            drop(channel.post_message(&JsValue::from_str(&text)));
        }
    }

    fn take(&self, revision: u64, text: String) {
        if revision <= self.latest.get() {
            return;
        }
        self.latest.set(revision);
        self.stores.revision.set(revision);
        if let Ok(change) = crate::json::read::<LiveChange>(&text) {
            self.apply(change);
        }
        let mut remembered = self.remembered.borrow_mut();
        if remembered.len() == MAX_REMEMBERED {
            remembered.pop_front();
        }
        remembered.push_back((revision, text));
    }

    fn repeat_after(&self, seen: u64) {
        for (revision, text) in self.remembered.borrow().iter() {
            if *revision > seen {
                self.say(&Said::Change(*revision, text.clone()));
            }
        }
    }

    fn apply(&self, change: LiveChange) {
        let is_of_study = matches!(change.kind.as_str(), "dataset" | "transaction");
        if is_of_study || change.name == crate::stores::table::KEYS.entry.key {
            self.study.reload();
        }
        let is_own = change.client.as_deref() == Some(session::tab_id().as_str());
        if is_own || change.kind != "store" {
            return;
        }
        let LiveChange {
            name,
            version,
            data,
            ..
        } = change;
        match (self.stores.find(&name), data) {
            (Some(slot), Some(data)) => sync::heard(&slot, version, data),
            (Some(_), None) => {}
            // No page has asked for it yet: the one that will must not find what was there at the start.
            (None, data) => self
                .boot
                .update_value(|boot| drop(boot.stores.insert(name, Stored { version, data }))),
        }
    }
}
