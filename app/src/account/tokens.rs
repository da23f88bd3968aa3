//! Tokens for programs: made here, shown once, revoked here.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::server::{TokenRow, make_token, revoke_token};
use crate::components::{icon::Icon, toasts::use_toasts};

/// How long a token can live, in days.
const DAYS: [u32; 4] = [7, 30, 90, 365];

/// The region.
#[component]
pub(super) fn Tokens(tokens: Signal<Vec<TokenRow>>, reload: Callback<()>) -> impl IntoView {
    let is_making = RwSignal::new(false);
    let made = RwSignal::new(None::<String>);
    let has_any = move || tokens.with(|tokens| !tokens.is_empty());
    view! {
        <section class="border-t border-line mt-1" aria-label="API tokens">
            <div class="h-10 flex items-center gap-2 px-4">
                <h2 class="font-semibold">"API tokens"</h2>
                <span class="text-xs text-muted max-sm:hidden">"for programs and the command line"</span>
                <span class="flex-1"></span>
                <button class="btn btn-xs max-md:btn-sm" on:click=move |_| is_making.update(|is| *is = !*is)>
                    <Icon name="plus" small=true/>"New token"
                </button>
            </div>
            <Show when=move || is_making.get()><Make is_making made reload/></Show>
            {move || made.get().map(|text| view! {
                <div class="mx-4 mb-3 rounded-box border border-line bg-chg p-3" role="status">
                    <p class="text-xs">"This is the token. Put it where the program finds it now: it is not shown again. It is sent as "<code class="font-mono">"Authorization: Bearer"</code>"."</p>
                    <code class="block mt-1.5 font-mono text-xs break-all select-all" data-testid="token">{text}</code>
                </div>
            })}
            <Show when=has_any fallback=|| view! { <p class="px-4 pb-3 text-xs text-muted">"There are none. A token lets a program read, or read and write, as you."</p> }>
                <div class="overflow-x-auto" tabindex="0" role="group" aria-label="Tokens">
                    <table class="hf-grid">
                        <thead>
                            <tr>
                                <th scope="col" class="pl-4!">"Name"</th>
                                <th scope="col">"Starts with"</th>
                                <th scope="col">"May"</th>
                                <th scope="col">"Last used"</th>
                                <th scope="col">"Ends"</th>
                                <th scope="col" class="pr-4!"><span class="sr-only">"Revoke"</span></th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || tokens.get() key=|token| token.clone() let:token><Row token reload/></For>
                        </tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Make(
    is_making: RwSignal<bool>,
    made: RwSignal<Option<String>>,
    reload: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let may_write = RwSignal::new(false);
    let days = RwSignal::new(90_u32);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let (name, days) = (name.get_untracked(), days.get_untracked());
            match make_token(name, may_write.get_untracked(), days).await {
                Ok(text) => {
                    made.set(Some(text));
                    is_making.set(false);
                    reload.run(());
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    let choose = move |event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            days.set(chosen);
        }
    };
    let options = DAYS.map(|one| {
        view! { <option value=one.to_string() selected=one == 90>{format!("{one} days")}</option> }
    });
    view! {
        <form class="px-4 pb-3 flex flex-wrap items-end gap-3" aria-label="New token" on:submit=submit>
            <label class="block">
                <span class="block text-xs font-medium mb-1">"Name"</span>
                <input class="input input-sm w-56" required maxlength="80" on:input=move |event| name.set(event_target_value(&event))/>
            </label>
            <label class="block">
                <span class="block text-xs font-medium mb-1">"Ends after"</span>
                <select class="select select-sm w-32" on:change=choose>{options}</select>
            </label>
            <label class="flex items-center gap-2 text-xs h-8">
                <input
                    type="checkbox" class="checkbox checkbox-xs checkbox-primary"
                    on:change=move |event| may_write.set(event_target_checked(&event))
                />
                "May write, too"
            </label>
            <button class="btn btn-sm btn-primary">"Make token"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Row(token: TokenRow, reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let TokenRow {
        id,
        name,
        starts,
        may_write,
        used,
        ends,
        ends_soon,
    } = token;
    let label = format!("Revoke {name}");
    let revoke = move |_| {
        let id = id.clone();
        spawn_local(async move {
            match revoke_token(id).await {
                Ok(()) => toasts.say("Revoked. It is refused from now on."),
                Err(error) => toasts.error(error.to_string()),
            }
            reload.run(());
        });
    };
    let ends_class = if ends_soon {
        "tabular-nums text-warn-text font-medium"
    } else {
        "tabular-nums"
    };
    view! {
        <tr>
            <td class="pl-4! font-medium">{name}</td>
            <td class="font-mono text-2xs">{starts}</td>
            <td>{if may_write { "read, write" } else { "read" }}</td>
            <td class="tabular-nums">{used}</td>
            <td class=ends_class>{ends}</td>
            <td class="text-right pr-4!"><button class="btn btn-xs max-md:btn-sm btn-ghost text-err-text" aria-label=label on:click=revoke>"Revoke"</button></td>
        </tr>
    }
    .into_any()
}
