//! The text as it will be saved, each open place with its choice.

use leptos::prelude::*;
use workbench::configurations::{
    Conflicts,
    merge::{Answer, Conflict as Place},
};

use super::{
    Answers,
    choice::{Piece, pieces, short},
};

/// The text as it will be saved, each open place with its buttons.
#[component]
pub(super) fn Outcome(met: StoredValue<Conflicts>, answers: Answers) -> impl IntoView {
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
