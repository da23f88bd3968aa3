//! Queries kept under a name: saved, taken up again, taken home as a file, deleted with a way back.

use leptos::{html, prelude::*};
use workbench::query::{MAX_SAVED, MergeSpec, SavedQuery};

use super::{dom, import::Import, state::Query};
use crate::components::{
    icon::Icon,
    popup::{self, Popup, opens},
    toasts::{Toasts, use_toasts},
};
use crate::sharing::{Share, SharedQueries, Thing};

const PANEL: &str = "hf-saved";
/// Longest name.
const MAX_NAME: usize = 80;

/// The button and its panel.
#[component]
pub(super) fn Saved(query: Query) -> impl IntoView {
    let toasts = use_toasts();
    let file = FileForm::default();
    view! {
        <button type="button" class="btn btn-sm max-md:btn-ghost max-md:btn-square max-md:size-10" aria-label="Save query" popovertarget=PANEL on:click=opens(PANEL)>
            <Icon name="bookmark" small=true/>
            <span class="max-md:hidden">"Save query"</span>
        </button>
        <Popup id=PANEL label="Saved queries" class="w-76 max-w-[calc(100vw-1rem)]">
            <SaveForm query/>
            <List query file/>
            <SharedQueries load=Callback::new(move |saved: SavedQuery| {
                take_up(query, toasts, saved.spec, saved.name);
            })/>
            <Import query/>
            {file.view()}
        </Popup>
    }
    .into_any()
}

#[component]
fn SaveForm(query: Query) -> impl IntoView {
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let notes = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted: String = name.get_untracked().trim().chars().take(MAX_NAME).collect();
        if wanted.is_empty() {
            problem.set(Some("Give it a name first.".into()));
            return;
        }
        if query.saved.get_untracked().len() >= MAX_SAVED {
            let full = "There are too many saved queries. Delete one first.";
            problem.set(Some(full.into()));
            return;
        }
        let now = dom::now_ms();
        let saved = SavedQuery {
            id: ["q", &now.to_string()].concat(),
            name: wanted.clone(),
            notes: notes.get_untracked().trim().to_owned(),
            spec: untrack(|| query.spec()),
            saved_at: now,
        };
        query.saved.update(|list| list.insert(0, saved));
        name.set(String::new());
        notes.set(String::new());
        problem.set(None);
        popup::hide(PANEL);
        toasts.say(["Query saved as ", &wanted].concat());
    };
    view! {
        <form class="p-2 border-b border-line flex flex-col gap-2" on:submit=save>
            <input
                class="input input-sm w-full" placeholder="Name" aria-label="Name of the query" maxlength="80"
                aria-describedby="hf-save-problem"
                prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event))
            />
            <textarea
                class="textarea w-full min-h-14 text-xs" placeholder="Notes" aria-label="Notes" maxlength="1000" rows="2"
                prop:value=move || notes.get() on:input=move |event| notes.set(event_target_value(&event))
            ></textarea>
            <p id="hf-save-problem" class="text-2xs text-err-text" role="alert">{move || problem.get()}</p>
            <button class="btn btn-sm btn-primary">"Save"</button>
        </form>
    }
    .into_any()
}

/// The form that the server answers with a saved query's file. It is filled when it is sent: the queries themselves
/// stay out of the page.
#[derive(Clone, Copy, Default)]
struct FileForm {
    query: NodeRef<html::Input>,
    name: NodeRef<html::Input>,
    notes: NodeRef<html::Input>,
}

impl FileForm {
    const ID: &'static str = "hf-saved-file";

    fn fill(self, saved: &SavedQuery) {
        let query = serde_json::to_string(&saved.spec).unwrap_or_default();
        let fields = [
            (self.query, &query),
            (self.name, &saved.name),
            (self.notes, &saved.notes),
        ];
        for (field, value) in fields {
            if let Some(field) = field.get_untracked() {
                field.set_value(value);
            }
        }
    }

