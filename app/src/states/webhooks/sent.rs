//! What was sent to an endpoint lately, and what was given up.

use leptos::{prelude::*, task::spawn_local};

use super::server::{GivenUp, Sent, replay_webhook, settle_given_up};
use crate::components::{format::plural, toasts::use_toasts};

/// The last attempts, newest first, each with a way to send it again.
#[component]
pub(super) fn Attempts(id: String, sent: Vec<Sent>) -> impl IntoView {
    let toasts = use_toasts();
    let is_empty = sent.is_empty();
    let count = plural(sent.len() as u64, "attempt", "attempts");
    let row = move |sent: Sent| {
        let revision = sent.revision;
        let id = id.clone();
        let again = move |_| {
            let id = id.clone();
            spawn_local(async move {
                match replay_webhook(id, revision, revision).await {
                    Ok(()) => toasts.say("Sent again."),
                    Err(error) => toasts.error(error.to_string()),
                }
            });
        };
        let is_good = sent
            .status
            .is_some_and(|status| (200..300).contains(&status));
        let (tone, word) = match is_good {
            true => ("bg-success", "delivered"),
            false => ("bg-warning", "failed"),
        };
        let answer = match sent.status {
            Some(status) => format!("{status} in {} ms", sent.millis),
            None => sent.answer.clone(),
        };
        view! {
            <tr>
                <td class="pl-0! num">{sent.revision}</td>
                <td><span class="inline-flex items-center gap-1.5"><i class=format!("hf-dot {tone}")></i>{word}</span></td>
                <td class="num">{sent.attempt}</td>
                <td class="text-muted max-w-60 truncate" title=sent.answer>{answer}</td>
                <td class="num text-faint">{sent.at}</td>
                <td class="text-right pr-0!"><button class="btn btn-xs" on:click=again>"Replay"</button></td>
            </tr>
        }
    };
    view! {
        <section aria-label="Deliveries">
            <div class="flex items-center mb-1"><h3 class="font-semibold">"Deliveries"</h3><span class="text-xs text-muted ml-2 num" data-testid="webhook-attempts">{count}</span></div>
            {match is_empty {
                true => view! { <p class="text-muted">"Nothing was sent yet. The next change it hears of is sent within moments."</p> }.into_any(),
                false => view! {
                    <div class="overflow-x-auto" tabindex="0" role="region" aria-label="Attempts">
                        <table class="hf-grid tight tall">
                            <thead><tr><th class="pl-0! num">"Place"</th><th>"Outcome"</th><th class="num">"Try"</th><th>"Answer"</th><th class="num">"When (UTC)"</th><th class="pr-0!"><span class="sr-only">"Actions"</span></th></tr></thead>
                            <tbody>{sent.into_iter().map(row).collect_view()}</tbody>
                        </table>
                    </div>
                }
                .into_any(),
            }}
        </section>
    }
    .into_any()
}

/// Messages that were given up after the last try; nothing when there are none.
#[component]
pub(super) fn GivenUpMessages(id: String, given_up: Vec<GivenUp>) -> impl IntoView {
    let toasts = use_toasts();
    if given_up.is_empty() {
        return ().into_any();
    }
    let row = move |letter: GivenUp| {
        let revision = letter.revision;
        let id = id.clone();
        let settle = move |is_again: bool| {
            let id = id.clone();
            move |_| {
                let id = id.clone();
                spawn_local(async move {
                    if let Err(error) = settle_given_up(id, revision, is_again).await {
                        toasts.error(error.to_string());
                    }
                });
            }
        };
        let what = format!("{} of {}", letter.transition, letter.state);
        let tries = plural(letter.attempts.into(), "try", "tries");
        view! {
            <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 border-b border-line">
                <span class="num">{letter.revision}</span>
                <span class="truncate max-w-64" title=what.clone()>{what.clone()}</span>
                <span class="text-muted text-xs">{tries} ", " {letter.why}</span>
                <span class="flex-1"></span>
                <button class="btn btn-xs" on:click=settle(true)>"Try again"</button>
                <button class="btn btn-xs btn-ghost" on:click=settle(false)>"Discard"</button>
            </li>
        }
    };
    view! {
        <section aria-label="Given up">
            <h3 class="font-semibold mb-1">"Given up"</h3>
            <ul>{given_up.into_iter().map(row).collect_view()}</ul>
        </section>
    }
    .into_any()
}
