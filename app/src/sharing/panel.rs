//! The Share button beside something of one's own, and the dialog behind it: whom it is for, and who has it.

use std::time::Duration;

use leptos::{
    ev::SubmitEvent,
    html,
    prelude::{With as _, *},
    task::spawn_local,
};

use super::{
    Thing, With,
    heard::use_shares,
    server::{PersonRow, ShareRow, find_people, get_shares, share_thing, take_back},
};
use crate::{account::use_me, components::icon::Icon, people::Role};

/// Quiet time before somebody is looked for.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// The button; nothing for who may not share.
#[component]
pub(crate) fn Share(
    /// What is shared.
    thing: Thing,
    /// What people call it.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let me = use_me().0;
    let may =
        Memo::new(move |_| me.with(|me| me.as_ref().is_some_and(|me| me.role >= Role::Analyst)));
    let is_open = RwSignal::new(false);
    let of = StoredValue::new((thing, title));
    let label = move || of.with_value(|(_, title)| ["Share ", title].concat());
    let dialog = move || {
        let (thing, title) = of.get_value();
        view! { <Dialog thing title is_open/> }
    };
    view! {
        <Show when=move || may.get()>
            <button type="button" class="btn btn-xs btn-ghost btn-square max-md:btn-sm" aria-label=label title="Share" on:click=move |_| is_open.set(true)>
                <Icon name="share-2" small=true/>
            </button>
            <Show when=move || is_open.get()>{dialog}</Show>
        </Show>
    }
    .into_any()
}

/// What the dialog knows. Copies share one.
#[derive(Clone, Copy)]
struct Sharing {
    thing: StoredValue<Thing>,
    /// Who has it; `None` before the first answer.
    rows: RwSignal<Option<Vec<ShareRow>>>,
    may_copy: RwSignal<bool>,
    /// What was done last.
    said: RwSignal<String>,
    problem: RwSignal<Option<String>>,
}

impl Sharing {
    fn new(thing: Thing) -> Self {
        Self {
            thing: StoredValue::new(thing),
            rows: RwSignal::new(None),
            may_copy: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            problem: RwSignal::new(None),
        }
    }

    fn reload(self) {
        spawn_local(async move {
            match get_shares(self.thing.get_value()).await {
                Ok(rows) => drop(self.rows.try_set(Some(rows))),
                Err(error) => drop(self.problem.try_set(Some(error.to_string()))),
            }
        });
    }

    fn give(self, with: With, name: String) {
        let may_copy = self.may_copy.get_untracked();
        spawn_local(async move {
            match share_thing(self.thing.get_value(), with, may_copy).await {
                Ok(()) => self.did(["Shared with ", &name, "."].concat()),
                Err(error) => drop(self.problem.try_set(Some(error.to_string()))),
            }
        });
    }

    fn end(self, id: String, name: String) {
        spawn_local(async move {
            match take_back(id).await {
                Ok(()) => self.did(["Taken back from ", &name, "."].concat()),
                Err(error) => drop(self.problem.try_set(Some(error.to_string()))),
            }
        });
    }

    fn did(self, what: String) {
        self.problem.try_set(None);
        self.said.try_set(what);
        self.reload();
    }
}

#[component]
fn Dialog(thing: Thing, title: String, is_open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let sharing = Sharing::new(thing);
    let heard = use_shares();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            drop(dialog.show_modal());
        }
    });
    Effect::new(move |_| {
        heard.count();
        sharing.reload();
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get() {
            dialog.close();
        }
    };
    let label = ["Share ", &title].concat();
    let heading = label.clone();
    let all = move |_| sharing.give(With::Everybody, "everybody here".to_owned());
    let is_checked = move |event| sharing.may_copy.set(event_target_checked(&event));
    view! {
        <dialog node_ref=dialog class="hf-pop m-auto p-5 w-112 max-w-[calc(100vw-1rem)] text-sm text-left font-normal text-base-content" aria-label=label on:close=move |_| is_open.set(false)>
            <h2 class="font-semibold truncate">{heading}</h2>
            <p class="mt-1 text-xs text-muted">"Others see it as it is now and as you change it, marked with your name. They change nothing of yours. Take it back and it is gone for them at once."</p>
            <label class="mt-3 flex items-center gap-2 text-xs min-h-6">
                <input type="checkbox" class="checkbox checkbox-xs checkbox-primary" prop:checked=move || sharing.may_copy.get() on:change=is_checked/>
                <span>"They may keep a copy, which stays theirs"</span>
            </label>
            <Find sharing/>
            <p class="mt-2"><button type="button" class="btn btn-sm w-full" on:click=all>"Share with everybody here"</button></p>
            <p class="mt-2 text-xs text-ok-text" role="status">{move || sharing.said.get()}</p>
            <p class="text-xs text-err-text" role="alert">{move || sharing.problem.get()}</p>
            <Holders sharing/>
            <p class="mt-4 text-right"><button type="button" class="btn btn-sm" on:click=close>"Close"</button></p>
        </dialog>
    }
    .into_any()
}

