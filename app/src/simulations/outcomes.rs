//! What came of a run: the field's measures over all its patients, beside its charts.

use leptos::prelude::*;
use workbench::simulation::outcomes::{Measure, Outcomes as Came, Population};

use super::server::get_outcomes;
use crate::components::{format, live::Live};

/// Half of a 95 % confidence interval, in standard errors.
const Z: f64 = 1.96;

/// The measures of a completed run.
#[component]
pub(super) fn Outcomes(id: String) -> impl IntoView {
    let came = Live::new(Memo::new(move |_| id.clone()), get_outcomes);
    view! {
        <section class="min-w-0" aria-label="Outcomes">
            {came.show(move || view! { {move || came.good.get().map(|came| view! { <Measures came/> })} }.into_any())}
        </section>
    }
    .into_any()
}

/// A measure of vision: what it is called, and how it reads off a population.
type Line = (&'static str, fn(&Population) -> Measure);

const VISION: [Line; 5] = [
    ("Enrolment", |of| of.baseline),
    ("Month 11 to 13", |of| of.year_1),
    ("Month 23 to 25", |of| of.year_2),
    ("Last", |of| of.last),
    ("Change", |of| of.change),
];

#[component]
fn Measures(came: Came) -> impl IntoView {
    let patients = came.all.baseline.n;
    let line = |(name, read): Line| {
        let (all, still) = (read(&came.all), read(&came.still_treated));
        row(name, mean(all), half(all), mean(still))
    };
    let share = |name, read: fn(&Population) -> f64| {
        let all = read(&came.all);
        let half = 100.0 * Z * (all * (1.0 - all) / patients.max(1) as f64).sqrt();
        let percent = |share: f64| format::number(100.0 * share, 1);
        row(
            name,
            percent(all),
            format::number(half, 1),
            percent(read(&came.still_treated)),
        )
    };
    let of_patient =
        |name, measure: Measure| row(name, mean(measure), half(measure), String::new());
    let stopped: u64 = came.discontinued.iter().map(|(_, count)| count).sum();
    let reason = |(reason, count): (String, u64)| {
        let share = 100.0 * count as f64 / patients.max(1) as f64;
        view! {
            <li>
                <span class="flex text-xs"><span class="flex-1">{reason.replace('_', " ")}</span><span class="num">{of_all(count, patients)}</span></span>
                <span class="hf-meter" aria-hidden="true"><i style=format!("width:{share:.1}%;background:var(--hf-c6)")></i></span>
            </li>
        }
    };
    view! {
        <div class="hf-sec">
            <table class="w-full text-xs" aria-label="Outcomes">
                <thead class="text-2xs text-muted"><tr>
                    <th scope="col" class="text-left">"Vision, letters"</th><th scope="col" class="num text-right">"all"</th>
                    <th scope="col" class="num text-right">"± 95 %"</th><th scope="col" class="num text-right">"still"</th>
                </tr></thead>
                <tbody>
                    {row("Patients", format::count(patients), String::new(), format::count(came.still_treated.baseline.n))}
                    {VISION.map(line).collect_view()}
                    {share("Maintained, %", |of| of.maintained)}
                    {share("Poor vision, %", |of| of.poor_vision)}
                </tbody>
                <tbody>
                    <tr class="text-2xs text-muted"><th scope="rowgroup" colspan="4" class="text-left pt-2">"A patient, mean"</th></tr>
                    {of_patient("Injections", came.injections)}
                    {of_patient("Visits", came.visits)}
                    {row("Injection : visit", format::number(came.injections_per_visit, 2), String::new(), String::new())}
                </tbody>
            </table>
        </div>
        <div class="hf-sec">
            <p class="flex text-xs font-medium mb-1"><span class="flex-1">"Stopped treatment"</span><span class="num">{of_all(stopped, patients)}</span></p>
            <ul class="flex flex-col gap-1">{came.discontinued.into_iter().map(reason).collect_view()}</ul>
        </div>
        <p class="hf-sec text-2xs text-muted">
            "Who stopped keeps the last value in “all”. “Still” is those who did not stop. Follow-up: "{came.recruitment.follow_up()}
            ". Month 11 to 13 counts who was followed for 13 months, month 23 to 25 for 25."
        </p>
    }
    .into_any()
}

fn row(name: &'static str, all: String, half: String, still: String) -> AnyView {
    view! {
        <tr>
            <th scope="row" class="text-left font-normal py-0.5">{name}</th>
            <td class="num text-right font-medium">{all}</td>
            <td class="num text-right text-muted">{half}</td>
            <td class="num text-right">{still}</td>
        </tr>
    }
    .into_any()
}

fn mean(measure: Measure) -> String {
    match measure.n {
        0 => "–".to_owned(),
        _ => format::number(measure.mean, 1),
    }
}

fn half(measure: Measure) -> String {
    match measure.n {
        0 | 1 => "–".to_owned(),
        n => format::number(Z * measure.sd / (n as f64).sqrt(), 2),
    }
}

fn of_all(count: u64, all: u64) -> String {
    let share = 100.0 * count as f64 / all.max(1) as f64;
    format!("{} ({} %)", format::count(count), format::number(share, 1))
}

#[cfg(test)]
mod tests {
    use super::{Measure, half, mean, of_all};

    #[test]
    fn nobody_has_no_mean_and_one_no_interval() {
        assert_eq!(mean(Measure::default()), "–");
        let one = Measure {
            n: 1,
            mean: 61.26,
            sd: 0.0,
        };
        assert_eq!((mean(one), half(one)), ("61.3".to_owned(), "–".to_owned()));
        let many = Measure {
            n: 400,
            mean: -4.0,
            sd: 10.0,
        };
        assert_eq!(
            (mean(many), half(many)),
            ("−4".to_owned(), "0.98".to_owned())
        );
        assert_eq!(of_all(1, 8), "1 (12.5 %)");
        assert_eq!(of_all(0, 0), "0 (0 %)");
    }
}
