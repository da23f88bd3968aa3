//! What a run was made of: everything that tells how it came to be, and its protocol.

use leptos::prelude::*;

use super::{head::protocol, server::Opened};
use crate::components::format;

/// The facts and the protocol as it was.
#[component]
pub(super) fn About(run: Opened) -> impl IntoView {
    let row = run.row;
    view! {
        <div class="p-4 flex flex-col gap-4 min-w-0">
            <section class="max-w-xl" aria-label="What it was made of">
                <h2 class="font-semibold mb-2">"What it was made of"</h2>
                <dl class="hf-kv">
                    <dt>"Protocol"</dt><dd>{protocol(&row.protocol, &row.protocol_version)}</dd>
                    <dt>"Scheduling"</dt><dd>{run.model.replace('_', " ")}</dd>
                    <dt>"Patients ordered"</dt><dd>{format::count(row.patients.into())}</dd>
                    <dt>"Years"</dt><dd>{format::number(row.years, 2)}</dd>
                    <dt>"Follow-up"</dt><dd>{run.recruitment.follow_up()}</dd>
                    <dt>"First day"</dt><dd>{run.start_date}</dd>
                    <dt>"Seed"</dt><dd>{run.seed.to_string()}</dd>
                    <dt>"Size"</dt><dd>{row.bytes.map_or_else(|| "–".to_owned(), format::bytes)}</dd>
                    <dt>"Ordered"</dt><dd>{run.created_at}" UTC"</dd>
                    <dt>"Engine"</dt><dd>{run.engine}</dd>
                    <dt>"Protocol's SHA-256"</dt><dd class="truncate font-mono text-2xs" title=run.protocol_checksum.clone()>{run.protocol_checksum.clone()}</dd>
                </dl>
            </section>
            {(!run.protocol_text.is_empty()).then(|| view! {
                <section class="min-w-0" aria-label="The protocol, as it was">
                    <h2 class="font-semibold mb-2">"The protocol, as it was"</h2>
                    <div class="hf-card overflow-x-auto" tabindex="0" role="group" aria-label="Protocol"><pre class="hf-code p-3">{run.protocol_text}</pre></div>
                </section>
            })}
        </div>
    }
    .into_any()
}