    fn view(self) -> impl IntoView {
        view! {
            <form id=Self::ID method="post" action="/query/parameters.toml" hidden>
                <input type="hidden" name="query" node_ref=self.query/>
                <input type="hidden" name="name" node_ref=self.name/>
                <input type="hidden" name="notes" node_ref=self.notes/>
            </form>
        }
    }
}

#[component]
fn List(query: Query, file: FileForm) -> impl IntoView {
    move || {
        let saved = query.saved.get();
        if saved.is_empty() {
            return view! { <p class="p-3 text-muted">"No query is saved yet."</p> }.into_any();
        }
        let entries = saved
            .into_iter()
            .map(|saved| view! { <Entry query saved file/> })
            .collect_view();
        view! { <ul class="p-1 max-h-72 overflow-auto">{entries}</ul> }.into_any()
    }
}

#[component]
fn Entry(query: Query, saved: SavedQuery, file: FileForm) -> impl IntoView {
    let toasts = use_toasts();
    let kept = query.saved;
    let SavedQuery {
        id,
        name,
        notes,
        spec,
        saved_at,
    } = saved.clone();
    let day = move || query.is_alive.get().then(|| dom::day(saved_at));
    let is_current = Memo::new({
        let spec = spec.clone();
        move |_| {
            query.filters.with(|filters| *filters == spec.filters)
                && query.shape.get() == spec.shape
                && query.selection_in_force() == spec.selection
        }
    });
    let load_name = name.clone();
    let load = move |_| take_up(query, toasts, spec.clone(), load_name.clone());
    let thing = Thing::Query(id.clone());
    let sent = saved.clone();
    let deleted = saved.clone();
    let delete = move |_| {
        kept.update(|list| list.retain(|saved| saved.id != id));
        let deleted = deleted.clone();
        toasts.offer([&deleted.name, " is deleted"].concat(), "Undo", move || {
            let back = deleted.clone();
            kept.update(|list| {
                if list.iter().all(|saved| saved.id != back.id) {
                    list.push(back);
                    list.sort_by_key(|saved| std::cmp::Reverse(saved.saved_at));
                }
            });
        });
    };
    let tone = move || {
        if is_current.get() {
            "flex items-center rounded-selector bg-soft"
        } else {
            "flex items-center rounded-selector hover:bg-hover"
        }
    };
    view! {
        <li class=tone>
            <button type="button" class="flex-1 min-w-0 px-2 py-1.5 text-left" on:click=load>
                <span class="block font-medium text-sm truncate">{name.clone()}</span>
                <span class="flex text-2xs text-muted">
                    <span class="truncate">{notes}</span>
                    <span class="ml-auto pl-2 num whitespace-nowrap">{day}</span>
                </span>
            </button>
            <button form=FileForm::ID class="btn btn-xs btn-ghost btn-square" aria-label=["Export ", &name, " as TOML"].concat() on:click=move |_| file.fill(&sent)>
                <Icon name="download" small=true/>
            </button>
            <Share thing title=name.clone()/>
            <button type="button" class="btn btn-xs btn-ghost btn-square mr-1" aria-label=["Delete ", &name].concat() on:click=delete>
                <Icon name="trash-2" small=true/>
            </button>
        </li>
    }
    .into_any()
}

/// Makes this the query, with the way back.
pub(super) fn take_up(query: Query, toasts: Toasts, spec: MergeSpec, name: String) {
    let before = untrack(|| query.spec());
    put(query, spec);
    popup::hide(PANEL);
    let text = ["The query is now ", &name].concat();
    toasts.offer(text, "Undo", move || put(query, before.clone()));
}

/// Makes this the query.
fn put(query: Query, spec: MergeSpec) {
    query.filters.set(spec.filters);
    query.selection.set(Some(spec.selection));
    query.shape.set(spec.shape);
    query.consolidate.set(spec.consolidate_baseline);
}
