//! The distribution of Kolmogorov's distance between a sample and what it is drawn from.
//!
//! The same cases as `scipy.stats.kstwo` (after Simard & L'Ecuyer 2011): Durbin's matrix in the form of Marsaglia, Tsang &
//! Wang 2003 where the sample or the distance is small, Pelz & Good 1976 in between, and in the tail twice the one-sided
//! distribution, which is exact to all digits there. The one-sided sum takes its binomial terms as Loader 2000, so that a
//! hundred thousand values cost no digits.

use std::f64::consts::PI;

use statrs::function::gamma::ln_gamma;

/// The share of samples of `n` (a whole number) that are at least `d` away.
pub(super) fn upper(n: f64, d: f64) -> f64 {
    let (places, square) = (n * d, n * d * d);
    let p = if places <= 0.5 {
        1.0
    } else if d >= 1.0 {
        0.0
    } else if d >= 0.5 || square >= if n <= 140.0 { 4.0 } else { 2.2 } {
        2.0 * one_sided(n, d)
    } else if n <= 140.0 || (n <= 100_000.0 && n * d.powf(1.5) <= 1.4) {
        1.0 - durbin(n, d)
    } else {
        1.0 - pelz_good(n, d)
    };
    p.clamp(0.0, 1.0)
}

/// Smirnov's one-sided distribution: the sum of binomial terms at `d + j / n`.
fn one_sided(n: f64, d: f64) -> f64 {
    let last = (n * (1.0 - d)).floor() as u64;
    let term = |j: u64| {
        let j = j as f64;
        let mean = n * d + j;
        let rest = n - mean;
        if rest <= 0.0 {
            return 0.0;
        }
        if j == 0.0 {
            return (n * (-d).ln_1p()).exp();
        }
        let ln = stirling_error(n)
            - stirling_error(j)
            - stirling_error(n - j)
            - deviance(j, mean)
            - deviance(n - j, rest);
        n * d / mean * ln.exp() * (n / (2.0 * PI * j * (n - j))).sqrt()
    };
    (0..=last).map(term).sum()
}

/// ln n! less Stirling's formula for it.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    let inner = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - inner / square) / square) / n
}

/// `x ln(x / m) + m - x`, without loss where x and m are near.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() - difference;
    }
    let ratio = difference / (x + m);
    let (mut sum, mut power) = (difference * ratio, 2.0 * x * ratio);
    for odd in 1..1000 {
        power *= ratio * ratio;
        let next = sum + power / f64::from(2 * odd + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The share of samples that are nearer than `d`: `n! / n^n` times the middle of the n-th power of Durbin's matrix.
fn durbin(n: f64, d: f64) -> f64 {
    let middle = (n * d) as usize;
    let size = 2 * middle + 1;
    let left = (middle + 1) as f64 - n * d;
    let mut matrix = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..size.min(row + 2) {
            matrix[row * size + column] = 1.0;
        }
    }
    for place in 0..size {
        matrix[place * size] -= left.powi(place as i32 + 1);
        matrix[(size - 1) * size + place] -= left.powi((size - place) as i32);
    }
    if left > 0.5 {
        matrix[(size - 1) * size] += (2.0 * left - 1.0).powi(size as i32);
    }
    for row in 0..size {
        for column in 0..=row {
            let factorial: f64 = (1..=row + 1 - column).map(|g| g as f64).product();
            matrix[row * size + column] /= factorial;
        }
    }
    let (power, ten) = power(&matrix, size, n as u64);
    let mut share = (power[middle * size + middle], ten);
    for i in 1..=n as u64 {
        share.0 *= i as f64 / n;
        if share.0 < 1e-140 {
            share = (share.0 * 1e140, share.1 - 140);
        }
    }
    share.0 * 10_f64.powi(share.1)
}

/// A matrix to a power, and the power of ten taken out of it.
fn power(matrix: &[f64], size: usize, exponent: u64) -> (Vec<f64>, i32) {
    if exponent == 1 {
        return (matrix.to_vec(), 0);
    }
    let (half, ten) = power(matrix, size, exponent / 2);
    let mut result = (product(&half, &half, size), 2 * ten);
    if exponent % 2 == 1 {
        result.0 = product(matrix, &result.0, size);
    }
    if result.0[size * size / 2] > 1e140 {
        result.0.iter_mut().for_each(|value| *value *= 1e-140);
        result.1 += 140;
    }
    result
}

fn product(a: &[f64], b: &[f64], size: usize) -> Vec<f64> {
    let mut product = vec![0.0; size * size];
    for (row, out) in product.chunks_exact_mut(size).enumerate() {
        for (inner, factors) in b.chunks_exact(size).enumerate() {
            let factor = a[row * size + inner];
            out.iter_mut()
                .zip(factors)
                .for_each(|(out, value)| *out += factor * value);
        }
    }
    product
}

/// The share of samples that are nearer than `d`, to four terms in powers of `1 / sqrt(n)`.
fn pelz_good(n: f64, d: f64) -> f64 {
    let z = n.sqrt() * d;
    let [z2, z3, z4, z6] = [2, 3, 4, 6].map(|power| z.powi(power));
    let [pi2, pi4, pi6] = [2, 4, 6].map(|power| PI.powi(power));
    let q = (-pi2 / 8.0 / z2).exp();
    if q == 0.0 {
        return 0.0;
    }
    let terms = (16.0 * z / PI).ceil() as i32;
    let mut sums = [0.0; 4];
    for k in (1..=terms).rev() {
        let m2 = f64::from(2 * k - 1).powi(2);
        let (m4, m6) = (m2 * m2, m2 * m2 * m2);
        let second = (2.0 * z4 - 5.0 * z2) * pi2 / 4.0 * m2 + pi4 * (1.0 - 2.0 * z2) / 16.0 * m4;
        let third = pi2 * (135.0 * z4 - 96.0 * z6) / 4.0 * m2
            + pi4 * (-60.0 * z2 + 212.0 * z4) / 16.0 * m4
            + pi6 * (5.0 - 30.0 * z2) / 64.0 * m6;
        let coefficients = [
            1.0,
            -z2 + pi2 / 4.0 * m2,
            6.0 * z6 + 2.0 * z4 + second,
            -30.0 * z6 - 90.0 * z.powi(8) + third,
        ];
        let factor = q.powi(8 * k);
        for (sum, coefficient) in sums.iter_mut().zip(coefficients) {
            *sum = *sum * factor + coefficient;
        }
    }
    let root = (2.0 * PI).sqrt();
    let scales = [z, 6.0 * z4, 72.0 * z.powi(7), 6480.0 * z.powi(10)];
    for (sum, scale) in sums.iter_mut().zip(scales) {
        *sum *= q * root / scale;
    }
    let (mut second, mut third) = (0.0, 0.0);
    for k in (1..=terms).rev() {
        let k2 = f64::from(k).powi(2);
        let power = (-pi2 / 2.0 / z2 * k2).exp();
        second += k2 * power;
        third += (3.0 * z2 - pi2 * k2) * k2 * power;
    }
    sums[2] -= second * pi2 * root / (36.0 * z3);
    sums[3] += third * pi2 * root / (216.0 * z6);
    sums[0] + sums[1] / n.sqrt() + sums[2] / n + sums[3] / n.powf(1.5)
}
