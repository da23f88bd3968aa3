//! A ratio of sums.

use super::Moments;

/// The sum of the first over the sum of the second, and its standard error by linearisation (Cochran 1977, 2.11): both
/// values of one place belong together. Zeros where the second sum is 0.
pub fn ratio(above: &[f64], below: &[f64]) -> [f64; 2] {
    let all: f64 = below.iter().sum();
    if all == 0.0 {
        return [0.0; 2];
    }
    let (n, ratio) = (below.len() as f64, above.iter().sum::<f64>() / all);
    let rests: Vec<f64> = above
        .iter()
        .zip(below)
        .map(|(above, below)| above - ratio * below)
        .collect();
    [ratio, Moments::of(&rests).sd() / n.sqrt() / (all / n)]
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[test]
    fn a_ratio_that_is_the_same_everywhere_has_no_error() {
        assert_eq!(ratio(&[1.0, 2.0, 4.0], &[2.0, 4.0, 8.0]), [0.5, 0.0]);
        assert_eq!(ratio(&[1.0], &[0.0]), [0.0, 0.0]);
        // Rests are -0.5 and 0.5: their sd is 0.7071, of two, over a mean of 2.
        let [found, error] = ratio(&[0.5, 1.5], &[2.0, 2.0]);
        assert_eq!(found, 0.5);
        assert!((error - 0.25).abs() < 1e-12);
    }
}
