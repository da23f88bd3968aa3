//! A file's versions and backups: what changed, how two differ, and the way back.

use leptos::{prelude::*, task::spawn_local};
use workbench::configurations::{Action, Version};

use super::{
    heard::use_heard,
    server::{Backup, Older, Past, compare_configuration, get_past, restore_configuration},
    work::Work,
};
use crate::components::{
    format,
    icon::Icon,
    lines::SideBySide,
    live::{Live, Problem},
};

/// The drawer.
#[component]
pub(super) fn History(work: Work, close: Callback<()>) -> impl IntoView {
    let name = work.name.get_value();
    let told = use_heard().count(move |news| news.kind == "configuration" && news.name == name);
    let name = work.name.get_value();
    let past = Live::new(told, move |_| get_past(name.clone()));
    let compared = RwSignal::new(None::<Older>);
    view! {
        <aside class="w-72 shrink-0 max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-30 border-l border-line bg-base-100 overflow-auto" aria-label="History">
            <div class="h-11 px-4 flex items-center border-b border-line">
                <h2 class="font-semibold">"History"</h2>
                <span class="flex-1"></span>
                <button class="btn btn-sm btn-ghost btn-square" aria-label="Close the history" on:click=move |_| close.run(())><Icon name="x" small=true/></button>
            </div>
            {past.show(move || view! { <Versions work past compared/> }.into_any())}
        </aside>
        <Show when=move || compared.with(Option::is_some)><Difference work compared/></Show>
    }
    .into_any()
}

#[component]
fn Versions(work: Work, past: Live<Past>, compared: RwSignal<Option<Older>>) -> impl IntoView {
    let all = move || past.good.get().unwrap_or_default();
    let version = move |version: Version| {
        let Version {
            version: number,
            at,
            by,
            action,
            of,
            summary,
            is_deleted,
        } = version;
        let is_open = move || work.base.get() == number;
        let told = match (action, of, is_deleted) {
            (_, _, true) => "File deleted".to_owned(),
            (Action::Restore, Some(of), _) => format!("Restored v{of}"),
            _ => summary,
        };
        let word = match action {
            Action::Create | Action::Save => None,
            Action::Merge => Some("merged"),
            Action::Overwrite => Some("written over"),
            Action::Restore => Some("restore"),
            Action::Disk => Some("on disk"),
        };
        view! {
            <li class="px-4 py-3 border-b border-line" class=("bg-softer", is_open)>
                <div class="flex items-center gap-2">
                    <span class="font-mono text-xs">{format!("v{number}")}</span>
                    <Show when=is_open><span class="hf-chip hf-chip-on">"open"</span></Show>
                    {word.filter(|_| !is_deleted).map(|word| view! { <span class="hf-chip">{word}</span> })}
                    <span class="ml-auto text-2xs text-faint num">{format::ago(all().now, at)}</span>
                </div>
                <div class="text-xs mt-1 break-words">{told}</div>
                <div class="flex items-center text-2xs text-muted mt-1">
                    <span class="truncate">{by}</span>
                    <span class="flex-1"></span>
                    {(!is_deleted).then(|| view! { <Ways work older=Older::Version(number) compared label=format!("v{number}")/> })}
                </div>
            </li>
        }
        .into_any()
    };
    let backup = move |backup: Backup| {
        let label = format!("the backup of {}", format::ago(all().now, backup.at));
        view! {
            <li class="px-4 py-1.5 flex items-center text-2xs text-muted">
                <span class="num">{format::ago(all().now, backup.at)}</span>
                <span class="num ml-2">{format::bytes(backup.size)}</span>
                <span class="flex-1"></span>
                <Ways work older=Older::Backup(backup.id) compared label/>
            </li>
        }
        .into_any()
    };
    view! {
        <ol aria-label="Versions" data-testid="versions">{move || all().versions.into_iter().map(version).collect_view()}</ol>
        <h3 class="font-semibold px-4 pt-3">"Backups"</h3>
        <p class="px-4 text-2xs text-muted">"Each save keeps the file it replaced. Restoring writes a new version, nothing is erased."</p>
        <ul class="py-2" aria-label="Backups" data-testid="backups">{move || all().backups.into_iter().map(backup).collect_view()}</ul>
    }
    .into_any()
}

/// Compare and restore.
#[component]
fn Ways(
    work: Work,
    older: Older,
    compared: RwSignal<Option<Older>>,
    label: String,
) -> impl IntoView {
    let (shown, names) = (older.clone(), label.clone());
    let restore = move |_| restore(work, older.clone());
    view! {
        <button class="btn btn-xs btn-ghost text-primary" aria-label=format!("Compare {names} with the newest") on:click=move |_| compared.set(Some(shown.clone()))>"Compare"</button>
        <button class="btn btn-xs btn-ghost text-primary" aria-label=format!("Restore {label}") on:click=restore>"Restore"</button>
    }
    .into_any()
}

/// Brings it back, with the way back from that.
fn restore(work: Work, older: Older) {
    let (name, seen) = (
        work.name.get_value(),
        work.room.with_untracked(|room| room.version),
    );
    spawn_local(async move {
        match restore_configuration(name.clone(), older, seen).await {
            Ok(stored) => {
                work.room
                    .update(|room| room.version = room.version.max(stored.version));
                let text = format!("It is back, as v{}.", stored.version);
                work.toasts.offer(text, "Undo", move || {
                    let name = name.clone();
                    spawn_local(async move {
                        let back =
                            restore_configuration(name, Older::Version(seen), stored.version);
                        if let Err(error) = back.await {
                            work.toasts.error(error.to_string());
                        }
                    });
                });
            }
            Err(error) => work.toasts.error(error.to_string()),
        }
    });
}

/// An older text beside the newest, laid over each other.
#[component]
fn Difference(work: Work, compared: RwSignal<Option<Older>>) -> impl IntoView {
    let newest = Memo::new(move |_| work.room.with(|room| room.version));
    let answer = LocalResource::new(move || {
        let (name, older, newer) = (work.name.get_value(), compared.get(), newest.get());
        async move {
            match older {
                Some(older) => Some(compare_configuration(name, older, newer).await),
                None => None,
            }
        }
    });
    let title = move || match compared.get() {
        Some(Older::Version(version)) => format!("v{version} and v{}", newest.get()),
        _ => format!("The backup and v{}", newest.get()),
    };
    view! {
        <div class="fixed inset-x-0 bottom-0 top-12 z-40 bg-base-100 flex flex-col" role="dialog" aria-label="Difference" aria-modal="true">
            <div class="hf-bar">
                <h2 class="font-semibold">{title}</h2>
                <span class="flex-1"></span>
                <button class="btn btn-sm" autofocus=true on:click=move |_| compared.set(None)>"Close"</button>
            </div>
            <div class="flex-1 overflow-auto" tabindex="0" role="region" aria-label="Lines" data-testid="difference">
                {move || answer.get().flatten().map(|answer| match answer {
                    Ok(lines) => view! { <SideBySide lines/> }.into_any(),
                    Err(error) => view! { <Problem error/> }.into_any(),
                })}
            </div>
        </div>
    }
    .into_any()
}
