//! The backups: made, looked at, taken home. How one is brought back is told, not done: this server writes.

use leptos::{prelude::*, task::spawn_local};

use super::{
    page::Watch,
    server::{File, Overview, Verdict, cancel_backup, verify_backup},
};
use crate::components::{format, icon::Icon, toasts::use_toasts};

/// The card.
#[component]
pub(super) fn BackupList(shown: Memo<Overview>, watch: Watch) -> impl IntoView {
    let toasts = use_toasts();
    let backups = Memo::new(move |_| shown.with(|it| it.backups.clone()));
    let files = Memo::new(move |_| backups.with(|it| it.files.clone()));
    let working = Memo::new(move |_| backups.with(|it| it.working));
    let problem = move || backups.with(|it| it.problem.clone());
    let cancel = move |_| {
        spawn_local(async move {
            if let Err(error) = cancel_backup().await {
                toasts.error(error.to_string());
            }
            watch.asked.try_update(|asked| *asked += 1);
        });
    };
    let progress = move || {
        working.get().map(|(done, of)| {
            view! {
                <div class="px-4 pb-2 flex items-center gap-2 text-xs" role="status">
                    <progress class="progress progress-primary h-1.5 flex-1" value=done.to_string() max=of.max(1).to_string() aria-label="Progress of the backup"></progress>
                    <span class="num text-muted">{format!("{} of {} changes", format::count(done), format::count(of))}</span>
                    <button class="btn btn-xs" on:click=cancel>"Cancel"</button>
                </div>
            }
        })
    };
    view! {
        <section class="hf-card min-w-0" aria-label="Backups">
            <div class="flex flex-wrap items-baseline gap-2 px-4 pt-3 pb-2">
                <h2 class="font-semibold">"Backups"</h2>
                <span class="text-xs text-muted font-mono truncate">{move || backups.with(|it| it.folder.clone())}</span>
            </div>
            {progress}
            {move || problem().map(|problem| view! { <p class="px-4 pb-2 text-xs text-err-text" role="alert">"The last backup failed: "{problem}</p> })}
            <ul aria-label="Backups"><For each=move || files.get() key=|file| (file.name.clone(), file.verdict.clone()) let:file><Line file watch/></For></ul>
            <Show when=move || files.with(Vec::is_empty)>
                <p class="px-4 pb-2 text-xs text-muted">"None yet. A backup is one file with every state, its history and the accounts; everybody may go on working while it is made. Tables and results are files below the data folder."</p>
            </Show>
            <Restoring/>
        </section>
    }
    .into_any()
}

#[component]
fn Line(file: File, watch: Watch) -> impl IntoView {
    let toasts = use_toasts();
    let is_asking = RwSignal::new(false);
    let File {
        name,
        made_at,
        size,
        verdict,
    } = file;
    let href = format!("/api/v1/backups/{name}");
    let (label, to_verify) = (format!("Download {name}"), format!("Verify {name}"));
    let verify = move |_| {
        is_asking.set(true);
        let name = name.clone();
        spawn_local(async move {
            let found = verify_backup(name).await;
            is_asking.try_set(false);
            watch.asked.try_update(|asked| *asked += 1);
            match found {
                Err(error) => toasts.error(error.to_string()),
                Ok(Verdict::Broken(problem)) => toasts.error(problem),
                Ok(Verdict::Whole { .. }) => {}
            }
        });
    };
    let found = match verdict {
        None => view! { <span class="hf-chip">"not verified"</span> }.into_any(),
        Some(Verdict::Whole { states, revision }) => {
            let title = format!("{} up to revision {revision}", format::plural(states, "state", "states"));
            view! { <span class="hf-chip hf-chip-ok" title=title><Icon name="check" small=true/>"verified"</span> }.into_any()
        }
        Some(Verdict::Broken(problem)) => {
            view! { <span class="hf-chip hf-chip-err" title=problem><Icon name="triangle-alert" small=true/>"damaged"</span> }.into_any()
        }
    };
    view! {
        <li class="flex flex-wrap items-center gap-2 px-4 py-2 border-t border-line text-xs">
            <span class="font-medium num">{made_at}" UTC"</span>
            <span class="text-muted num">{size}</span>
            {found}
            <span class="flex-1"></span>
            <button class="btn btn-xs" aria-label=to_verify disabled=move || is_asking.get() on:click=verify>"Verify"</button>
            <a class="btn btn-xs" aria-label=label href=href download=""><Icon name="download" small=true/>"Download"</a>
        </li>
    }
    .into_any()
}

/// Why a backup is not restored here, and how it is.
#[component]
fn Restoring() -> impl IntoView {
    view! {
        <details class="px-4 py-2 border-t border-line text-xs">
            <summary class="cursor-pointer font-medium">"How a backup is restored"</summary>
            <p class="mt-1 text-muted">
                "A running server writes, and a backup is brought back only where nobody does: into an empty backend, compared afterwards. So it is done at the terminal:"
            </p>
            <ol class="mt-1 list-decimal pl-5 flex flex-col gap-1 text-muted">
                <li>"Stop every server on these states."</li>
                <li>"Give "<code>"state.database_url"</code>" an empty database: for SQLite move the old file away, and keep it."</li>
                <li>"Run "<code>"holdfast restore <file>"</code>": the whole file is checked before anything is written, and what was written is compared."</li>
                <li>"Run "<code>"holdfast verify"</code>", and start the servers. To undo it, put the old database back."</li>
            </ol>
        </details>
    }
    .into_any()
}
