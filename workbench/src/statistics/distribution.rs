//! Tails of the normal, t and F distributions, exact to about 1e-9 relative far out in the tail.
//!
//! The gamma function and erfc are statrs's. The regularised incomplete beta function is ours:
//! statrs stops its continued fraction after 141 steps (too few for a million rows) and takes
//! `1 - x` of a rounded x; here both come in, and the power in front is summed as a logarithm.

use std::f64::consts::{PI, SQRT_2};

use statrs::function::{erf::erfc, gamma::ln_gamma};

/// Steps of the continued fraction. It takes about sqrt(degrees of freedom): 10^10 rows fit.
const MAX_STEPS: u32 = 200_000;

/// Two-sided p of Student's t.
pub fn t_p(t: f64, freedom: f64) -> f64 {
    let square = t * t;
    if !square.is_finite() {
        return 0.0;
    }
    let sum = freedom + square;
    regularised_beta(freedom / 2.0, 0.5, freedom / sum, square / sum)
}

/// p of F: the upper tail.
pub fn f_p(f: f64, between: f64, within: f64) -> f64 {
    let scaled = f * between;
    if !scaled.is_finite() {
        return 0.0;
    }
    let sum = within + scaled;
    regularised_beta(within / 2.0, between / 2.0, within / sum, scaled / sum)
}

/// The t that leaves `p` outside on both sides together: `t_quantile(0.05, n - 1)` for a 95 %
/// interval. `p` in 0..1, `freedom` at least 1.
pub fn t_quantile(p: f64, freedom: f64) -> f64 {
    // Newton on ln p over ln t: concave everywhere and nearly straight in heavy tails.
    let ln_density_constant =
        ln_gamma((freedom + 1.0) / 2.0) - ln_gamma(freedom / 2.0) - 0.5 * (freedom * PI).ln();
    let mut t: f64 = 1.0;
    for _ in 0..100 {
        let tail = t_p(t, freedom);
        let ln_density = ln_density_constant - (freedom + 1.0) / 2.0 * (t * t / freedom).ln_1p();
        let slope = -2.0 * ln_density.exp() * t / tail;
        let step = (p.ln() - tail.ln()) / slope;
        t *= step.clamp(-2.0, 2.0).exp();
        if step.abs() < 1e-14 {
            break;
        }
    }
    t
}

/// Upper tail of the standard normal distribution.
pub fn normal_upper(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// Logarithms of the lower and upper tail of the standard normal distribution.
pub(super) fn ln_normal_tails(z: f64) -> [f64; 2] {
    let distance = z.abs();
    let [far, near] = if distance < 20.0 {
        let tail = normal_upper(distance);
        [tail.ln(), (-tail).ln_1p()]
    } else {
        // Asymptotic series (Abramowitz & Stegun 26.2.12): erfc itself underflows at 38.
        let i = 1.0 / (distance * distance);
        let series = 1.0 - i * (1.0 - 3.0 * i * (1.0 - 5.0 * i * (1.0 - 7.0 * i)));
        let ln = -0.5 * distance * distance - distance.ln() - 0.5 * (2.0 * PI).ln() + series.ln();
        [ln, -ln.exp()]
    };
    if z < 0.0 { [far, near] } else { [near, far] }
}

/// Regularised incomplete beta function I_x(a, b), with `y` = 1 - x. DLMF 8.17.22, evaluated
/// by the modified Lentz method; 8.17.4 mirrors it to where it converges fast.
fn regularised_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let ln_front = a * ln_of(x, y) + b * ln_of(y, x) - ln_beta;
    let value = if x < (a + 1.0) / (a + b + 2.0) {
        (ln_front - a.ln() - continued_fraction(a, b, x).ln()).exp()
    } else {
        1.0 - (ln_front - b.ln() - continued_fraction(b, a, y).ln()).exp()
    };
    value.clamp(0.0, 1.0)
}

/// ln x, taken from 1 - x where that has more digits.
fn ln_of(x: f64, one_less_x: f64) -> f64 {
    if x > 0.5 {
        (-one_less_x).ln_1p()
    } else {
        x.ln()
    }
}

/// The denominator 1 + d1 / (1 + d2 / (1 + ...)) of DLMF 8.17.22.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for step in 1..=MAX_STEPS {
        let m = f64::from(step / 2);
        let term = if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 / away_from_zero(1.0 + term * d);
        c = away_from_zero(1.0 + term / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}
