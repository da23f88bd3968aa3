//! A new file: empty, or from the person's own disk.

#[cfg(feature = "hydrate")]
use leptos::wasm_bindgen::{JsValue, closure::Closure};
use leptos::{
    ev::{Event, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
    web_sys,
};
use leptos_router::hooks::use_navigate;

use super::{desk::escaped, server::create_configuration};
use crate::{
    AppError,
    components::{
        icon::Icon,
        toasts::{Toasts, use_toasts},
    },
};

/// Asks for a name and opens the file.
#[component]
pub(super) fn NewFile(reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let navigate = use_navigate();
    let is_open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            drop(input.focus());
        }
    });
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        let mut wanted = name.get_untracked().trim().to_owned();
        if !wanted.is_empty() && !wanted.contains('.') {
            wanted.push_str(".yaml");
        }
        let text = if wanted.ends_with(".json") {
            "{\n}\n"
        } else {
            ""
        };
        spawn_local(async move {
            match create_configuration(wanted.clone(), text.into()).await {
                Ok(_) => {
                    reload.run(());
                    navigate(
                        &format!("/configurations/{}", escaped(&wanted)),
                        leptos_router::NavigateOptions::default(),
                    );
                }
                Err(error) => refused(toasts, &wanted, error),
            }
        });
    };
    let form = move || {
        let make = make.clone();
        view! {
            <form class="flex gap-1.5" on:submit=make>
                <input
                    node_ref=input class="input input-sm w-44" placeholder="protocol.yaml" aria-label="Name of the new file"
                    on:input=move |event| name.set(event_target_value(&event)) on:keydown=move |event| if event.key() == "Escape" { is_open.set(false) }
                />
                <button class="btn btn-sm btn-primary">"Make it"</button>
            </form>
        }
    };
    view! {
        <Show when=move || is_open.get() fallback=move || view! {
            <button class="btn btn-sm btn-primary" on:click=move |_| is_open.set(true)><Icon name="plus" small=true/>"New file"</button>
        }>{form.clone()}</Show>
    }
    .into_any()
}

/// Takes files from the person's disk.
#[component]
pub(super) fn Upload(reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let take = move |_: Event| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        read_all(&input, toasts, reload);
        input.set_value("");
    };
    view! {
        <input node_ref=input type="file" class="hidden" multiple=true accept=".yaml,.yml,.toml,.json,.jsonc" aria-label="Files to upload" on:change=take/>
        <button class="btn btn-sm" on:click=choose><Icon name="upload" small=true/>"Upload"</button>
    }
    .into_any()
}

/// Reads each chosen file and sends it.
#[cfg(feature = "hydrate")]
fn read_all(input: &web_sys::HtmlInputElement, toasts: Toasts, reload: Callback<()>) {
    let files = input.files();
    let count = files.as_ref().map_or(0, |files| files.length());
    for file in (0..count).filter_map(|at| files.as_ref()?.get(at)) {
        let name = file.name();
        // Called once; a closure of some bytes stays for each file.
        let read = Closure::<dyn FnMut(JsValue)>::new(move |text: JsValue| {
            send(
                toasts,
                reload,
                name.clone(),
                text.as_string().unwrap_or_default(),
            );
        });
        drop(file.text().then(&read));
        read.forget();
    }
}

#[cfg(not(feature = "hydrate"))]
fn read_all(_input: &web_sys::HtmlInputElement, _toasts: Toasts, _reload: Callback<()>) {}

#[cfg(feature = "hydrate")]
fn send(toasts: Toasts, reload: Callback<()>, name: String, text: String) {
    if text.contains('\u{fffd}') {
        toasts.error(format!(
            "{name} is not UTF-8 text. Convert it, and upload it again."
        ));
        return;
    }
    spawn_local(async move {
        match create_configuration(name.clone(), text).await {
            Ok(_) => toasts.say(format!("{name} is here.")),
            Err(error) => refused(toasts, &name, error),
        }
        reload.run(());
    });
}

fn refused(toasts: Toasts, name: &str, error: AppError) {
    toasts.error(match error {
        AppError::Conflict { .. } => {
            format!("There is a file {name} already. Choose another name, or open that one.")
        }
        other => other.to_string(),
    });
}
