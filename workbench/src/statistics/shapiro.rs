//! Shapiro-Wilk test of normality.
//!
//! Royston, "Remark AS R94", Applied Statistics 44 (1995) 547-551: the algorithm of R's
//! `shapiro.test` and `scipy.stats.shapiro`, for 3 to 5,000 values.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::{NotMade, Sample, normal_upper};

const MIN: usize = 3;
const MAX: usize = 5_000;

/// W and p.
pub fn shapiro(sample: &Sample) -> Result<[f64; 2], NotMade> {
    let x = sample.values();
    let have = x.len();
    if have < MIN {
        return Err(NotMade::TooFew { needed: MIN, have });
    }
    if have > MAX {
        return Err(NotMade::TooMany { most: MAX, have });
    }
    let range = x[have - 1] - x[0];
    if !range.is_finite() {
        return Err(NotMade::OutOfRange);
    }
    if range <= f64::EPSILON * x[0].abs().max(x[have - 1].abs()) {
        return Err(NotMade::Constant);
    }
    let weights = weights(have);
    // 1 - W rather than W, so that nothing is lost where W is near 1.
    let lack = one_less_correlation(x, &weights, range);
    let w = 1.0 - lack;
    Ok([w, p_value(lack, have)])
}

/// Weights of the upper half, outermost first; the lower half has them negative.
fn weights(n: usize) -> Vec<f64> {
    const OUTER: [f64; 6] = [0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056];
    const SECOND: [f64; 6] = [0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633];
    if n == 3 {
        return vec![FRAC_1_SQRT_2];
    }
    // Blom's approximation of the expected normal order statistics.
    let mut a: Vec<f64> = (1..=n / 2)
        .map(|i| -normal_quantile((i as f64 - 0.375) / (n as f64 + 0.25)))
        .collect();
    let squares = 2.0 * a.iter().map(|m| m * m).sum::<f64>();
    let root = (n as f64).sqrt().recip();
    let first = polynomial(&OUTER, root) + a[0] / squares.sqrt();
    let (given, factor) = if n > 5 {
        let second = polynomial(&SECOND, root) + a[1] / squares.sqrt();
        let rest = squares - 2.0 * (a[0] * a[0] + a[1] * a[1]);
        let left = 1.0 - 2.0 * (first * first + second * second);
        (vec![first, second], (rest / left).sqrt())
    } else {
        let rest = squares - 2.0 * a[0] * a[0];
        (vec![first], (rest / (1.0 - 2.0 * first * first)).sqrt())
    };
    for weight in &mut a {
        *weight /= factor;
    }
    a[..given.len()].copy_from_slice(&given);
    a
}

/// 1 less the squared correlation of the ordered values with the weights.
fn one_less_correlation(x: &[f64], weights: &[f64], range: f64) -> f64 {
    let n = x.len();
    let pivot = x[n / 2];
    // Weights are antisymmetric, so their mean is 0.
    let weight = |i: usize| {
        let mirrored = n - 1 - i;
        match i.cmp(&mirrored) {
            std::cmp::Ordering::Less => -weights[i],
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => weights[mirrored],
        }
    };
    let scaled = |value: f64| (value - pivot) / range;
    let mean = x.iter().map(|&v| scaled(v)).sum::<f64>() / n as f64;
    let (mut aa, mut xx, mut ax) = (0.0, 0.0, 0.0);
    for (i, &value) in x.iter().enumerate() {
        let (a, v) = (weight(i), scaled(value) - mean);
        aa += a * a;
        xx += v * v;
        ax += a * v;
    }
    let root = (aa * xx).sqrt();
    (root - ax) * (root + ax) / (aa * xx)
}

fn p_value(lack: f64, n: usize) -> f64 {
    let size = n as f64;
    if n == 3 {
        // Exact: 6 / pi (asin sqrt W - asin sqrt 3/4).
        let p = 6.0 / PI * ((1.0 - lack).max(0.75).sqrt().asin() - 0.75_f64.sqrt().asin());
        return p.clamp(0.0, 1.0);
    }
    let (y, mean, ln_sd) = if n <= 11 {
        let gamma = polynomial(&[-2.273, 0.459], size);
        if lack.ln() >= gamma {
            // Where the approximation ends; R's and scipy's word for "nothing".
            return 1e-99;
        }
        (
            -(gamma - lack.ln()).ln(),
            polynomial(&[0.544, -0.39978, 0.025054, -6.714e-4], size),
            polynomial(&[1.3822, -0.77857, 0.062767, -0.0020322], size),
        )
    } else {
        let ln = size.ln();
        (
            lack.ln(),
            polynomial(&[-1.5861, -0.31082, -0.083751, 0.0038915], ln),
            polynomial(&[-0.4803, -0.082676, 0.0030302], ln),
        )
    };
    normal_upper((y - mean) / ln_sd.exp())
}

/// Beasley & Springer, AS 111, Applied Statistics 26 (1977): good to 1e-9 only, but R94 is built on
/// it, and at n = 5,000 an exact quantile moves p by 1e-6.
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 4] = [
        2.50662823884,
        -18.61500062529,
        41.39119773534,
        -25.44106049637,
    ];
    const B: [f64; 5] = [
        1.0,
        -8.47351093090,
        23.08336743743,
        -21.06224101826,
        3.13082909833,
    ];
    const C: [f64; 4] = [-2.78718931138, -2.29796479134, 4.85014127135, 2.32121276858];
    const D: [f64; 3] = [1.0, 3.54388924762, 1.63706781897];
    let q = p - 0.5;
    if q.abs() <= 0.42 {
        return q * polynomial(&A, q * q) / polynomial(&B, q * q);
    }
    let root = (-p.min(1.0 - p).ln()).sqrt();
    (polynomial(&C, root) / polynomial(&D, root)).copysign(q)
}

/// Coefficients from the constant up.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}
