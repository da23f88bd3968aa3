//! One file of the list: where it stands, and what can be done with it.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};
use workbench::configurations::Configuration;

use super::{
    desk::escaped,
    people::Avatars,
    server::{
        Older, copy_configuration, delete_configuration, rename_configuration,
        restore_configuration,
    },
};
use crate::components::{format, icon::Icon, toasts::use_toasts};

/// What a row asks a name for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Copy,
    Rename,
}

/// The row. What it tells changes under a person's hands, as others open and save the file; what the person has begun to
/// type below it does not.
#[component]
pub(super) fn Row(
    name: String,
    files: Memo<BTreeMap<String, Configuration>>,
    now: Memo<i64>,
    reload: Callback<()>,
) -> impl IntoView {
    let asking = RwSignal::new(None::<Asking>);
    let own = name.clone();
    let file = Memo::new(move |_| files.with(|files| files.get(&own).cloned()));
    let version = move || file.with_untracked(|file| file.as_ref().map_or(0, |file| file.version));
    view! {
        {move || file.get().map(|file| view! { <Cells file now=now.get_untracked() asking reload/> })}
        {move || asking.get().map(|what| view! { <NameForm name=name.clone() what version=version() asking reload/> })}
    }
    .into_any()
}

/// Where the file stands.
#[component]
fn Cells(
    file: Configuration,
    now: i64,
    asking: RwSignal<Option<Asking>>,
    reload: Callback<()>,
) -> impl IntoView {
    let Configuration {
        name,
        size,
        modified,
        version,
        saved_by,
        problem,
        editors,
        lock,
        ..
    } = file;
    let address = format!("/configurations/{}", escaped(&name));
    // A plain link: the router takes it all the same, and finds out for none of a thousand whether it is the page itself.
    let people = editors
        .into_iter()
        .map(|editor| editor.person)
        .collect::<Vec<_>>();
    let locked = lock.map(|lock| format!("Locked by {}", lock.person.name));
    let to_delete = name.clone();
    let ask =
        move |what: Asking| move |_| asking.update(|it| *it = (*it != Some(what)).then_some(what));
    let label = name.clone();
    view! {
        <tr>
            <td>
                <span class="flex items-center gap-2 min-w-0">
                    <Icon name="file-text" small=true class="text-faint shrink-0"/>
                    <a href=address class="font-medium truncate hover:underline">{name}</a>
                    {problem.map(|problem| view! { <span class="hf-chip hf-chip-err" title=problem.clone()><Icon name="circle-alert" small=true/>"not valid"<span class="sr-only">{problem.clone()}</span></span> })}
                    {locked.map(|text| view! { <span class="hf-chip hf-chip-warn" title=text.clone()><Icon name="lock" small=true/><span class="hidden sm:inline">{text.clone()}</span></span> })}
                    <span class="md:hidden"><Avatars people=people.clone()/></span>
                </span>
            </td>
            <td class="hidden md:table-cell"><Avatars people/></td>
            <td class="font-mono text-xs">{format!("v{version}")}</td>
            <td class="hidden md:table-cell text-muted truncate">{saved_by}</td>
            <td class="text-muted">{format::ago(now, modified)}</td>
            <td class="num hidden md:table-cell">{format::bytes(size)}</td>
            <td>
                <span class="flex justify-end gap-0.5">
                    <button class="btn btn-xs btn-ghost btn-square" aria-label=format!("Copy {label}") on:click=ask(Asking::Copy)><Icon name="copy" small=true/></button>
                    <button class="btn btn-xs btn-ghost btn-square" aria-label=format!("Rename {label}") on:click=ask(Asking::Rename)><Icon name="pencil" small=true/></button>
                    <Delete name=to_delete version reload/>
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// Deletes, with the way back.
#[component]
fn Delete(name: String, version: u64, reload: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let label = format!("Delete {name}");
    let delete = move |_| {
        let name = name.clone();
        spawn_local(async move {
            match delete_configuration(name.clone(), version).await {
                Ok(()) => toasts.offer(format!("{name} is deleted."), "Undo", move || {
                    let name = name.clone();
                    spawn_local(async move {
                        match restore_configuration(name, Older::Version(version), 0).await {
                            Ok(_) => reload.run(()),
                            Err(error) => toasts.error(error.to_string()),
                        }
                    });
                }),
                Err(error) => toasts.error(error.to_string()),
            }
            reload.run(());
        });
    };
    view! { <button class="btn btn-xs btn-ghost btn-square" aria-label=label on:click=delete><Icon name="trash-2" small=true/></button> }.into_any()
}

/// Another name, for a copy or for the file.
#[component]
fn NameForm(
    name: String,
    what: Asking,
    version: u64,
    asking: RwSignal<Option<Asking>>,
    reload: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let first = match (what, name.rsplit_once('.')) {
        (Asking::Copy, Some((stem, ending))) => format!("{stem}_copy.{ending}"),
        _ => name.clone(),
    };
    let typed = RwSignal::new(first.clone());
    let label = match what {
        Asking::Copy => "Copy to",
        Asking::Rename => "New name",
    };
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, to) = (name.clone(), typed.get_untracked().trim().to_owned());
        spawn_local(async move {
            let outcome = match what {
                Asking::Copy => copy_configuration(name, to).await,
                Asking::Rename => rename_configuration(name, to, version).await,
            };
            match outcome {
                Ok(_) => {
                    asking.try_set(None);
                    reload.run(());
                }
                Err(crate::AppError::Conflict { .. }) => toasts.error("There is a file of that name already, or somebody saved meanwhile. Choose another name."),
                Err(error) => toasts.error(error.to_string()),
            }
        });
    };
    view! {
        <tr><td colspan="7">
            <form class="flex flex-wrap gap-1.5 py-1.5" on:submit=go>
                <input class="input input-sm w-56" aria-label=label value=first prop:value=move || typed.get() on:input=move |event| typed.set(event_target_value(&event)) autofocus=true/>
                <button class="btn btn-sm btn-primary">{label}</button>
                <button type="button" class="btn btn-sm" on:click=move |_| asking.set(None)>"Cancel"</button>
            </form>
        </td></tr>
    }
    .into_any()
}
