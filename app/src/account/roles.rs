//! What a role may do: the table that the server decides by, in words.

use leptos::prelude::*;

use crate::{
    components::icon::Icon,
    people::{ROWS, Role},
};

/// The table.
#[component]
pub(super) fn Roles() -> impl IntoView {
    let heads = Role::ALL.map(|role| {
        view! { <th scope="col" class="text-center! capitalize">{role.word()}</th> }
    });
    let rows = ROWS.iter().map(|row| {
        let cells = Role::ALL.map(|role| {
            let may = role >= row.least;
            let cell = match may {
                true => view! { <span class="text-ok-text inline-flex"><Icon name="check" small=true/><span class="sr-only">"yes"</span></span> }.into_any(),
                false => view! { <span class="hf-na" aria-hidden="true">"–"</span><span class="sr-only">"no"</span> }.into_any(),
            };
            view! { <td class="text-center">{cell}</td> }
        });
        view! { <tr><th scope="row" class="pl-4! py-1.5! font-normal text-left text-xs border-b border-line">{row.words}</th>{cells}</tr> }
    });
    view! {
        <div class="overflow-x-auto border-t border-line mt-1" tabindex="0" role="group" aria-label="Roles">
            <table class="hf-grid tight">
                <thead><tr><th scope="col" class="pl-4!">"What a role may do"</th>{heads}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
