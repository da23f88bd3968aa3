//! Two samples walked together, from the smallest value to the largest: what rank tests are made of.

/// How often a value is in each of two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tie {
    pub value: f64,
    pub a: u64,
    pub b: u64,
}

/// Each different value of two ascending samples, in order.
pub(super) fn ties<'a>(a: &'a [f64], b: &'a [f64]) -> impl Iterator<Item = Tie> + 'a {
    let (mut rest_a, mut rest_b) = (a, b);
    std::iter::from_fn(move || {
        let value = match (rest_a.first(), rest_b.first()) {
            (Some(a), Some(b)) => a.min(*b),
            (Some(one), None) | (None, Some(one)) => *one,
            (None, None) => return None,
        };
        Some(Tie {
            value,
            a: take(&mut rest_a, value),
            b: take(&mut rest_b, value),
        })
    })
}

/// Takes a value off the front, as often as it is there.
fn take(rest: &mut &[f64], value: f64) -> u64 {
    let count = rest.iter().take_while(|one| **one == value).count();
    *rest = &rest[count..];
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_comes_once_with_its_counts() {
        let found: Vec<(f64, u64, u64)> = ties(&[-0.0, 1.0, 1.0, 4.0], &[0.0, 1.0, 3.0])
            .map(|tie| (tie.value, tie.a, tie.b))
            .collect();
        let expected = [(0.0, 1, 1), (1.0, 2, 1), (3.0, 0, 1), (4.0, 1, 0)];
        assert_eq!(found, expected);
        assert_eq!(ties(&[], &[]).count(), 0);
    }
}
