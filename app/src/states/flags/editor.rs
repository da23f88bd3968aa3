//! One flag: on or off, for how many, for whom.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::server::{Flag, Rules, change_flag, switch_flag};
use crate::{
    components::{icon::Icon, toasts::use_toasts},
    states::{place::Place, server::Wanted, words::chip},
};

/// The card.
#[component]
pub(super) fn Editor(
    flag: Flag,
    may_change: bool,
    /// How rules name the person who looks.
    me: String,
    /// Asks for all flags again.
    reload: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let Flag {
        id,
        title,
        about,
        status,
        version,
        rules,
        is_mine,
    } = flag;
    let is_on = status == "enabled";
    let history = Place {
        wanted: Wanted {
            is_shared: true,
            ..Wanted::default()
        },
        open: Some(id.clone()),
    };
    let done = move |outcome: Result<(), crate::AppError>| {
        if let Err(error) = outcome {
            toasts.error(error.to_string());
        }
        reload.run(());
    };
    let switched = id.clone();
    let switch = move |_| {
        let id = switched.clone();
        spawn_local(async move { done(switch_flag(id, !is_on, version).await) });
    };
    let save = Callback::new(move |rules: Rules| {
        let id = id.clone();
        spawn_local(async move {
            let outcome = change_flag(id, rules, version).await;
            if outcome.is_ok() {
                toasts.say("Saved. Open pages follow within a second.");
            }
            done(outcome);
        });
    });
    let label = title.clone();
    view! {
        <li class="hf-card p-4 flex flex-col gap-3">
            <div class="flex items-start gap-3">
                <div class="flex-1 min-w-0">
                    <div class="flex flex-wrap items-center gap-2">
                        <h2 class="font-semibold">{title}</h2>
                        <span class=chip(&status)>{status.clone()}</span>
                        <A href=history.address() attr:class="hf-chip h-5.5! font-mono" attr:title="Its history">{format!("v{version}")}</A>
                        <span class="text-xs text-muted">{if is_mine { "on for you" } else { "off for you" }}</span>
                    </div>
                    <p class="text-xs text-muted mt-1">{about}</p>
                </div>
                <input
                    type="checkbox" role="switch" class="toggle toggle-sm toggle-primary" aria-label=format!("{label} is on")
                    checked=is_on prop:checked=is_on disabled=!may_change on:change=switch
                />
            </div>
            <RulesForm rules may_change me save name=label/>
        </li>
    }
    .into_any()
}

/// Percentage and names.
#[component]
fn RulesForm(
    rules: Rules,
    may_change: bool,
    me: String,
    save: Callback<Rules>,
    name: String,
) -> impl IntoView {
    let toasts = use_toasts();
    let percentage = RwSignal::new(rules.percentage.to_string());
    let (on, off) = (
        RwSignal::new(rules.on.join("\n")),
        RwSignal::new(rules.off.join("\n")),
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Ok(percentage) = percentage.get_untracked().trim().parse::<f64>() else {
            toasts.error("The percentage is a number from 0 to 100.");
            return;
        };
        save.run(Rules {
            percentage,
            on: names(&on.get_untracked()),
            off: names(&off.get_untracked()),
        });
    };
    let add_me = move |to: RwSignal<String>, other: RwSignal<String>| {
        let me = me.clone();
        move |_| {
            let without = |text: &str| {
                let mut kept = names(text);
                kept.retain(|name| *name != me);
                kept
            };
            other.update(|text| *text = without(text).join("\n"));
            to.update(|text| {
                let mut kept = without(text);
                kept.push(me.clone());
                *text = kept.join("\n");
            });
        }
    };
    let area = move |label: &'static str, text: RwSignal<String>| {
        view! {
            <textarea
                class="textarea textarea-sm w-full font-mono text-xs h-18" rows="3" spellcheck="false" disabled=!may_change
                aria-label=label prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
        }
    };
    let buttons = may_change.then(|| {
        view! {
            <div class="flex flex-wrap items-center gap-1.5">
                <button class="btn btn-sm btn-primary">"Save rules"</button>
                <button type="button" class="btn btn-sm" on:click=add_me.clone()(on, off)><Icon name="plus" small=true/>"On for me"</button>
                <button type="button" class="btn btn-sm" on:click=add_me(off, on)><Icon name="x" small=true/>"Off for me"</button>
            </div>
        }
    });
    view! {
        <form class="flex flex-col gap-2" aria-label=format!("Rules of {name}") on:submit=submit>
            <label class="flex items-center gap-2">
                <span class="flex-1">"Of those who are not named below, so many in a hundred"</span>
                <input
                    class="input input-sm w-20 num" inputmode="decimal" aria-label="Percentage" disabled=!may_change
                    prop:value=move || percentage.get() on:input=move |event| percentage.set(event_target_value(&event))
                />
                <span class="text-muted">"%"</span>
            </label>
            <div class="grid sm:grid-cols-2 gap-3">
                <div><span class="text-xs text-muted">"Always on for (one a line)"</span>{area("Always on for", on)}</div>
                <div><span class="text-xs text-muted">"Never on for (one a line)"</span>{area("Never on for", off)}</div>
            </div>
            {buttons}
        </form>
    }
    .into_any()
}

/// One name a line.
fn names(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}
