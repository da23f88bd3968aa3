//! Groups side by side, and whether they differ: analysis of variance, then pair by pair.

use leptos::prelude::*;
use workbench::plot::{Anova, Panel, PlotSpec};

use super::{colours::upper_first, dot::Dots, list, table};
use crate::{
    components::format::count,
    plot::numbers::{decimals_for, fixed, p_value, significant},
};

/// Cohen 1988: from here eta squared is medium, and large.
const ETA: [f64; 2] = [0.06, 0.14];
/// Pairs listed; the strongest differences come first.
const MAX_PAIRS: usize = 30;

pub(super) fn view(spec: &PlotSpec, panel: &Panel, dots: &Dots) -> AnyView {
    let of = spec
        .x
        .as_ref()
        .or(spec.colour.as_ref())
        .map_or("group", String::as_str);
    let decimals = decimals_for(panel.groups.iter().map(|group| group.description.mean));
    let head = vec![
        upper_first(of),
        "n".into(),
        "mean".into(),
        "median".into(),
        "sd".into(),
    ];
    let rows = panel.groups.iter().map(|group| {
        let described = &group.description;
        let name = [Some(&group.name), group.colour.as_ref()];
        let name: Vec<&str> = name.into_iter().flatten().map(String::as_str).collect();
        let mut cells = vec![name.join(", "), count(described.n)];
        cells.extend(
            [described.mean, described.median, described.sd].map(|value| fixed(value, decimals)),
        );
        (dots.dot(group.colour.as_deref()), cells)
    });
    view! {
        <div class="hf-sec">
            <h3 class="hf-h mb-2">{format!("{} by {of}", spec.y.as_deref().unwrap_or_default())}</h3>
            {table(head, rows.collect())}
        </div>
        {panel.anova.as_ref().map(anova)}
    }
    .into_any()
}

fn anova(anova: &Anova) -> AnyView {
    let rows = vec![
        ("F", significant(anova.f, 4)),
        ("p", p_value(anova.p)),
        (
            "Degrees of freedom",
            format!("{}, {}", fixed(anova.df[0], 0), fixed(anova.df[1], 0)),
        ),
        ("Sum of squares", pair(anova.ss)),
        ("Mean square", pair(anova.ms)),
        (
            "η²",
            format!(
                "{}, {}",
                fixed(anova.eta_squared, 3),
                effect(anova.eta_squared)
            ),
        ),
    ];
    view! {
        <div class="hf-sec">
            <h3 class="hf-h mb-1">"One-way ANOVA"</h3>
            <p class="text-xs text-muted">{sentence(anova)}</p>
            {list(rows, true)}
        </div>
        {(anova.pairwise.len() > 1).then(|| pairs(anova))}
    }
    .into_any()
}

/// Between and within.
fn pair([between, within]: [f64; 2]) -> String {
    format!("{}, {}", significant(between, 3), significant(within, 3))
}

fn effect(eta_squared: f64) -> &'static str {
    match eta_squared {
        eta if eta < ETA[0] => "small",
        eta if eta < ETA[1] => "medium",
        _ => "large",
    }
}

fn sentence(anova: &Anova) -> String {
    let size = effect(anova.eta_squared);
    if anova.p < 0.05 {
        format!("The means differ; the effect is {size}.")
    } else {
        "Nothing speaks for a difference of the means.".to_owned()
    }
}

fn pairs(anova: &Anova) -> AnyView {
    let mut pairwise: Vec<_> = anova.pairwise.iter().collect();
    pairwise.sort_by(|a, b| {
        a.p_adjusted
            .total_cmp(&b.p_adjusted)
            .then(b.d.abs().total_cmp(&a.d.abs()))
    });
    let all = pairwise.len();
    let decimals = decimals_for(pairwise.iter().map(|pair| pair.difference));
    let head = ["Pair", "difference", "d", "p"].map(String::from).to_vec();
    let rows = pairwise.into_iter().take(MAX_PAIRS).map(|pair| {
        let cells = vec![
            format!("{} − {}", pair.a, pair.b),
            fixed(pair.difference, decimals),
            fixed(pair.d, 2),
            p_value(pair.p_adjusted),
        ];
        (None, cells)
    });
    let rest = (all > MAX_PAIRS).then(|| {
        format!(
            "{MAX_PAIRS} of {} pairs, the smallest p first.",
            count(all as u64)
        )
    });
    view! {
        <div class="hf-sec">
            <h3 class="hf-h mb-2">"Pair by pair, p after Bonferroni"</h3>
            {table(head, rows.collect())}
            <p class="text-2xs text-muted mt-1">"d is Cohen's d. " {rest}</p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::effect;

    #[test]
    fn effects_are_named_as_cohen_did() {
        assert_eq!(
            [0.01, 0.06, 0.139, 0.14].map(effect),
            ["small", "medium", "medium", "large"]
        );
    }
}
