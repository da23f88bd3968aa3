//! Two versions that meet: base, theirs and mine to read, the result to choose. Save is off until the last choice.

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};
use workbench::configurations::{
    Conflicts,
    merge::{Answer, Conflict as Place, Lines, Merged, Side},
};

use super::{
    choice::{Piece, pieces, short},
    server::{create_configuration, resolve_configuration},
    work::Work,
};
use crate::components::{format, icon::Icon};

/// The choices made so far, by conflict.
type Answers = RwSignal<Vec<Option<Answer>>>;

/// The three versions and the result.
#[component]
pub(super) fn Conflict(work: Work) -> impl IntoView {
    let Some(met) = work.conflicts.get_untracked() else {
        return ().into_any();
    };
    let answers: Answers = RwSignal::new(vec![None; met.conflicts.len()]);
    let current = RwSignal::new(0_usize);
    let count = met.conflicts.len();
    let step = move |forward: bool| {
        current.update(|at| {
            *at = if forward {
                (*at + 1) % count.max(1)
            } else {
                (*at + count.max(1) - 1) % count.max(1)
            }
        });
    };
    let keys = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if event.key() == "F7" {
            event.prevent_default();
            step(!event.shift_key());
        }
    });
    on_cleanup(move || keys.remove());
    let met = StoredValue::new(met);
    Effect::new(move |_| show(met, current.get()));
    view! {
        <Head work met answers/>
        <div class="flex-1 min-h-0 flex" data-testid="conflict">
            <div class="flex-1 min-w-0 flex flex-col">
                <Three met/>
                <div class="h-10 shrink-0 flex items-center gap-2 px-4 border-y border-line bg-base-200">
                    <h2 class="font-semibold">"Result"</h2>
                    <span class="text-xs text-muted hidden md:inline">"comments, order and quoting kept"</span>
                    <span class="flex-1"></span>
                    <span class="text-xs text-muted" role="status" data-testid="choices-left">{move || left(answers)}</span>
                    <button class="btn btn-xs btn-square" aria-label="The choice before (Shift F7)" on:click=move |_| step(false)><Icon name="arrow-up" small=true/></button>
                    <button class="btn btn-xs btn-square" aria-label="The next choice (F7)" on:click=move |_| step(true)><Icon name="arrow-down" small=true/></button>
                </div>
                <Outcome met answers/>
            </div>
            <Changes met answers current/>
        </div>
    }
    .into_any()
}

/// Brings a place into sight, in the result and in each version.
fn show(met: StoredValue<Conflicts>, at: usize) {
    let Some(place) = met.with_value(|met| met.conflicts.get(at).cloned()) else {
        return;
    };
    let sides = [
        ("Base", place.base.lines),
        ("Theirs", place.theirs.lines),
        ("Mine", place.mine.lines),
    ];
    let ids = sides
        .into_iter()
        .filter_map(|(pane, lines)| Some(line_id(pane, lines?.first)));
    for id in ids.chain([format!("hf-choice-{at}")]) {
        if let Some(element) = document().get_element_by_id(&id) {
            element.scroll_into_view();
        }
    }
}

/// Names a line of a version on the page.
fn line_id(pane: &str, line: u32) -> String {
    format!("hf-{pane}-{line}")
}

fn open(answers: Answers) -> usize {
    answers.with(|answers| answers.iter().filter(|answer| answer.is_none()).count())
}

fn left(answers: Answers) -> String {
    match open(answers) {
        0 => "Every choice is made".into(),
        count => format!(
            "{} left before you can save",
            format::plural(count as u64, "choice", "choices")
        ),
    }
}

