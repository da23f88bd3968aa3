//! How one version of a state fared at the webhooks that hear of it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{
    server::Which,
    webhooks::server::{Fared, deliveries_of_version, replay_webhook},
};
use crate::components::{live::Live, ticks::use_ticks, toasts::use_toasts};

/// Deliveries are no changes of a state: they are asked for this often while the state is open.
const ASK_EVERY: Duration = Duration::from_secs(3);

/// Nothing where no webhook heard of it.
#[component]
pub(super) fn DeliveriesOf(which: Which, version: u64) -> impl IntoView {
    if which.is_shared {
        return ().into_any();
    }
    let ticks = use_ticks(ASK_EVERY);
    let id = which.id;
    let fared = Live::new(Memo::new(move |_| ticks.get()), move |_| {
        deliveries_of_version(id.clone(), version)
    });
    let rows = move || {
        let fared = fared.good.get().filter(|fared| !fared.is_empty())?;
        Some(view! { <Table fared version/> })
    };
    fared.show(move || rows.into_any())
}

#[component]
fn Table(fared: Vec<Fared>, version: u64) -> impl IntoView {
    let toasts = use_toasts();
    let row = move |fared: Fared| {
        let Fared {
            hook,
            name,
            revision,
            outcome,
            answer,
        } = fared;
        let again = move |_| {
            let hook = hook.clone();
            spawn_local(async move {
                match replay_webhook(hook, revision, revision).await {
                    Ok(()) => toasts.say("Sent again."),
                    Err(error) => toasts.error(error.to_string()),
                }
            });
        };
        let tone = match outcome.as_str() {
            "delivered" => "hf-dot bg-success",
            "given up" => "hf-dot bg-error",
            _ => "hf-dot bg-warning",
        };
        view! {
            <tr>
                <td class="pl-0!">{name}</td>
                <td><span class="inline-flex items-center gap-1.5"><i class=tone></i>{outcome}</span></td>
                <td class="num text-muted max-w-60 truncate">{answer}</td>
                <td class="text-right pr-0!"><button class="btn btn-xs" on:click=again>"Replay"</button></td>
            </tr>
        }
    };
    view! {
        <div>
            <h3 class="font-semibold mt-2 mb-1">{format!("Deliveries of v{version}")}</h3>
            <table class="hf-grid tight tall" aria-label="Deliveries"><tbody>{fared.into_iter().map(row).collect_view()}</tbody></table>
        </div>
    }
    .into_any()
}
