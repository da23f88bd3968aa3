//! The event stream of the tab that leads: what it tells goes to every tab, and it is opened again for as long as the
//! page lives, by the browser while the server is away and from here where the server has refused it.

use std::rc::Rc;

use gloo_timers::future::sleep;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

use super::{Listener, Said};
use crate::stores::{pause::pause, preferences, sync};

/// The event that says that a feature was switched.
const SWITCHED: &str = "features";
/// The last word of a stream whose listener may not be who they were: logged out elsewhere, in another role.
const ACCOUNT: &str = "account";
/// The event that tells of files that people edit together; what about them is in its text.
const EDITED: &str = "configurations";
/// The event that says that something was shared with the person, or taken back.
const SHARED: &str = "shares";

/// Opens it, behind the latest change that this tab has seen.
pub(super) fn open(listener: &Rc<Listener>) {
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
    listener.stream.replace(Some(source));
}

/// Opens the stream again if this tab leads and the server refused it.
pub(super) fn reopen(listener: &Rc<Listener>) {
    let is_closed = |stream: &EventSource| stream.ready_state() == EventSource::CLOSED;
    if listener.stream.borrow().as_ref().is_some_and(is_closed) {
        open(listener);
    }
}

/// The browser gives up a stream that is refused: by a proxy whose server starts again, for want of room, without a
/// session. After a while it may be taken.
fn reopen_later(listener: &Rc<Listener>, refused: EventSource) {
    let failures = listener.failures.get().saturating_add(1);
    listener.failures.set(failures);
    let listener = listener.clone();
    spawn_local(async move {
        sleep(pause(failures, js_sys::Math::random())).await;
        // Something else may have opened it meanwhile.
        if listener.stream.borrow().as_ref() == Some(&refused) {
            reopen(&listener);
        }
    });
}

/// Notes how new the event is, so that whichever server is asked next answers with nothing older
/// (`server/src/web/revision.rs`).
fn saw(event: &MessageEvent) {
    preferences::set_cookie("holdfast-heard", &event.last_event_id(), "");
}

/// What happened while no stream was open is asked for when one is again, or is refused.
fn look_when_it_breaks(listener: &Rc<Listener>, source: &EventSource) {
    let hearing = listener.clone();
    let on_open = Closure::<dyn Fn()>::new(move || {
        hearing.failures.set(0);
        if hearing.was_open.replace(true) {
            hearing.me.look();
            hearing.shares.take();
            sync::flush_waiting(&hearing.stores);
        }
    });
    source.set_onopen(Some(on_open.into_js_value().unchecked_ref()));
    let (hearing, broken) = (listener.clone(), source.clone());
    let on_error = Closure::<dyn Fn()>::new(move || {
        // The browser tries again by itself, unless the server refused.
        if broken.ready_state() == EventSource::CLOSED {
            hearing.say(&Said::Account);
            hearing.me.look();
            reopen_later(&hearing, broken.clone());
        }
    });
    source.set_onerror(Some(on_error.into_js_value().unchecked_ref()));
}
