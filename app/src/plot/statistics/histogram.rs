//! A column described, and whether it is normally distributed.

use leptos::prelude::*;
use workbench::plot::{Panel, PlotSpec, TestResult};

use super::list;
use crate::{
    components::format::count,
    plot::numbers::{decimals_for, fixed, p_value, significant},
};

pub(super) fn view(spec: &PlotSpec, panel: &Panel) -> Option<AnyView> {
    let of = panel.description.as_ref()?;
    let decimals = decimals_for([of.mean, of.median, of.sd]).max(decimals_for([of.max]));
    let unit = |value| fixed(value, decimals);
    let rows = vec![
        ("n", count(of.n)),
        ("Missing", count(of.missing)),
        ("Mean", unit(of.mean)),
        ("Median", unit(of.median)),
        ("Standard deviation", unit(of.sd)),
        ("Variance", significant(of.variance, 4)),
        ("Smallest", unit(of.min)),
        ("First quartile", unit(of.q25)),
        ("Third quartile", unit(of.q75)),
        ("Largest", unit(of.max)),
        ("Skewness", significant(of.skewness, 3)),
        ("Excess kurtosis", significant(of.kurtosis, 3)),
    ];
    let name = spec.x.clone().unwrap_or_default();
    let tests = panel.tests.iter().map(test).collect_view();
    Some(
        view! {
            <div class="hf-sec">
                <h3 class="hf-h mb-1">{name}</h3>
                {list(rows, false)}
            </div>
            {(!panel.tests.is_empty()).then(|| view! {
                <div class="hf-sec flex flex-col gap-3">
                    <h3 class="hf-h">"Is it normal?"</h3>
                    {tests}
                </div>
            })}
        }
        .into_any(),
    )
}

fn test(test: &TestResult) -> impl IntoView + use<> {
    // Without p nothing may have been made: the sentence says it.
    let is_made = test.p.is_some() || test.statistic != 0.0;
    let symbol = if test.symbol == "A2" {
        "A²".to_owned()
    } else {
        test.symbol.clone()
    };
    let p = test
        .p
        .map(|p| format!(", p {}", p_value(p)))
        .unwrap_or_default();
    let numbers = is_made.then(|| format!("{symbol} {}{p}", significant(test.statistic, 4)));
    view! {
        <div class="text-xs">
            <div class="flex gap-2">
                <span class="font-medium">{test.name.clone()}</span>
                <span class="flex-1"></span>
                <span class="num">{numbers}</span>
            </div>
            <p class="text-muted mt-0.5 break-words">{test.sentence.clone()}</p>
        </div>
    }
}