/// Somebody is looked for as one types.
#[component]
fn Find(sharing: Sharing) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<PersonRow>>);
    // The number of the last key that was pressed: earlier ones no longer count.
    let typed = StoredValue::new(0_u32);
    let look = move || {
        let (wanted, this) = (text.get_untracked(), typed.get_value());
        spawn_local(async move {
            let answer = find_people(wanted).await;
            if typed.try_get_value() == Some(this) {
                match answer {
                    Ok(people) => found.set(Some(people)),
                    Err(error) => sharing.problem.set(Some(error.to_string())),
                }
            }
        });
    };
    let type_in = move |event| {
        text.set(event_target_value(&event));
        let this = typed.get_value().wrapping_add(1);
        typed.set_value(this);
        if text.with_untracked(|text| text.trim().chars().count() < 2) {
            found.set(None);
            return;
        }
        let later = move || {
            if typed.try_get_value() == Some(this) {
                look();
            }
        };
        set_timeout(later, DEBOUNCE);
    };
    let submit = move |event: SubmitEvent| event.prevent_default();
    let people = move || {
        let rows = found.get()?;
        let none = rows.is_empty().then(
            || view! { <li class="text-xs text-muted py-1">"Nobody here is called so."</li> },
        );
        let rows = rows.into_iter().map(move |person| {
            let name = person.name.clone();
            let label = ["Share with ", &name].concat();
            let give = move |_| {
                sharing.give(With::Person(person.id.clone()), person.name.clone());
                text.set(String::new());
                found.set(None);
            };
            view! {
                <li class="flex items-center gap-2 min-h-9">
                    <span class="font-medium truncate">{name}</span>
                    <span class="text-xs text-muted truncate">{person.mail}</span>
                    <button type="button" class="btn btn-xs max-md:btn-sm ml-auto" aria-label=label on:click=give>"Share"</button>
                </li>
            }
        });
        Some(view! { <ul class="mt-1" aria-label="People found">{none}{rows.collect_view()}</ul> })
    };
    view! {
        <form class="mt-3" role="search" aria-label="People" on:submit=submit>
            <label class="block"><span class="block text-xs font-medium mb-1">"Name, or whole email address"</span>
                <input type="search" class="input input-sm w-full" autocomplete="off" spellcheck="false" maxlength="256" prop:value=move || text.get() on:input=type_in/>
            </label>
        </form>
        {people}
    }
    .into_any()
}

/// Who has it, and the way to take it back.
#[component]
fn Holders(sharing: Sharing) -> impl IntoView {
    let rows = move || {
        let rows = sharing.rows.get()?;
        if rows.is_empty() {
            return Some(view! { <p class="text-xs text-muted">"Nobody yet."</p> }.into_any());
        }
        let rows = rows.into_iter().map(move |row| {
            let name = row.name.unwrap_or_else(|| "everybody here".to_owned());
            let what = if row.may_copy { "may copy" } else { "reads" };
            let label = ["Take back from ", &name].concat();
            let shown = name.clone();
            let end = move |_| sharing.end(row.id.clone(), name.clone());
            view! {
                <li class="flex items-center gap-2 min-h-9">
                    <span class="font-medium truncate">{shown}</span>
                    <span class="hf-chip h-4.5!">{what}</span>
                    <button type="button" class="btn btn-xs max-md:btn-sm ml-auto" aria-label=label on:click=end>"Take back"</button>
                </li>
            }
        });
        Some(view! { <ul aria-label="Who has it">{rows.collect_view()}</ul> }.into_any())
    };
    view! {
        <h3 class="mt-3 text-xs font-semibold">"Who has it"</h3>
        {rows}
    }
    .into_any()
}
