//! What came of a run: the field's measures over all its patients, read from its tables when they are asked for.

use leptos::prelude::*;
use workbench::simulation::outcomes::{INTERVALS, Measure, Outcomes as Came, Population};

use super::server::get_outcomes;
use crate::components::{format, live::Live};

/// The measures of a completed run.
#[component]
pub(super) fn Outcomes(id: String) -> impl IntoView {
    let came = Live::new(Memo::new(move |_| id.clone()), get_outcomes);
    view! {
        <section class="lg:col-span-2 min-w-0" aria-label="Outcomes">
            <h2 class="font-semibold mb-2">"What came of it"</h2>
            {came.show(move || view! { {move || came.good.get().map(|came| view! { <Measures came/> })} }.into_any())}
        </section>
    }
    .into_any()
}

/// A row of the table: what it says, and how it reads off a population.
type Line = (&'static str, fn(&Population) -> String);

const VISION: [Line; 7] = [
    ("Patients", |of| format::count(of.baseline.n)),
    ("Baseline, letters", |of| mean(of.baseline)),
    ("Year 1, letters", |of| mean(of.year_1)),
    ("Year 2, letters", |of| mean(of.year_2)),
    ("Last visit, letters", |of| mean(of.last)),
    ("Change, letters", |of| mean(of.change)),
    ("Lost at most 5 letters", |of| share(of.maintained)),
];

#[component]
fn Measures(came: Came) -> impl IntoView {
    let poor: Line = ("Poor vision at the end", |of| share(of.poor_vision));
    let line = |(name, read): Line| {
        view! {
            <tr><th scope="row" class="text-left font-normal px-3">{name}</th><td class="num">{read(&came.all)}</td><td class="num">{read(&came.still_treated)}</td></tr>
        }
    };
    let stopped: u64 = came.discontinued.iter().map(|(_, count)| count).sum();
    let reason = |(reason, count): (String, u64)| {
        view! { <dt>{reason.replace('_', " ")}</dt><dd>{of_all(count, came.all.baseline.n)}</dd> }
    };
    let all: u64 = came.intervals.iter().sum();
    let bars = came.intervals.iter().enumerate().map(|(bin, count)| {
        let name = days(bin);
        let share = percent(*count, all);
        view! {
            <li class="flex items-center gap-2 text-xs">
                <span class="w-20 text-muted num">{name}</span>
                <span class="hf-meter flex-1" aria-hidden="true"><i style=format!("width:{share:.1}%;background:var(--color-primary)")></i></span>
                <span class="w-32 num text-right">{of_all(*count, all)}</span>
            </li>
        }
    });
    view! {
        <div class="grid lg:grid-cols-2 gap-6">
            <div class="overflow-x-auto" tabindex="0" role="group" aria-label="Vision">
                <table class="hf-grid" aria-label="Vision">
                    <thead><tr><th scope="col">"Mean (standard deviation)"</th><th scope="col" class="num">"All, last carried forward"</th><th scope="col" class="num">"Still treated"</th></tr></thead>
                    <tbody>{VISION.into_iter().chain([poor]).map(line).collect_view()}</tbody>
                </table>
            </div>
            <div class="flex flex-col gap-4">
                <dl class="hf-kv">
                    <dt>"Injections of a patient"</dt><dd>{mean(came.injections)}</dd>
                    <dt>"Visits of a patient"</dt><dd>{mean(came.visits)}</dd>
                    <dt>"Injections for each visit"</dt><dd>{format::number(came.injections_per_visit, 2)}</dd>
                    <dt>"Stopped"</dt><dd>{of_all(stopped, came.all.baseline.n)}</dd>
                    {came.discontinued.into_iter().map(reason).collect_view()}
                </dl>
                <div>
                    <h3 class="text-xs font-medium mb-1">"Days between two visits"</h3>
                    <ul class="flex flex-col gap-1">{bars.collect_view()}</ul>
                </div>
            </div>
        </div>
        <p class="mt-2 text-2xs text-muted">"Follow-up: "{came.recruitment.follow_up()}". Years 1 and 2 count those who were followed for 13 and 25 months."</p>
    }
    .into_any()
}

/// The days of a bin, in words.
fn days(bin: usize) -> String {
    let first = match bin {
        0 => 0,
        _ => INTERVALS[bin - 1] + 1,
    };
    match INTERVALS.get(bin) {
        Some(last) if bin == 0 => format!("≤ {last}"),
        Some(last) => format!("{first}–{last}"),
        None => format!("> {}", first - 1),
    }
}

fn mean(measure: Measure) -> String {
    match measure.n {
        0 => "–".to_owned(),
        _ => format!(
            "{} ({})",
            format::number(measure.mean, 1),
            format::number(measure.sd, 1)
        ),
    }
}

fn share(share: f64) -> String {
    format!("{} %", format::number(share * 100.0, 1))
}

#[expect(clippy::cast_precision_loss, reason = "a share of counts on screen")]
fn percent(count: u64, all: u64) -> f64 {
    100.0 * count as f64 / (all.max(1)) as f64
}

fn of_all(count: u64, all: u64) -> String {
    format!(
        "{} ({} %)",
        format::count(count),
        format::number(percent(count, all), 1)
    )
}

#[cfg(test)]
mod tests {
    use super::{Measure, days, mean, of_all};

    #[test]
    fn the_seven_bins_have_their_days() {
        let names: Vec<String> = (0..7).map(days).collect();
        assert_eq!(
            names,
            [
                "≤ 35",
                "36–63",
                "64–111",
                "112–119",
                "120–180",
                "181–365",
                "> 365"
            ]
        );
    }

    #[test]
    fn nobody_has_no_mean() {
        assert_eq!(mean(Measure::default()), "–");
        assert_eq!(of_all(1, 8), "1 (12.5 %)");
        assert_eq!(of_all(0, 0), "0 (0 %)");
    }
}
