//! Who is here: says where this person is, hears of the others, and says goodbye as the page goes.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys::PageTransitionEvent};
use serde_json::json;
use workbench::configurations::{Place, merge::Lines};

use super::{
    bridge,
    heard::use_heard,
    people::colour,
    server::{be_in_configuration, close_configuration, get_room},
    work::Work,
};
use crate::AppError;

/// Where somebody is is told at most this often.
const PACE: Duration = Duration::from_millis(700);

/// Begins: until the component is gone.
pub(super) fn be_present(work: Work) {
    tell(work);
    hear(work);
    show_others(work);
    say_goodbye(work);
}

/// Where the caret is, and whether there is something to save.
fn tell(work: Work) {
    let has_changes = Memo::new(move |_| work.has_changes());
    let here = Memo::new(move |_| {
        let line = work.line.get();
        let entity = work.checked.with(|checked| {
            let around = |lines: Lines| (lines.first..=lines.last).contains(&line);
            let entity = checked.entities.iter().find(|entity| around(entity.lines));
            entity.map(|entity| entity.name.clone())
        });
        (Place { line, entity }, has_changes.get())
    });
    let is_waiting = StoredValue::new(false);
    Effect::new(move |before: Option<()>| {
        // Read, not only tracked: a memo that nobody reads never changes.
        here.with(|_| ());
        if before.is_none() || is_waiting.get_value() {
            return;
        }
        is_waiting.set_value(true);
        let say = move || {
            if is_waiting.try_set_value(false).is_some() {
                return;
            }
            let Some((place, has_changes)) = here.try_get_untracked() else {
                return;
            };
            let session = work.session.get_untracked();
            spawn_local(async move {
                let said = be_in_configuration(session, place, has_changes).await;
                if matches!(said, Err(AppError::NotFound(_))) {
                    drop(work.reopen().await);
                }
            });
        };
        set_timeout(say, PACE);
    });
}

/// Asks who is here whenever the stream tells that somebody came, went, moved, saved, locked.
fn hear(work: Work) {
    let name = work.name.get_value();
    let told = use_heard().count(move |news| news.name == name);
    let (is_asking, is_stale) = (StoredValue::new(false), StoredValue::new(false));
    Effect::new(move |before: Option<u32>| {
        let count = told.get();
        if before.is_some_and(|before| before != count) {
            ask(work, is_asking, is_stale);
        }
        count
    });
    // A text without changes of its own follows what others save; one with changes is only told.
    Effect::new(move |_| {
        let is_behind = work.is_behind();
        let is_clean = untrack(|| !work.has_changes() && work.conflicts.with(Option::is_none));
        if is_behind && is_clean && !work.is_saving.get_untracked() {
            work.catch_up();
        }
    });
}

fn ask(work: Work, is_asking: StoredValue<bool>, is_stale: StoredValue<bool>) {
    if is_asking.get_value() {
        is_stale.set_value(true);
        return;
    }
    is_asking.set_value(true);
    let name = work.name.get_value();
    spawn_local(async move {
        let room = get_room(name).await;
        is_asking.try_set_value(false);
        if let Ok(room) = room {
            work.room.try_set(room);
        }
        if is_stale.try_get_value() == Some(true) {
            is_stale.set_value(false);
            ask(work, is_asking, is_stale);
        }
    });
}

/// The others' names stand in their lines.
fn show_others(work: Work) {
    let others = Memo::new(move |_| {
        let session = work.session.get();
        work.room.with(|room| {
            let others = room.editors.iter().filter(|editor| editor.session != session && editor.place.line > 0);
            let told = others.map(|editor| {
                json!({ "line": editor.place.line, "name": editor.person.name, "colour": colour(&editor.person) })
            });
            told.collect::<Vec<_>>()
        })
    });
    Effect::new(move |_| {
        if let Some(editor) = work.editor.get() {
            others.with(|others| bridge::peers(editor, others));
        }
    });
}

/// The only request that outlives a page.
#[cfg(feature = "hydrate")]
fn send_last(body: &str) {
    let navigator = window().navigator();
    drop(navigator.send_beacon_with_opt_str("/api/close_configuration", Some(body)));
}

#[cfg(not(feature = "hydrate"))]
fn send_last(_body: &str) {}

/// Another page, another file, a closed tab: the session ends, and its lock with it.
fn say_goodbye(work: Work) {
    let left = window_event_listener_untyped("pagehide", move |_| {
        let body = json!({ "session": work.session.get_untracked() }).to_string();
        send_last(&body);
    });
    let back = window_event_listener_untyped("pageshow", move |event| {
        // Only out of the browser's memory: a page that is loaded opens its own session.
        let is_back = event
            .dyn_ref::<PageTransitionEvent>()
            .is_some_and(PageTransitionEvent::persisted);
        if is_back {
            spawn_local(async move { drop(work.reopen().await) });
        }
    });
    on_cleanup(move || {
        left.remove();
        back.remove();
        let session = work.session.try_get_untracked();
        spawn_local(async move {
            if let Some(session) = session {
                drop(close_configuration(session).await);
            }
        });
    });
}
