//! Ordinary least squares of y on x, and the interval of its mean.
//!
//! Draper & Smith, Applied Regression Analysis (3rd ed. 1998), 1.2 to 1.4; agrees with
//! `scipy.stats.linregress`. Knows nothing of logarithms: the caller transforms.

use super::{Moments, NotMade, t_p, t_quantile};

/// The fewest points with an error to estimate: two are always on a line.
const MIN_POINTS: usize = 3;

/// A fitted line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Slope.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
    /// Pearson's r; 0 where y is constant.
    pub r: f64,
    /// Two-sided p of slope = 0 (t, n - 2).
    pub p: f64,
    /// Standard error of the slope.
    pub standard_error: f64,
    /// Points.
    pub n: u64,
    x: Moments,
    mean_y: f64,
    residual_sd: f64,
    t: f64,
}

impl Line {
    /// r squared: the share of y's variance that x explains.
    pub fn r_squared(&self) -> f64 {
        self.r * self.r
    }

    /// y on the line.
    pub fn at(&self, x: f64) -> f64 {
        // Around the means: the intercept may be far away and large.
        self.mean_y + self.slope * (x - self.x.mean)
    }

    /// 95 % interval of the mean of y at x: `s t sqrt(1/n + (x - mean)^2 / Sxx)` to both sides.
    pub fn interval(&self, x: f64) -> [f64; 2] {
        let distance = x - self.x.mean;
        let half = self.t
            * self.residual_sd
            * (1.0 / self.n as f64 + distance * distance / self.x.squares).sqrt();
        [self.at(x) - half, self.at(x) + half]
    }
}

/// Fits y on x; the slices are of one length and finite.
pub fn ols(x: &[f64], y: &[f64]) -> Result<Line, NotMade> {
    let have = x.len().min(y.len());
    if have < MIN_POINTS {
        return Err(NotMade::TooFew {
            needed: MIN_POINTS,
            have,
        });
    }
    let (mx, my) = (Moments::of(x), Moments::of(y));
    if mx.is_constant() {
        return Err(NotMade::Constant);
    }
    let products: f64 = pairs(x, y, &mx, &my).map(|(dx, dy)| dx * dy).sum();
    let slope = products / mx.squares;
    // A third pass: 1 - r^2 loses its digits where the fit is close.
    let residuals: f64 = pairs(x, y, &mx, &my)
        .map(|(dx, dy)| (dy - slope * dx) * (dy - slope * dx))
        .sum();
    let freedom = (have - 2) as f64;
    let residual_sd = (residuals / freedom).sqrt();
    let standard_error = residual_sd / mx.squares.sqrt();
    let (r, p) = if my.is_constant() {
        (0.0, 1.0)
    } else {
        let r = products / mx.squares.sqrt() / my.squares.sqrt();
        (r.clamp(-1.0, 1.0), p_of(slope, standard_error, freedom))
    };
    let line = Line {
        slope,
        intercept: my.mean - slope * mx.mean,
        r,
        p,
        standard_error,
        n: mx.n,
        x: mx,
        mean_y: my.mean,
        residual_sd,
        t: t_quantile(0.05, freedom),
    };
    let is_finite = [line.slope, line.intercept, line.r, line.standard_error]
        .iter()
        .all(|value| value.is_finite());
    if is_finite {
        Ok(line)
    } else {
        Err(NotMade::OutOfRange)
    }
}

fn p_of(slope: f64, standard_error: f64, freedom: f64) -> f64 {
    if standard_error == 0.0 {
        // Every point is on the line.
        0.0
    } else {
        t_p(slope / standard_error, freedom)
    }
}

fn pairs(x: &[f64], y: &[f64], mx: &Moments, my: &Moments) -> impl Iterator<Item = (f64, f64)> {
    let (mean_x, mean_y) = (mx.mean, my.mean);
    x.iter().zip(y).map(move |(x, y)| (x - mean_x, y - mean_y))
}
