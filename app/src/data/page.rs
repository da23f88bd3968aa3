//! The Data page: what there is, and how more comes in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};
use workbench::data::StudyView;

use super::{
    card::TableCard,
    drop_zone::{DropZone, FILE_INPUT},
    keys::KeyInspector,
    notices::Questions,
    server::restore_samples,
};
use crate::{
    components::{alive::mark_alive, format, icon::Icon, toasts::use_toasts},
    sharing::SharedData,
    study::use_study,
};

/// The route.
pub(crate) struct DataPage;

#[lazy_route]
impl LazyRoute for DataPage {
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
    let study = use_study();
    let summary = move || study.view.with(summary_of);
    view! {
        <Title text="Data"/>
        <div class="flex flex-col lg:flex-row flex-1 min-w-0 min-h-0 overflow-auto lg:overflow-hidden">
            <section class="flex-1 min-w-0 lg:overflow-auto">
                <div class="p-4 flex flex-col gap-3">
                    <div class="flex flex-wrap items-end gap-3">
                        <div>
                            <h1 class="hf-title">"Data"</h1>
                            <p class="text-muted" data-testid="data-summary">{summary}</p>
                        </div>
                        <span class="flex-1"></span>
                        <SampleButton/>
                        <label class="btn btn-sm btn-primary" for=FILE_INPUT>
                            <Icon name="upload" small=true/>
                            "Add files"
                        </label>
                    </div>
                    <DropZone/>
                    <Questions/>
                    <Cards/>
                    <SharedData/>
                </div>
            </section>
            <KeyInspector/>
        </div>
    }
}

fn summary_of(view: &StudyView) -> String {
    if view.tables.is_empty() {
        return "There is no table yet. Add your files, or look around in the sample study."
            .to_owned();
    }
    let rows: u64 = view.tables.iter().map(|table| table.rows).sum();
    let size: u64 = view.tables.iter().map(|table| table.bytes).sum();
    format!(
        "{}, {}, {}. Source files are read, never rewritten.",
        format::plural(view.tables.len() as u64, "table", "tables"),
        format::plural(rows, "row", "rows"),
        format::bytes(size)
    )
}

/// The tables, in two columns where there is room.
#[component]
fn Cards() -> impl IntoView {
    let study = use_study();
    move || {
        let StudyView { tables, keys, .. } = study.view.get();
        if tables.is_empty() {
            return view! {
                <div class="py-16 text-center text-muted">
                    <Icon name="package-open" class="size-8! mx-auto mb-3 text-faint"/>
                    <p>"Nothing is here yet. Drop files above: they are read once, and stay as they are."</p>
                </div>
            }
            .into_any();
        }
        let cards = tables.into_iter().map(|table| {
            view! { <div class="break-inside-avoid mb-3"><TableCard table keys=keys.clone()/></div> }
        });
        view! { <div class="xl:columns-2 gap-3">{cards.collect_view()}</div> }.into_any()
    }
}

/// Brings the sample study in, where it is not.
#[component]
fn SampleButton() -> impl IntoView {
    let (study, toasts) = (use_study(), use_toasts());
    let is_here = Memo::new(move |_| {
        study
            .view
            .with(|view| view.tables.iter().filter(|t| t.is_sample).count() >= 3)
    });
    let bring = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        leptos::task::spawn_local(async move {
            match restore_samples().await {
                Ok(()) => {
                    toasts
                        .say("The sample study is in: the PBC trial, 312 patients, 1,945 visits.");
                    study.reload();
                }
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <Show when=move || !is_here.get()>
            <form method="post" action="/data/samples" class="contents">
                <button class="btn btn-sm" on:click=bring>
                    <Icon name="database" small=true/>
                    "Bring the sample study in"
                </button>
            </form>
        </Show>
    }
}
