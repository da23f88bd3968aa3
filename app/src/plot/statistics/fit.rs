//! The fitted line: its equation with the scale it holds on, and how good it is.

use leptos::prelude::*;
use workbench::plot::{Fit, Panel, PlotSpec};

use super::{dot::Dots, list, table};
use crate::{
    components::format::count,
    plot::{
        numbers::{fixed, p_value, significant},
        words::on_scale,
    },
};

pub(super) fn view(spec: &PlotSpec, panel: &Panel, dots: &Dots) -> Option<AnyView> {
    let y = on_scale(spec.y.as_ref(), spec.log_y);
    let x = on_scale(spec.x.as_ref(), spec.log_x);
    let body = match panel.fits.as_slice() {
        [] => return None,
        [fit] if fit.group.is_none() => one(spec, fit),
        fits => several(fits, dots),
    };
    Some(
        view! {
            <div class="hf-sec">
                <h3 class="hf-h mb-1">{format!("Fit: {y} on {x}")}</h3>
                {body}
            </div>
        }
        .into_any(),
    )
}

fn one(spec: &PlotSpec, fit: &Fit) -> AnyView {
    let rows = vec![
        ("R²", fixed(fit.r_squared, 3)),
        ("r", fixed(fit.r, 3)),
        ("p", p_value(fit.p)),
        ("Standard error", significant(fit.standard_error, 3)),
        ("n", count(fit.n)),
    ];
    view! {
        <p class="font-mono text-xs py-1.5" data-testid="plot-equation">{equation(spec, fit)}</p>
        {list(rows, true)}
    }
    .into_any()
}

/// `y = 3.489 − 0.483 log₁₀ x`.
fn equation(spec: &PlotSpec, fit: &Fit) -> String {
    let sign = if fit.slope < 0.0 { "−" } else { "+" };
    let scale = |is_log: bool, letter: &str| {
        if is_log {
            format!("log₁₀ {letter}")
        } else {
            letter.to_owned()
        }
    };
    format!(
        "{} = {} {sign} {} {}",
        scale(spec.log_y, "y"),
        significant(fit.intercept, 4),
        significant(fit.slope.abs(), 3),
        scale(spec.log_x, "x")
    )
}

fn several(fits: &[Fit], dots: &Dots) -> AnyView {
    let head = ["", "slope", "R²", "p", "n"].map(String::from).to_vec();
    let rows = fits.iter().map(|fit| {
        let cells = vec![
            fit.group.clone().unwrap_or_default(),
            significant(fit.slope, 3),
            fixed(fit.r_squared, 3),
            p_value(fit.p),
            count(fit.n),
        ];
        (dots.dot(fit.group.as_deref()), cells)
    });
    table(head, rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_equation_says_on_which_scale_it_holds() {
        let fit = Fit {
            group: None,
            slope: -0.4831,
            intercept: 3.4893,
            r: -0.461,
            r_squared: 0.213,
            p: 2.9e-60,
            standard_error: 0.0278,
            n: 1_123,
            line: Vec::new(),
        };
        let log = PlotSpec {
            log_x: true,
            ..PlotSpec::default()
        };
        assert_eq!(equation(&log, &fit), "y = 3.489 − 0.483 log₁₀ x");
        assert_eq!(equation(&PlotSpec::default(), &fit), "y = 3.489 − 0.483 x");
    }
}
