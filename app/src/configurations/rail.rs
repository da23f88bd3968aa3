//! What stands left of the text: its outline by entity, who is in the file, and its lock.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use workbench::configurations::{Editor, Lock, merge::Entity};

use super::{
    bridge,
    people::{Avatar, colour},
    server::{LockStep, lock_configuration},
    work::Work,
};
use crate::{AppError, components::icon::Icon};

/// The rail.
#[component]
pub(super) fn Rail(work: Work) -> impl IntoView {
    view! {
        <aside class="hf-rail w-60 shrink-0 hidden lg:block" aria-label="About this file">
            <div class="h-11 px-4 flex items-center border-b border-line">
                <A href="/configurations" attr:class="flex items-center gap-1.5 font-semibold"><Icon name="chevron-left" small=true class="text-faint"/>"Configurations"</A>
            </div>
            <Outline work/>
            <Room work/>
        </aside>
    }
    .into_any()
}

/// The file's top-level entries; a word narrows them down.
#[component]
fn Outline(work: Work) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let entities = Memo::new(move |_| {
        let sought = sought.get().to_lowercase();
        work.checked.with(|checked| {
            let fits = |entity: &&Entity| entity.name.to_lowercase().contains(&sought);
            checked
                .entities
                .iter()
                .filter(fits)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="p-2 border-b border-line">
            <label class="input input-sm w-full bg-base-100">
                <Icon name="search" small=true class="text-faint"/>
                <input type="search" placeholder="Find an entry" aria-label="Find an entry" on:input=move |event| sought.set(event_target_value(&event))/>
            </label>
        </div>
        <div class="hf-h px-4 pt-3 pb-1">"Outline"<span class="ml-auto text-faint font-normal">"by entry"</span></div>
        <nav class="pb-2 border-b border-line max-h-80 overflow-auto" aria-label="Outline">
            <For each=move || entities.get() key=|entity| (entity.name.clone(), entity.document, entity.lines.first, entity.lines.last) let:entity>
                <Entry work entity/>
            </For>
            <Show when=move || entities.with(Vec::is_empty)>
                <p class="px-4 py-1 text-2xs text-muted">"No entries: the file is empty, a list, or cannot be read."</p>
            </Show>
        </nav>
    }
    .into_any()
}

#[component]
fn Entry(work: Work, entity: Entity) -> impl IntoView {
    let Entity { name, lines, .. } = entity;
    let has_problem = move || {
        work.checked.with(|checked| {
            let mut problems = checked.problems.iter();
            problems.any(|problem| (lines.first..=lines.last).contains(&problem.line))
        })
    };
    let entry = name.clone();
    let here = move || {
        let session = work.session.get();
        work.room.with(|room| {
            let is_here = |editor: &&Editor| {
                editor.session != session && editor.place.entity.as_ref() == Some(&entry)
            };
            room.editors
                .iter()
                .filter(is_here)
                .map(|editor| editor.person.clone())
                .collect::<Vec<_>>()
        })
    };
    let is_current = move || (lines.first..=lines.last).contains(&work.line.get());
    let go = move |_| {
        if let Some(editor) = work.editor.get_untracked() {
            bridge::go(editor, lines.first);
        }
    };
    view! {
        <button
            class="w-full flex items-center gap-2 h-7 pl-4 pr-3 text-xs text-left cursor-pointer hover:bg-hover"
            class=("bg-soft", is_current) class=("text-primary", is_current) on:click=go
        >
            <span class="truncate font-mono text-2xs">{name}</span>
            <span class="ml-auto flex items-center gap-1.5 text-2xs text-faint num">
                {move || here().into_iter().map(|person| {
                    let style = format!("background:{}", colour(&person));
                    view! { <span class="size-2 rounded-full" style=style title=person.name.clone() role="img" aria-label=format!("{} is here", person.name)></span> }
                }).collect_view()}
                <Show when=has_problem><span class="text-err-text" title="Something is wrong here"><Icon name="circle-alert" small=true/></span></Show>
                {(lines.last - lines.first + 1).to_string()}
            </span>
        </button>
    }
    .into_any()
}

/// Who is in the file, and its lock.
#[component]
pub(super) fn Room(work: Work) -> impl IntoView {
    let editors = Memo::new(move |_| work.room.with(|room| room.editors.clone()));
    view! {
        <section class="px-4 py-3 border-b border-line" aria-label="In this file now">
            <h2 class="hf-h mb-2">"In this file now"</h2>
            <ul class="flex flex-col gap-2.5 text-xs" data-testid="editors">
                {move || editors.get().into_iter().map(|editor| view! { <Present work editor/> }).collect_view()}
            </ul>
        </section>
        <LockPart work/>
    }
    .into_any()
}

#[component]
fn Present(work: Work, editor: Editor) -> impl IntoView {
    let is_me = work
        .session
        .with_untracked(|session| *session == editor.session);
    let is_mine = work.me.with_value(|me| *me == editor.person);
    let who = match (is_me, is_mine) {
        (true, _) => format!("{}, you", editor.person.name),
        (false, true) => format!("{}, another tab", editor.person.name),
        _ => editor.person.name.clone(),
    };
    let entity = editor
        .place
        .entity
        .map_or(String::new(), |entity| format!(", {entity}"));
    let mut place = match editor.place.line {
        0 => "reading".to_owned(),
        line => format!("line {line}{entity}"),
    };
    if editor.has_changes {
        place.push_str(", not saved");
    }
    view! {
        <li class="flex items-center gap-2">
            <Avatar person=editor.person/>
            <div class="leading-4 min-w-0">
                <div class="font-medium truncate">{who}</div>
                <div class="text-2xs text-muted truncate">{place}</div>
            </div>
        </li>
    }
    .into_any()
}

/// The lock, and what can be done about it.
#[component]
fn LockPart(work: Work) -> impl IntoView {
    let step = move |step: LockStep| {
        spawn_local(async move {
            let mut outcome = lock_configuration(work.session.get_untracked(), step).await;
            if matches!(outcome, Err(AppError::NotFound(_))) && work.reopen().await.is_ok() {
                outcome = lock_configuration(work.session.get_untracked(), step).await;
            }
            match outcome {
                Ok(room) => drop(work.room.try_set(room)),
                Err(error) => work.toasts.error(error.to_string()),
            }
        });
    };
    let lock = Memo::new(move |_| {
        work.room
            .with(|room| room.lock.clone().map(|lock| (lock, room.now)))
    });
    let shown = move || {
        match lock.get() {
        None => view! {
            <div class="flex items-center gap-2 text-xs"><Icon name="lock-open" small=true class="text-ok-text"/>"Open to everyone"</div>
            <button class="btn btn-xs mt-2" on:click=move |_| step(LockStep::Take)><Icon name="lock" small=true/>"Lock for 30 min"</button>
        }
        .into_any(),
        Some((lock, now)) if work.session.with(|session| *session == lock.session) => {
            let asked = lock.asked.clone().map(|(person, _)| person.name);
            let label = asked.as_ref().map_or("Unlock".to_owned(), |name| format!("Hand over to {name}"));
            view! {
                <div class="flex items-center gap-2 text-xs"><Icon name="lock" small=true class="text-warn-text"/>{format!("Yours, {}", left(&lock, now))}</div>
                {asked.map(|name| view! { <p class="text-xs mt-1" role="status">{format!("{name} asks for it.")}</p> })}
                <button class="btn btn-xs mt-2" on:click=move |_| step(LockStep::LetGo)>{label}</button>
            }
            .into_any()
        }
        Some((lock, now)) => {
            let text = format!("{}, {}", lock.person.name, left(&lock, now));
            let session = work.session.get();
            let has_asked = lock.asked.as_ref().is_some_and(|(_, asked)| *asked == session);
            view! {
                <div class="flex items-center gap-2 text-xs"><Icon name="lock" small=true class="text-warn-text"/>{text}</div>
                {if has_asked {
                    view! { <p class="text-xs text-muted mt-1" role="status">"Asked for."</p> }.into_any()
                } else {
                    view! { <button class="btn btn-xs mt-2" on:click=move |_| step(LockStep::Ask)>"Ask for it"</button> }.into_any()
                }}
                {work.may_override.then(|| view! { <button class="btn btn-xs btn-ghost mt-2 ml-1" on:click=move |_| step(LockStep::Break)>"Break the lock"</button> })}
            }
            .into_any()
        }
    }
    };
    view! {
        <section class="px-4 py-3" aria-label="Lock" data-testid="lock">
            <h2 class="hf-h mb-2">"Lock"</h2>
            {shown}
        </section>
    }
    .into_any()
}

fn left(lock: &Lock, now: i64) -> String {
    let minutes = (lock.until.saturating_sub(now) + 59_999) / 60_000;
    format!("{} min left", minutes.max(0))
}
