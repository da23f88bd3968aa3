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
pub(super) enum Asking {
    Copy,
    Rename,
}

/// The name that one of the rows asks for, as far as it is typed. The list has it: a row is made anew when it comes back
/// into sight.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Asked {
    file: String,
    what: Asking,
    typed: String,
}

impl Asked {
    fn of(file: String, what: Asking) -> Self {
        let typed = match (what, file.rsplit_once('.')) {
            (Asking::Copy, Some((stem, ending))) => format!("{stem}_copy.{ending}"),
            _ => file.clone(),
        };
        Self { file, what, typed }
    }
}

/// The row. What it tells changes under a person's hands, as others open and save the file; what the person has begun to
/// type below it does not.
#[component]
pub(super) fn Row(
    name: String,
    /// Where each file stands in the list.
    places: Memo<BTreeMap<String, usize>>,
    files: Memo<BTreeMap<String, Configuration>>,
    now: Memo<i64>,
    asked: RwSignal<Option<Asked>>,
    reload: Callback<()>,
) -> impl IntoView {
    let own = name.clone();
    let file = Memo::new(move |_| files.with(|files| files.get(&own).cloned()));
    let version = move || file.with_untracked(|file| file.as_ref().map_or(0, |file| file.version));
    let own = name.clone();
    let place = Memo::new(move |_| places.with(|places| places.get(&own).copied()));
    let own = name.clone();
    let asks = Memo::new(move |_| {
        asked.with(|asked| asked.as_ref().filter(|it| it.file == own).map(|it| it.what))
    });
    view! {
        {move || file.get().map(|file| view! { <Cells file place now=now.get_untracked() asked reload/> })}
        {move || asks.get().map(|what| view! { <NameForm name=name.clone() what version=version() asked reload/> })}
    }
    .into_any()
}

/// Where the file stands.
#[component]
fn Cells(
    file: Configuration,
    place: Memo<Option<usize>>,
    now: i64,
    asked: RwSignal<Option<Asked>>,
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
    let label = name.clone();
    let ask = |what: Asking| {
        let file = name.clone();
        move |_| {
            asked.update(|asked| {
                let is_open = asked
                    .as_ref()
                    .is_some_and(|it| it.file == file && it.what == what);
                *asked = (!is_open).then(|| Asked::of(file.clone(), what));
            });
        }
    };
    let (copy, rename) = (ask(Asking::Copy), ask(Asking::Rename));
    view! {
        <tr aria-rowindex=move || place.get().map(|at| at + 2)>
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
                    <button class="btn btn-xs btn-ghost btn-square" aria-label=format!("Copy {label}") on:click=copy><Icon name="copy" small=true/></button>
                    <button class="btn btn-xs btn-ghost btn-square" aria-label=format!("Rename {label}") on:click=rename><Icon name="pencil" small=true/></button>
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
    asked: RwSignal<Option<Asked>>,
    reload: Callback<()>,
) -> impl IntoView {
    let toasts = use_toasts();
    let typed = move || {
        asked.with(|asked| {
            asked
                .as_ref()
                .map(|it| it.typed.clone())
                .unwrap_or_default()
        })
    };
    let first = untrack(typed);
    let on_typed = move |event| {
        asked.update(|asked| {
            if let Some(asked) = asked {
                asked.typed = event_target_value(&event);
            }
        });
    };
    let label = match what {
        Asking::Copy => "Copy to",
        Asking::Rename => "New name",
    };
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, to) = (name.clone(), untrack(typed).trim().to_owned());
        let file = name.clone();
        spawn_local(async move {
            let outcome = match what {
                Asking::Copy => copy_configuration(name, to).await,
                Asking::Rename => rename_configuration(name, to, version).await,
            };
            match outcome {
                Ok(_) => {
                    asked.try_update(|asked| asked.take_if(|it| it.file == file && it.what == what));
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
                <input class="input input-sm w-56" aria-label=label value=first prop:value=typed on:input=on_typed autofocus=true/>
                <button class="btn btn-sm btn-primary">{label}</button>
                <button type="button" class="btn btn-sm" on:click=move |_| asked.set(None)>"Cancel"</button>
            </form>
        </td></tr>
    }
    .into_any()
}
