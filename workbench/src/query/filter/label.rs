//! How a filter reads in the list of steps.

use std::fmt::Display;

/// Values listed before the rest is counted.
const LISTED: usize = 6;

/// `Age 40 to 60`, `Age from 40`, `Age up to 60`.
pub(super) fn range<T: Display>(name: &str, min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{name} {min} to {max}"),
        (Some(min), None) => format!("{name} from {min}"),
        (None, Some(max)) => format!("{name} up to {max}"),
        (None, None) => format!("{name} known"),
    }
}

/// `stage 1, 2`; long lists end in `and 9 more`.
pub(super) fn values(name: &str, values: &[String]) -> String {
    match values.len() {
        0 => format!("{name} none"),
        count if count <= LISTED => format!("{name} {}", values.join(", ")),
        count => format!(
            "{name} {} and {} more",
            values[..LISTED].join(", "),
            count - LISTED
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_reads_like_a_sentence() {
        let ages = |min, max| range("Age", min, max);
        assert_eq!(ages(Some(40.0), Some(60.5)), "Age 40 to 60.5");
        assert_eq!(ages(Some(40.0), None), "Age from 40");
        let stages: Vec<String> = (1..=8).map(|stage| stage.to_string()).collect();
        assert_eq!(values("stage", &stages[..2]), "stage 1, 2");
        assert_eq!(
            values("stage", &stages),
            "stage 1, 2, 3, 4, 5, 6 and 2 more"
        );
    }
}
