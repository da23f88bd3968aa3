//! Two versions that meet: base, theirs and mine to read, the result to choose. Save is off until the last choice.
//!
//! - `head` is the bar with the ways out; `versions` the three texts; `result` what will be saved; `changes` the list
//! - `choice` is what a choice makes of the text

mod changes;
mod choice;
mod head;
mod result;
mod versions;

use leptos::{ev::KeyboardEvent, prelude::*};
use workbench::configurations::{Conflicts, merge::Answer};

use self::{changes::Changes, head::Head, result::Outcome, versions::Three};
use super::work::Work;
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
