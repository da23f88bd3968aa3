//! What people did to a run, from its order on.

use leptos::prelude::*;

use super::server::{Deed, run_trail};
use crate::{components::live::Live, stores::use_revision};

/// The trail, the newest first.
#[component]
pub(crate) fn Trail(id: Memo<String>) -> impl IntoView {
    let revision = use_revision();
    let key = Memo::new(move |_| (id.get(), revision.get()));
    let deeds = Live::new(key, |(id, _)| run_trail(id));
    view! {
        <section class="p-4 min-w-0" aria-label="Audit trail">
            <h2 class="font-semibold mb-2">"Audit trail"</h2>
            {deeds.show(move || view! { <Deeds deeds=deeds.good/> }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn Deeds(deeds: RwSignal<Option<Vec<Deed>>>) -> impl IntoView {
    let line = |deed: Deed| {
        view! {
            <tr>
                <td class="num">{deed.at}</td>
                <td>{deed.who}</td>
                <td class="whitespace-normal!">{deed.did}</td>
                <td>{deed.status}</td>
                <td class="num font-mono">{format!("v{}", deed.version)}</td>
            </tr>
        }
    };
    view! {
        <div class="overflow-x-auto" tabindex="0" role="group" aria-label="What was done">
            <table class="hf-grid" aria-label="Audit trail">
                <thead><tr>
                    <th scope="col" class="num">"When, UTC"</th><th scope="col">"Who"</th><th scope="col">"What"</th>
                    <th scope="col">"Status then"</th><th scope="col" class="num">"Version"</th>
                </tr></thead>
                <tbody><For each=move || deeds.get().unwrap_or_default() key=|deed| deed.version children=line/></tbody>
            </table>
        </div>
        <p class="mt-2 text-2xs text-muted">"No version is ever erased. Its results are written once, and their checksum is in the run."</p>
    }
    .into_any()
}
