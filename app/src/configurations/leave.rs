//! Asks before unsaved work is left: another page, another file, a closed tab. The draft is kept in any case.

use leptos::{
    html,
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys::{Element, Event, MouseEvent},
};
use leptos_router::hooks::use_navigate;

use super::work::Work;

/// The question, and what listens for the moment to ask it.
#[component]
pub(super) fn AskBeforeLeaving(work: Work) -> impl IntoView {
    let wanted = RwSignal::new(None::<String>);
    let dialog = NodeRef::<html::Dialog>::new();
    ask_for_links(work, wanted);
    let unload = window_event_listener(leptos::ev::beforeunload, move |event| {
        if untrack(|| work.has_changes()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || unload.remove());
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            if wanted.with(Option::is_some) {
                drop(dialog.show_modal());
            } else {
                dialog.close();
            }
        }
    });
    let navigate = use_navigate();
    let leave = move |_| {
        if let Some(to) = wanted.get_untracked() {
            wanted.set(None);
            navigate(&to, leptos_router::NavigateOptions::default());
        }
    };
    let save = move |_| {
        wanted.set(None);
        work.save(false);
    };
    view! {
        <dialog node_ref=dialog class="hf-pop m-auto p-5 max-w-md text-base-content" aria-labelledby="hf-leave" on:close=move |_| wanted.set(None)>
            <h2 id="hf-leave" class="font-semibold">"You have changes that are not saved"</h2>
            <p class="mt-2 text-sm text-muted">"They are kept as your draft: you find them when you open this file again, on any of your devices. Others do not see them before you save."</p>
            <div class="mt-4 flex flex-wrap justify-end gap-2">
                <button class="btn btn-sm" on:click=leave>"Leave, keep the draft"</button>
                <button class="btn btn-sm" on:click=save>"Save"</button>
                <button class="btn btn-sm btn-primary" on:click=move |_| wanted.set(None)>"Stay"</button>
            </div>
        </dialog>
    }
    .into_any()
}

/// A click on one of our links waits for the answer. The document hears it before the router, which listens on the
/// window and leaves alone what somebody has dealt with.
fn ask_for_links(work: Work, wanted: RwSignal<Option<String>>) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let Some(event) = event.dyn_ref::<MouseEvent>() else {
            return;
        };
        let is_plain =
            event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key());
        let link = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let link = link.and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.filter(|link| is_plain && !link.has_attribute("download")) else {
            return;
        };
        let to = link.get_attribute("href").unwrap_or_default();
        let is_ours = to.starts_with('/') && !link.has_attribute("target");
        if is_ours && work.text.try_get_untracked().is_some() && untrack(|| work.has_changes()) {
            event.prevent_default();
            wanted.set(Some(to));
        }
    });
    let listener = listener.into_js_value();
    let function = StoredValue::new_local(listener.clone());
    drop(document().add_event_listener_with_callback("click", listener.unchecked_ref()));
    on_cleanup(move || {
        function.with_value(|function| {
            drop(document().remove_event_listener_with_callback("click", function.unchecked_ref()));
        });
    });
}
