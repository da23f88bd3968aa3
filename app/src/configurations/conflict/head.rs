//! The bar: who saved what meanwhile, and the ways out.

use leptos::{prelude::*, task::spawn_local};
use workbench::configurations::Conflicts;

use super::{Answers, open};
use crate::{
    components::icon::Icon,
    configurations::{
        keep,
        server::{create_configuration, resolve_configuration},
        work::Work,
    },
};

/// The bar: who saved what meanwhile, and the ways out.
#[component]
pub(super) fn Head(work: Work, met: StoredValue<Conflicts>, answers: Answers) -> impl IntoView {
    let (version, by, count) = met.with_value(|met| {
        (
            met.theirs.version,
            met.theirs.by.clone(),
            met.conflicts.len(),
        )
    });
    let save = move |_| {
        let given = answers.get_untracked().into_iter().enumerate();
        let given: Vec<_> = given
            .filter_map(|(id, answer)| Some((u32::try_from(id).ok()?, answer?)))
            .collect();
        let (base, theirs, mine) =
            met.with_value(|met| (met.base.version, met.theirs.version, met.mine.text.clone()));
        spawn_local(async move {
            match resolve_configuration(work.name.get_value(), base, theirs, mine, given).await {
                Ok(text) => {
                    // From here on the text goes on from theirs.
                    let theirs = met.with_value(|met| met.theirs.clone());
                    work.conflicts.set(None);
                    work.text.set(text.clone());
                    work.go_on(theirs.version, theirs.text, &text);
                    work.save(false);
                }
                Err(error) => work.toasts.error(error.to_string()),
            }
        });
    };
    let copy = move |_| {
        let (name, text) = (
            work.name.get_value(),
            met.with_value(|met| met.mine.text.clone()),
        );
        let copy = match name.rsplit_once('.') {
            Some((stem, ending)) => format!("{stem}_mine.{ending}"),
            None => name,
        };
        spawn_local(async move {
            match create_configuration(copy.clone(), text).await {
                Ok(_) => work.toasts.say(format!("Your version is kept as {copy}.")),
                Err(error) => work.toasts.error(error.to_string()),
            }
        });
    };
    let discard = move |_| {
        let (mine, base, theirs) =
            met.with_value(|met| (met.mine.text.clone(), met.base.clone(), met.theirs.clone()));
        work.conflicts.set(None);
        work.go_on(theirs.version, theirs.text.clone(), &theirs.text);
        let (name, toasts) = (work.name.get_value(), work.toasts);
        work.toasts
            .offer("Your version is put aside.", "Undo", move || {
                if work.conflicts.try_set(None).is_some() {
                    // The page was left in the meantime.
                    keep::bring_back(name.clone(), mine.clone(), base.version, toasts);
                    return;
                }
                work.base.set(base.version);
                work.saved.set(base.text.clone());
                // A change of one's own: what was typed since comes back with the editor's undo.
                work.write(&mine);
            });
    };
    view! {
        <div class="hf-bar flex-wrap h-auto! min-h-11 py-1.5">
            <h1 class="font-semibold truncate">{work.name.get_value()}</h1>
            <span class="hf-chip hf-chip-warn"><Icon name="git-merge-conflict" small=true/>{move || format!("{} of {count} open", open(answers))}</span>
            <span class="text-xs text-muted">{format!("{by} saved v{version} meanwhile")}</span>
            <span class="flex-1"></span>
            <button class="btn btn-sm btn-ghost" on:click=move |_| work.conflicts.set(None)>"Back to the text"</button>
            <button class="btn btn-sm btn-ghost" on:click=discard>"Discard mine"</button>
            <button class="btn btn-sm" on:click=copy>"Keep as copy"</button>
            {work.may_override.then(|| view! { <button class="btn btn-sm" on:click=move |_| work.save(true)>"Write over theirs"</button> })}
            <button class="btn btn-sm btn-primary" disabled=move || { open(answers) > 0 } on:click=save>{format!("Save v{}", version + 1)}</button>
        </div>
    }
    .into_any()
}
