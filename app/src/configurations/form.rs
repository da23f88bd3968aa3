//! The flat entities of the open file as labelled fields. A field that is left writes its value into the text in the editor,
//! where everything else stays as it is; it is saved like whatever is typed there.

use std::mem::discriminant;

use leptos::{prelude::*, task::spawn_local};
use workbench::configurations::merge::{FieldValue, Form};

use super::{
    server::{get_forms, set_field},
    work::Work,
};

/// The fields.
#[component]
pub(super) fn Forms(work: Work) -> impl IntoView {
    let forms = RwSignal::new(None::<Vec<Form>>);
    // The number of the last question: earlier answers no longer count.
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let text = work.text.get();
        let this = asked.get_value().wrapping_add(1);
        asked.set_value(this);
        spawn_local(async move {
            let answer = get_forms(work.format, text).await;
            if asked.try_get_value() == Some(this) {
                match answer {
                    Ok(answer) => forms.set(Some(answer)),
                    Err(error) => work.toasts.error(error.to_string()),
                }
            }
        });
    });
    let shown = Memo::new(move |_| forms.get().unwrap_or_default());
    let entities = move || {
        let all = shown.get().into_iter();
        all.map(|form| form.entity).collect::<Vec<_>>()
    };
    let is_empty = move || forms.with(|forms| forms.as_ref().is_some_and(Vec::is_empty));
    view! {
        <div class="flex-1 min-h-0 overflow-auto p-4" role="region" aria-label="Form">
            <p class="text-xs text-muted mb-3">"Entries that are lists, or have entries within entries, are in the text only."</p>
            <div class="grid gap-4 xl:grid-cols-2 max-w-6xl">
                <For each=entities key=String::clone let:entity><Entity work shown entity/></For>
            </div>
            <Show when=is_empty><p class="text-muted">"Nothing here can be shown as fields. Change it in the text."</p></Show>
        </div>
    }
    .into_any()
}

#[component]
fn Entity(work: Work, shown: Memo<Vec<Form>>, entity: String) -> impl IntoView {
    let title = match entity.as_str() {
        "" => "At the top".to_owned(),
        name => name.to_owned(),
    };
    let of = entity.clone();
    let names = move || {
        shown.with(|all| {
            let form = all.iter().find(|form| form.entity == of);
            let fields = form.iter().flat_map(|form| &form.fields);
            // A field whose value is of another type now is another control.
            let named = fields.map(|field| (field.name.clone(), discriminant(&field.value)));
            named.collect::<Vec<_>>()
        })
    };
    let entity = StoredValue::new(entity);
    view! {
        <fieldset class="hf-card p-4">
            <legend class="font-mono text-xs font-semibold px-1">{title}</legend>
            <div class="flex flex-col gap-3">
                <For each=names key=Clone::clone let:named><Line work shown entity name=named.0/></For>
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Line(
    work: Work,
    shown: Memo<Vec<Form>>,
    entity: StoredValue<String>,
    name: String,
) -> impl IntoView {
    let label = name.replace('_', " ");
    let name = StoredValue::new(name);
    let value = Memo::new(move |_| {
        shown.with(|all| {
            let of = |form: &&Form| entity.with_value(|entity| form.entity == *entity);
            let fields = &all.iter().find(of)?.fields;
            let mut fields = fields.iter();
            let field = fields.find(|field| name.with_value(|name| field.name == *name))?;
            Some(field.value.clone())
        })
    });
    // Counts refusals: the field then shows again what is in the text.
    let refused = RwSignal::new(0_u32);
    let write = move |new: FieldValue| {
        if value.with_untracked(|old| old.as_ref() == Some(&new)) {
            return;
        }
        let text = work.text.get_untracked();
        spawn_local(async move {
            let (entity, name) = (entity.get_value(), name.get_value());
            match set_field(work.format, text.clone(), entity, name, new).await {
                // Somebody typed in the text meanwhile: that counts.
                Ok(changed) if work.text.try_get_untracked().as_ref() == Some(&text) => {
                    work.write(&changed);
                }
                Ok(_) => drop(refused.try_update(|count| *count += 1)),
                Err(error) => {
                    work.toasts.error(error.to_string());
                    refused.try_update(|count| *count += 1);
                }
            }
        });
    };
    let text = move || {
        refused.track();
        value.get().map(|value| match value {
            FieldValue::Text(text) | FieldValue::Number(text) => text,
            FieldValue::Switch(_) => String::new(),
        })
    };
    let is_on = move || {
        refused.track();
        value.get() == Some(FieldValue::Switch(true))
    };
    let is_fixed = move || work.others_lock().is_some();
    match value.get_untracked() {
        Some(FieldValue::Switch(_)) => view! {
            <label class="flex items-center gap-2 min-h-6 text-sm">
                <input type="checkbox" class="checkbox checkbox-sm checkbox-primary" disabled=is_fixed prop:checked=is_on on:change=move |event| write(FieldValue::Switch(event_target_checked(&event)))/>
                <span>{label}</span>
            </label>
        }
        .into_any(),
        Some(FieldValue::Number(_)) => view! {
            <label class="block"><span class="block text-xs font-medium mb-1">{label}</span>
                <input class="input input-sm w-full num" inputmode="decimal" autocomplete="off" disabled=is_fixed prop:value=text on:change=move |event| write(FieldValue::Number(event_target_value(&event).trim().to_owned()))/>
            </label>
        }
        .into_any(),
        _ => view! {
            <label class="block"><span class="block text-xs font-medium mb-1">{label}</span>
                <input class="input input-sm w-full" autocomplete="off" disabled=is_fixed prop:value=text on:change=move |event| write(FieldValue::Text(event_target_value(&event)))/>
            </label>
        }
        .into_any(),
    }
}
