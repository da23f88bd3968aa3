//! The route: the list of files, or one of them open.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{LazyRoute, components::A, hooks::use_params_map, lazy_route};
use workbench::configurations::Opened;

use super::{
    desk::Desk,
    list::List,
    server::{Shown, open_configuration, show_configuration},
    work::Work,
};
use crate::{
    AppError,
    components::{
        alive::mark_alive,
        icon::Icon,
        live::{Live, Problem},
        toasts::use_toasts,
    },
};

/// The route: `/configurations`, `/configurations/protocol.yaml`.
pub(crate) struct ConfigurationsPage;

#[lazy_route]
impl LazyRoute for ConfigurationsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Page/> }.into_any()
    }
}

#[component]
fn Page() -> impl IntoView {
    mark_alive();
    let map = use_params_map();
    let name = Memo::new(move |_| {
        map.with(|map| map.get("name"))
            .filter(|name| !name.is_empty())
    });
    move || match name.get() {
        Some(name) => {
            let title = name.clone();
            view! { <Title text=title/> <File name/> }.into_any()
        }
        None => view! { <Title text="Configurations"/> <List/> }.into_any(),
    }
}

/// One file: its text as the server rendered it, then the desk.
#[component]
fn File(name: String) -> impl IntoView {
    let asked = name.clone();
    let still = Memo::new(|_| 0_u32);
    let shown = Live::new(still, move |_| show_configuration(asked.clone()));
    let opened = RwSignal::new(None::<Result<Opened, AppError>>);
    let toasts = use_toasts();
    // In the browser only: who reads the page with a program edits nothing.
    let file = name.clone();
    Effect::new(move |_| {
        let file = file.clone();
        spawn_local(async move {
            let answer = open_configuration(file).await;
            opened.try_set(Some(answer));
        });
    });
    let title = name.clone();
    view! {
        <div class="relative flex min-h-0 min-w-0 flex-1">
            {shown.show(move || {
                let title = title.clone();
                let text = move || shown.good.with(|shown| shown.as_ref().map(|shown| shown.text.clone()).unwrap_or_default());
                let desk = move || opened.get().map(|answer| match (answer, shown.good.get_untracked()) {
                    (Ok(opened), Some(Shown { me, may_override, .. })) => {
                        view! { <Desk work=Work::new(opened, me, may_override, toasts)/> }.into_any()
                    }
                    (Err(error), _) => view! { <Problem error/> }.into_any(),
                    _ => ().into_any(),
                });
                let is_plain = move || opened.with(Option::is_none);
                view! {
                    <Show when=is_plain>
                        <section class="flex-1 min-w-0 min-h-0 flex flex-col bg-base-100" aria-label="File">
                            <div class="hf-bar"><h1 class="font-semibold truncate">{title.clone()}</h1></div>
                            <pre class="hf-code flex-1 overflow-auto p-3" tabindex="0" role="region" aria-label="Text">{text}</pre>
                        </section>
                    </Show>
                    {desk}
                }
                .into_any()
            })}
            <Show when=move || shown.problem.with(Option::is_some)>
                <p class="p-6"><A href="/configurations" attr:class="btn btn-sm"><Icon name="chevron-left" small=true/>"All configurations"</A></p>
            </Show>
        </div>
    }
    .into_any()
}
