//! What else this kind can show: fit, density curve, bins, one visit each, opacity.

use leptos::{prelude::*, web_sys};
use workbench::plot::{Bandwidth, PlotKind, PlotSpec};

use super::controls::{Number, Toggle};
use crate::plot::model::{Plot, use_plot};

/// Opacity at steps 1 to 4, as the chart draws the palest colour.
const OPACITY: [&str; 4] = ["1", "0.9", "0.8", "0.6"];
const STEPS: i8 = 4;
/// Where the slider begins: paler points would have less than 3:1 to the panel, so that the part
/// below step 4 is there to see and not to take.
const SLIDER_START: i8 = -2;

/// The switches and numbers of this kind.
#[component]
pub(super) fn Options() -> impl IntoView {
    let plot = use_plot();
    let kind = plot.part(|spec| spec.kind);
    let is = move |kinds: &'static [PlotKind]| move || kinds.contains(&kind.get());
    let has_no_colour = plot.part(|spec| spec.colour.is_none() || !spec.fit);
    let has_no_fit = plot.part(|spec| !spec.fit);
    let toggle = move |label, look: fn(&PlotSpec) -> bool, set: fn(&mut PlotSpec, bool), off| {
        let set = Callback::new(move |is_on| plot.change(|spec| set(spec, is_on)));
        view! { <Toggle label is_on=plot.part(look) set is_off_limits=off/> }
    };
    let never = Signal::stored(false);
    view! {
        <div class="hf-sec flex flex-col gap-2">
            <Show when=is(&[PlotKind::Scatter, PlotKind::Density])>
                {toggle("Fit line (OLS)", |s| s.fit, |s, on| s.fit = on, never)}
                {toggle("95 % interval of the fit", |s| s.fit_interval, |s, on| s.fit_interval = on, has_no_fit)}
            </Show>
            <Show when=is(&[PlotKind::Scatter])>
                {toggle("One fit for each colour", |s| s.fit_by_colour, |s, on| s.fit_by_colour = on, has_no_colour)}
            </Show>
            <Show when=is(&[PlotKind::Histogram])>
                {toggle("Density curve (KDE)", |s| s.kde, |s, on| s.kde = on, never)}
                <Bins/>
            </Show>
            <Show when=is(&[PlotKind::Histogram, PlotKind::Violin])>
                <BandwidthChoice/>
            </Show>
            <Show when=move || kind.get() != PlotKind::Visits>
                {toggle("One visit each", |s| s.one_visit_each, |s, on| s.one_visit_each = on, never)}
            </Show>
            <Show when=is(&[PlotKind::Scatter])>
                <Opacity/>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Bins() -> impl IntoView {
    let plot = use_plot();
    let set = Callback::new(move |bins: Option<f64>| {
        plot.change(|spec| spec.bins = bins.map(|bins| bins.round().max(1.0) as u32));
    });
    let value = plot.part(|spec| spec.bins.map(|bins| bins.to_string()).unwrap_or_default());
    view! { <Number label="Bins" value placeholder="chosen for you" step="1" set/> }.into_any()
}

#[component]
fn BandwidthChoice() -> impl IntoView {
    let plot = use_plot();
    let rule = plot.part(|spec| match spec.bandwidth {
        Bandwidth::Scott => "scott",
        Bandwidth::Silverman => "silverman",
        Bandwidth::Manual(_) => "manual",
    });
    let choose = move |event| {
        let bandwidth = match event_target_value(&event).as_str() {
            "silverman" => Bandwidth::Silverman,
            "manual" => Bandwidth::Manual(scott(plot)),
            _ => Bandwidth::Scott,
        };
        plot.change(|spec| spec.bandwidth = bandwidth);
    };
    let width = plot.part(|spec| match spec.bandwidth {
        Bandwidth::Manual(width) => width.to_string(),
        _ => String::new(),
    });
    let set = Callback::new(move |width: Option<f64>| {
        let bandwidth = width.map_or(Bandwidth::Scott, Bandwidth::Manual);
        plot.change(|spec| spec.bandwidth = bandwidth);
    });
    view! {
        <div class="grid grid-cols-2 gap-2">
            <label class="flex flex-col gap-1 min-w-0">
                <span class="hf-h">"Bandwidth"</span>
                <select class="select select-sm w-full" on:change=choose>
                    {[("scott", "Scott"), ("silverman", "Silverman"), ("manual", "manual")]
                        .map(|(name, label)| {
                            let is_chosen = Memo::new(move |_| rule.get() == name);
                            view! {
                                <option value=name selected=is_chosen.get_untracked() prop:selected=is_chosen>
                                    {label}
                                </option>
                            }
                        })}
                </select>
            </label>
            <Show when=move || rule.get() == "manual">
                <Number label="Width" value=width placeholder="" step="any" set/>
            </Show>
        </div>
    }
    .into_any()
}

/// A manual bandwidth starts where the rule had it, to two digits (Scott 1992: n^(-1/5) sd).
fn scott(plot: Plot) -> f64 {
    let width = plot.with_data(|_, data| {
        let panel = data.panels.first()?;
        let group = panel.groups.first().map(|group| &group.description);
        let of = panel.description.as_ref().or(group)?;
        let width = of.sd * (of.n as f64).powf(-0.2);
        format!("{width:.1e}").parse().ok()
    });
    width
        .flatten()
        .filter(|width: &f64| *width > 0.0)
        .unwrap_or(1.0)
}

/// Four steps; to the right the points are opaque.
#[component]
fn Opacity() -> impl IntoView {
    let plot = use_plot();
    let place =
        plot.part(|spec| STEPS + 1 - i8::try_from(spec.opacity).unwrap_or(STEPS).clamp(1, STEPS));
    let label = move || {
        usize::try_from(STEPS - place.get())
            .ok()
            .and_then(|at| OPACITY.get(at))
            .copied()
            .unwrap_or("1")
    };
    let slide = move |event| {
        let slider = event_target::<web_sys::HtmlInputElement>(&event);
        if let Ok(taken) = slider.value().parse::<i8>() {
            let taken = taken.clamp(1, STEPS);
            slider.set_value(&taken.to_string());
            plot.change(|spec| spec.opacity = u8::try_from(STEPS + 1 - taken).unwrap_or(1));
        }
    };
    view! {
        <label class="flex items-center gap-2 mt-1">
            <span class="text-muted">"Opacity"</span>
            <input
                type="range"
                class="range range-xs range-primary flex-1 min-w-0"
                min=SLIDER_START
                max=STEPS
                step="1"
                value=place.get_untracked()
                prop:value=place
                aria-label="Opacity"
                aria-valuetext=label
                on:input=slide
            />
            <span class="num text-xs">{label}</span>
        </label>
    }
    .into_any()
}
