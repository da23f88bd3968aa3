//! The text itself: CodeMirror once it is there, the plain text until then.

use std::time::Duration;

use leptos::{html, prelude::*};

use super::{
    bridge::{self, EDITOR, Told},
    keep,
    work::Work,
};

/// The text rests so long before it is checked.
const REST: Duration = Duration::from_millis(250);

/// The editor.
#[component]
pub(super) fn Editor(work: Work) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let has_failed = RwSignal::new(false);
    begin(work, element, has_failed);
    Effect::new(move |_| {
        if let Some(editor) = work.editor.get() {
            work.checked
                .with(|checked| bridge::problems(editor, &checked.problems));
        }
    });
    Effect::new(move |_| {
        if let Some(editor) = work.editor.get() {
            bridge::fix(editor, work.others_lock().is_some());
        }
    });
    let is_plain = move || work.editor.get().is_none();
    view! {
        <div class="flex-1 min-h-0 min-w-0 overflow-hidden" data-testid="editor" node_ref=element></div>
        <Show when=move || has_failed.get()>
            <p class="p-4 text-muted" role="alert">"The editor could not be loaded; the text can still be changed here. Reload the page to try again."</p>
        </Show>
        <Show when=move || is_plain() && has_failed.get()>
            <textarea
                class="hf-code flex-1 w-full p-3 bg-base-100" aria-label=work.name.get_value() spellcheck="false"
                prop:value=move || work.text.get()
                on:input=move |event| { work.text.set(event_target_value(&event)); keep::changed(work) }
            ></textarea>
        </Show>
    }
    .into_any()
}

fn begin(work: Work, element: NodeRef<html::Div>, has_failed: RwSignal<bool>) {
    let rests = StoredValue::new(None::<TimeoutHandle>);
    let check_soon = move || {
        if let Some(Some(timer)) = rests.try_update_value(Option::take) {
            timer.clear();
        }
        let timer = set_timeout_with_handle(move || work.check(), REST);
        rests.try_set_value(timer.ok());
    };
    let hear = move |told| match told {
        Told::Line(line) => drop(work.line.try_set(line)),
        Told::Changed => {
            let editor = work.editor.try_get_untracked().flatten();
            if let Some(text) = editor.and_then(bridge::text) {
                work.text.set(text);
                keep::changed(work);
                check_soon();
            }
        }
    };
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        work.check();
        EDITOR.load(move |is_there| {
            let text = work.text.try_get_untracked();
            let made = text.filter(|_| is_there).and_then(|text| {
                let name = work.name.get_value();
                bridge::make(&element, work.format, &name, &text, hear)
            });
            if work.editor.try_set(made).is_some() {
                // The page was left in the meantime.
                made.into_iter().for_each(bridge::end);
            } else {
                has_failed.try_set(made.is_none());
            }
        });
    });
    on_cleanup(move || {
        if let Some(editor) = work.editor.try_get_untracked().flatten() {
            bridge::end(editor);
        }
    });
}
