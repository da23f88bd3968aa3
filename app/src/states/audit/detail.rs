//! One change: who, when, from where, and what it changed.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    place::{Place, only_by},
    server::{Opened, get_change},
};
use crate::components::{icon::Icon, lines::Lines, live::Live};

/// The open change.
#[component]
pub(super) fn Detail(revision: u64, place: Memo<Place>) -> impl IntoView {
    let change = Live::new(Memo::new(move |_| revision), get_change);
    let back = move || place.with(|place| place.with_open(None).address());
    view! {
        <aside class="hf-insp w-full lg:w-120 shrink-0 flex flex-col min-h-0" aria-label="Change">
            <div class="h-11 shrink-0 flex items-center gap-2 px-4 border-b border-line">
                <h2 class="font-semibold">{format!("Change {revision}")}</h2>
                <span class="flex-1"></span>
                <A href=back attr:class="btn btn-sm btn-ghost btn-square" attr:aria-label="Close"><Icon name="x"/></A>
            </div>
            {change.show(move || view! { {move || change.good.get().map(|change| view! { <Whole change/> })} }.into_any())}
        </aside>
    }
    .into_any()
}

#[component]
fn Whole(change: Opened) -> impl IntoView {
    let Opened {
        row,
        id,
        scope,
        client,
        before,
        after,
        digest,
        removed,
        lines,
    } = change;
    let status = match before {
        Some(before) if before != after => format!("{before} to {after}"),
        _ => after,
    };
    let address = match row.address.is_empty() {
        true => "not over the network".to_owned(),
        false => row.address,
    };
    let content = match removed {
        Some(why) => view! { <p class="text-muted">{why}</p> }.into_any(),
        None => view! {
            <div class="hf-card overflow-x-auto" tabindex="0" role="region" aria-label="What changed" data-testid="change-lines"><Lines lines/></div>
        }
        .into_any(),
    };
    view! {
        <div class="p-4 flex flex-col gap-4 overflow-auto">
            <dl class="hf-kv">
                <dt>"Who"</dt><dd class="truncate"><A href=only_by(&row.actor) attr:class="link" attr:title=row.actor.clone()>{row.who}</A></dd>
                <dt>"From"</dt><dd>{address}</dd>
                <dt>"When"</dt><dd>{row.at} " UTC"</dd>
                <dt>"Did"</dt><dd>{row.did}</dd>
                <dt>"State"</dt><dd class="truncate" title=row.name.clone()>{row.name.clone()}</dd>
                <dt>"Version"</dt><dd>{row.version}</dd>
                <dt>"Kind"</dt><dd>{row.kind}</dd>
                <dt>"Status"</dt><dd>{status}</dd>
                <dt>"Scope"</dt><dd class="truncate" title=scope.clone()>{scope.clone()}</dd>
                <dt>"Id"</dt><dd class="truncate font-mono text-2xs" title=id.clone()>{id.clone()}</dd>
                {client.map(|client| view! { <dt>"Tab or program"</dt><dd class="truncate" title=client.clone()>{client.clone()}</dd> })}
                <dt>"Digest"</dt><dd class="truncate font-mono text-2xs" title=digest.clone()>{digest.clone()}</dd>
            </dl>
            {content}
        </div>
    }
    .into_any()
}