/// The bar: who saved what meanwhile, and the ways out.
#[component]
fn Head(work: Work, met: StoredValue<Conflicts>, answers: Answers) -> impl IntoView {
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
                    work.base.set(theirs.version);
                    work.saved.set(theirs.text);
                    work.conflicts.set(None);
                    work.text.set(text.clone());
                    work.show(&text);
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
        let take = move |version: u64, saved: &str, text: &str| {
            work.conflicts.set(None);
            work.base.set(version);
            work.saved.set(saved.to_owned());
            work.show(text);
        };
        take(theirs.version, &theirs.text, &theirs.text);
        work.toasts
            .offer("Your version is put aside.", "Undo", move || {
                take(base.version, &base.text, &mine);
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

/// Base, theirs, mine.
#[component]
fn Three(met: StoredValue<Conflicts>) -> impl IntoView {
    let (base, theirs, mine) =
        met.with_value(|met| (met.base.clone(), met.theirs.clone(), met.mine.clone()));
    let marked = |of: fn(&Place) -> Option<Lines>| {
        met.with_value(|met| met.conflicts.iter().filter_map(of).collect::<Vec<_>>())
    };
    view! {
        <div class="h-2/5 min-h-40 grid grid-cols-3 divide-x divide-line max-md:grid-cols-1 max-md:overflow-auto">
            <Pane title="Base" about=format!("v{}, as you opened it", base.version) text=base.text marked=marked(|it| it.base.lines) tone=""/>
            <Pane title="Theirs" about=format!("v{}, {}", theirs.version, theirs.by) text=theirs.text marked=marked(|it| it.theirs.lines) tone="bg-chg"/>
            <Pane title="Mine" about="not saved".to_owned() text=mine.text marked=marked(|it| it.mine.lines) tone="bg-chg"/>
        </div>
    }
    .into_any()
}

/// One version, with its open places marked.
#[component]
fn Pane(
    title: &'static str,
    about: String,
    text: String,
    marked: Vec<Lines>,
    tone: &'static str,
) -> impl IntoView {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = move |(at, text): (usize, String)| {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let is_marked = marked
            .iter()
            .any(|lines| (lines.first..=lines.last).contains(&number));
        let tone = if is_marked { tone } else { "" };
        let mark = if is_marked && !tone.is_empty() {
            "!"
        } else {
            ""
        };
        view! {
            <div id=is_marked.then(|| line_id(title, number)) class=format!("flex scroll-mt-6 {tone}") data-marked=is_marked.then_some("")>
                <span class="ln shrink-0">{number}</span>
                <span class="w-4 text-center text-warn-text shrink-0">{mark}</span>
                <span class="whitespace-pre">{text}</span>
            </div>
        }
    };
    view! {
        <section class="min-w-0 min-h-0 max-md:min-h-32 flex flex-col" aria-label=title>
            <div class="h-9 shrink-0 flex items-center gap-2 px-4 bg-base-200 border-b border-line text-xs"><b class="font-semibold">{title}</b><span class="text-muted truncate">{about}</span></div>
            <div class="hf-code flex-1 overflow-auto py-1.5" tabindex="0" role="region" aria-label=format!("{title}, text")>
                <div class="w-max min-w-full">{lines.into_iter().enumerate().map(line).collect_view()}</div>
            </div>
        </section>
    }
    .into_any()
}

/// The text as it will be saved, each open place with its buttons.
#[component]
fn Outcome(met: StoredValue<Conflicts>, answers: Answers) -> impl IntoView {
    let shown =
        Memo::new(move |_| met.with_value(|met| answers.with(|answers| pieces(met, answers))));
    let line = |number: Option<u32>, text: String| {
        view! {
            <div class="flex"><span class="ln shrink-0">{number}</span><span class="w-4 shrink-0"></span><span class="whitespace-pre">{text}</span></div>
        }
    };
    let piece = move |piece: Piece| match piece {
        Piece::Lines(first, lines) => (first..)
            .zip(lines)
            .map(|(number, text)| line(Some(number), text))
            .collect_view()
            .into_any(),
        Piece::Place(id, lines) => {
            let place = met.with_value(|met| met.conflicts.iter().find(|it| it.id == id).cloned());
            place
                .map(|place| {
                    let text = lines
                        .into_iter()
                        .map(|text| line(None, text))
                        .collect_view()
                        .into_any();
                    view! { <Choice place answers text/> }
                })
                .into_any()
        }
    };
    view! {
        <div class="hf-code flex-1 overflow-auto py-1.5" tabindex="0" role="region" aria-label="Result">
            <div class="w-max min-w-full">{move || shown.get().into_iter().map(piece).collect_view()}</div>
        </div>
    }
    .into_any()
}

/// One place: base, theirs, mine, both, or a text of one's own.
#[component]
fn Choice(place: Place, answers: Answers, text: AnyView) -> impl IntoView {
    let id = place.id as usize;
    let path = place.path.to_string();
    let answer = Memo::new(move |_| answers.with(|answers| answers.get(id).cloned().flatten()));
    let editing = RwSignal::new(None::<String>);
    let give = move |answer: Answer| answers.update(|answers| answers[id] = Some(answer));
    let button = move |name: &'static str, value: &str, given: Answer| {
        let chosen = given.clone();
        let is_chosen = move || answer.with(|answer| answer.as_ref() == Some(&chosen));
        view! {
            <button class="btn btn-xs font-mono" aria-pressed=move || is_chosen().to_string() on:click=move |_| give(given.clone())>{format!("{name} {}", short(value))}</button>
        }
    };
    let (base, mine) = (place.base.text.clone(), place.mine.text.clone());
    let begin = move |_| editing.set(Some(mine.clone()));
    view! {
        <div id=format!("hf-choice-{id}") class="bg-chg border-y border-line-strong py-1 scroll-mt-6" role="group" aria-label=format!("{path}: choose one")>
            <div class="flex flex-wrap items-center gap-2 px-4 py-1 font-sans sticky left-0 w-fit">
                <b class="font-semibold text-warn-text">{format!("{path}: ")}{move || if answer.with(Option::is_some) { "chosen" } else { "choose one" }}</b>
                {button("base", &base, Answer::Text(base.clone()))}
                {button("theirs", &place.theirs.text, Answer::Theirs)}
                {button("mine", &place.mine.text, Answer::Mine)}
                {place.can_take_both.then(|| button("both", "", Answer::Both))}
                <button class="btn btn-xs" on:click=begin>"Edit"</button>
            </div>
            {move || editing.get().map(|text| view! {
                <form
                    class="flex items-start gap-2 px-4 py-1 font-sans"
                    on:submit=move |event| {
                        event.prevent_default();
                        if let Some(text) = editing.get_untracked() { give(Answer::Text(text)); }
                        editing.set(None);
                    }
                >
                    <textarea
                        class="textarea textarea-sm font-mono text-xs w-96" rows="3" aria-label="A text of your own" prop:value=text
                        on:input=move |event| editing.update_untracked(|text| *text = Some(event_target_value(&event)))
                    ></textarea>
                    <button class="btn btn-xs btn-primary">"Take it"</button>
                </form>
            })}
            {text}
        </div>
    }
    .into_any()
}

/// What merged by itself and what is open; each open one leads to its place.
#[component]
fn Changes(
    met: StoredValue<Conflicts>,
    answers: Answers,
    current: RwSignal<usize>,
) -> impl IntoView {
    let (merged, places) = met.with_value(|met| (met.merged.clone(), met.conflicts.clone()));
    let about = format!("{} merged", merged.len());
    let place = move |(at, place): (usize, Place)| {
        let is_open = move || answers.with(|answers| answers.get(at).is_none_or(Option::is_none));
        let values = format!(
            "{}, theirs {}, mine {}",
            short(&place.base.text),
            short(&place.theirs.text),
            short(&place.mine.text)
        );
        view! {
            <li class="border-b border-line" class=("bg-chg", is_open)>
                <button class="w-full text-left px-4 py-2.5 flex gap-2 cursor-pointer" on:click=move |_| { current.set(at); current.notify() }>
                    <Icon name=Signal::derive(move || if is_open() { "git-merge-conflict" } else { "check" }) small=true class="mt-0.5 shrink-0"/>
                    <span class="min-w-0"><PathName path=place.path.to_string()/><span class="block text-xs text-muted break-words">{values}</span></span>
                </button>
            </li>
        }
    };
    let done = |one: Merged| {
        let by = match one.from {
            Side::Mine => "mine",
            Side::Theirs => "theirs",
            Side::Both => "both",
        };
        view! {
            <li class="border-b border-line px-4 py-2.5 flex gap-2">
                <Icon name="check" small=true class="text-ok-text mt-0.5 shrink-0"/>
                <span class="min-w-0"><PathName path=one.path.to_string()/><span class="block text-xs text-muted">{format!("{}, {by}", one.change.done())}</span></span>
            </li>
        }
    };
    view! {
        <aside class="w-64 shrink-0 hidden lg:block border-l border-line overflow-auto" aria-label="Changes">
            <div class="h-11 px-4 flex items-center gap-2 border-b border-line"><h2 class="font-semibold">"Changes"</h2><span class="text-xs text-muted">{about}{move || format!(", {} open", open(answers))}</span></div>
            <ul>{places.into_iter().enumerate().map(place).collect_view()}{merged.into_iter().map(done).collect_view()}</ul>
        </aside>
    }
    .into_any()
}

/// The name of a place, and below it where that is.
#[component]
fn PathName(path: String) -> impl IntoView {
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (Some(parent.to_owned()), name.to_owned()),
        None => (None, path),
    };
    view! {
        <span class="block font-mono text-xs break-words">{name}</span>
        {parent.map(|parent| view! { <span class="block font-mono text-2xs text-muted break-words">{format!("in {parent}")}</span> })}
    }
    .into_any()
}
