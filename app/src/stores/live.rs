//! Hears of changes made in the person's other tabs and devices.
//!
//! A browser opens few connections to one host, so only one of its tabs holds the event stream (the
//! one that has the lock) and passes on what it hears; when that tab goes, the next takes over where
//! it stands. Each tab remembers the latest changes, so that a tab which was still loading can ask.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use js_sys::Promise;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

use super::{preferences, slot::Stores, status::SaveStatus, sync};
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
/// The event that says that a feature was switched.
const SWITCHED: &str = "features";
/// The last word of a stream whose listener may not be who they were: logged out elsewhere, in another role.
const ACCOUNT: &str = "account";
/// The event that tells of files that people edit together; what about them is in its text.
const EDITED: &str = "configurations";
/// The event that says that something was shared with the person, or taken back.
const SHARED: &str = "shares";
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
        remembered: RefCell::default(),
    });
    hear_tabs(&listener);
    hear_server(&listener);
    // A network that comes back sends what waits at once, not at the next try. The handle would
    // stop the listening when dropped, and this lasts as long as the page.
    std::mem::forget(window_event_listener(leptos::ev::online, move |_| {
        for slot in stores.all() {
            if slot.status.get_untracked() == SaveStatus::Waiting {
                spawn_local(sync::flush(slot));
            }
        }
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
        open_stream(&hearing);
        Promise::new(&mut |_, _| {})
    });
    session::with_lock(CHANNEL, lead.unchecked_ref());
}

fn open_stream(listener: &Rc<Listener>) {
    let Ok(source) = EventSource::new(&format!("/events?after={}", listener.latest.get())) else {
        return;
    };
    let hearing = listener.clone();
    let on_change = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        saw(&event);
        if let Ok(revision) = event.last_event_id().parse() {
            hearing.say(&Said::Change(revision, text.clone()));
            hearing.take(revision, text);
        }
    });
    source.set_onmessage(Some(on_change.into_js_value().unchecked_ref()));
    let hearing = listener.clone();
    let on_switch = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        saw(&event);
        hearing.say(&Said::Features);
        hearing.features.reload();
    });
    let hearing = listener.clone();
    let on_account = Closure::<dyn Fn()>::new(move || {
        hearing.say(&Said::Account);
        hearing.me.look();
    });
    look_when_it_breaks(listener, &source);
    let account = source
        .add_event_listener_with_callback(ACCOUNT, on_account.into_js_value().unchecked_ref());
    if account.is_err() {
        return;
    }
    let hearing = listener.clone();
    let on_edit = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        saw(&event);
        let news = event.data().as_string().unwrap_or_default();
        hearing.say(&Said::Edited(news.clone()));
        hearing.heard.take(news);
    });
    let edited =
        source.add_event_listener_with_callback(EDITED, on_edit.into_js_value().unchecked_ref());
    let hearing = listener.clone();
    let on_share = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        saw(&event);
        hearing.say(&Said::Shares);
        hearing.shares.take();
    });
    let shared =
        source.add_event_listener_with_callback(SHARED, on_share.into_js_value().unchecked_ref());
    let switched = source
        .add_event_listener_with_callback(SWITCHED, on_switch.into_js_value().unchecked_ref());
    if switched.is_err() || edited.is_err() || shared.is_err() {
        return;
    }
    // The browser keeps an open stream alive, and reconnects it from the last event it saw.
    std::mem::forget(source);
}

/// Notes how new the event is, so that whichever server is asked next answers with nothing older
/// (`server/src/web/revision.rs`).
fn saw(event: &MessageEvent) {
    preferences::set_cookie("holdfast-heard", &event.last_event_id(), "");
}

/// What happened to the person's account while no stream was open is asked for when one is again, or is refused.
fn look_when_it_breaks(listener: &Rc<Listener>, source: &EventSource) {
    let (hearing, is_first) = (listener.clone(), Cell::new(true));
    let on_open = Closure::<dyn Fn()>::new(move || {
        if !is_first.replace(false) {
            hearing.me.look();
            hearing.shares.take();
        }
    });
    source.set_onopen(Some(on_open.into_js_value().unchecked_ref()));
    let (hearing, broken) = (listener.clone(), source.clone());
    let on_error = Closure::<dyn Fn()>::new(move || {
        // The browser tries again by itself, unless the server refused.
        if broken.ready_state() == EventSource::CLOSED {
            hearing.say(&Said::Account);
            hearing.me.look();
        }
    });
    source.set_onerror(Some(on_error.into_js_value().unchecked_ref()));
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
