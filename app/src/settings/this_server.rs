//! What an operator chose for this server, for who administers it.

use leptos::prelude::*;

use super::{
    server::Told,
    told::{ServerTold, SettingTold},
};
use crate::components::icon::Icon;

/// The region. Who does not administer the server is told who does.
#[component]
pub(super) fn ThisServer(told: Told) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let inside = move || {
        told.get().map(|told| match told.map(|told| told.server) {
            Ok(Some(server)) => view! { <Whole server wanted/> }.into_any(),
            Ok(None) => view! {
                <p class="px-4 pt-2 pb-4 text-muted">
                    "Administrators of this server see here where its data is and how it is set. Ask one, or log in to an account with that role."
                </p>
            }
            .into_any(),
            Err(error) => view! { <p class="px-4 pt-2 pb-4 text-err-text" role="alert">{error.to_string()}</p> }.into_any(),
        })
    };
    view! {
        <section class="border-t border-line" aria-labelledby="settings-server">
            <div class="flex flex-wrap items-center gap-2 px-4 pt-3">
                <h2 id="settings-server" class="font-semibold">"This server"</h2>
                <span class="hf-chip">"administrators only"</span>
            </div>
            <Transition fallback=|| view! { <div class="skeleton h-32 m-4"></div> }>{inside}</Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Whole(server: ServerTold, wanted: RwSignal<String>) -> impl IntoView {
    let ServerTold {
        data_dir,
        address,
        states_in,
        file,
        settings,
    } = server;
    let file = file.unwrap_or_else(|| "none was read".to_owned());
    let facts = [
        ("Data folder", data_dir),
        ("Address", address),
        ("States in", states_in),
        ("Settings file", file),
    ];
    let facts = facts.map(|(name, value)| {
        view! { <dt>{name}</dt><dd class="font-mono break-all">{value}</dd> }
    });
    let all = settings.len();
    let settings = StoredValue::new(settings);
    let shown = Memo::new(move |_| {
        let wanted = wanted.get().trim().to_lowercase();
        settings.with_value(|settings| {
            let shown = settings.iter().filter(|setting| is_about(setting, &wanted));
            shown.cloned().collect::<Vec<_>>()
        })
    });
    let count = move || {
        let shown = shown.with(Vec::len);
        [&*shown.to_string(), " of ", &all.to_string()].concat()
    };
    view! {
        <dl class="hf-kv px-4 pt-2 max-w-2xl" data-testid="server-facts">{facts}</dl>
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <label class="input input-sm w-64 max-w-full">
                <Icon name="search" small=true/>
                <input
                    type="search" placeholder="Find a setting" aria-label="Find a setting"
                    prop:value=move || wanted.get() on:input=move |event| wanted.set(event_target_value(&event))
                />
            </label>
            <span class="text-xs text-muted num" role="status" data-testid="settings-shown">{count}</span>
            <span class="text-xs text-muted">"They are read at the start: change the file or the environment, and start again. Secrets are not shown."</span>
        </div>
        <div class="overflow-x-auto" tabindex="0" role="group" aria-label="Settings of this server">
            <table class="hf-grid">
                <thead>
                    <tr>
                        <th scope="col" class="pl-4!">"Setting"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col" class="pr-4!">"From"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || shown.get() key=|setting| setting.name.clone() let:setting><Row setting/></For>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Whether a setting has this word, in small letters, in its name, its value or where it came from.
fn is_about(setting: &SettingTold, word: &str) -> bool {
    let source = setting.source.as_deref().unwrap_or(DEFAULT);
    let texts = [&*setting.name, &*setting.value, source];
    texts.iter().any(|text| text.to_lowercase().contains(word))
}

const DEFAULT: &str = "default";

#[component]
fn Row(setting: SettingTold) -> impl IntoView {
    let SettingTold {
        name,
        value,
        source,
    } = setting;
    let value = match value.is_empty() {
        true => view! { <span class="text-faint">"none"</span> }.into_any(),
        false => view! { <span class="font-mono">{value}</span> }.into_any(),
    };
    let source = match source {
        Some(source) => view! { <span class="hf-chip hf-chip-on">{source}</span> }.into_any(),
        None => view! { <span class="text-muted">{DEFAULT}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="pl-4! font-mono">{name}</td>
            <td>{value}</td>
            <td class="pr-4!">{source}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_by_its_name_its_value_and_its_source() {
        let setting = |source: Option<&str>| SettingTold {
            name: "state.backend".into(),
            value: "Database".into(),
            source: source.map(str::to_owned),
        };
        for word in ["", "backend", "database", "default"] {
            assert!(is_about(&setting(None), word), "{word}");
        }
        assert!(is_about(
            &setting(Some("environment: STATE_BACKEND")),
            "state_backend"
        ));
        assert!(!is_about(&setting(Some("file")), "default"));
    }
}
