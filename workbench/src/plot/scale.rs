//! An axis: linear, or log10. Values on the axis are the columns' own; places are where they lie.

/// How values become places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    Log10,
}

impl Scale {
    pub(super) fn new(is_log: bool) -> Self {
        if is_log { Self::Log10 } else { Self::Linear }
    }

    /// Whether the axis can show the value at all.
    pub(super) fn takes(self, value: f64) -> bool {
        self == Self::Linear || value > 0.0
    }

    /// The place of a value.
    pub(super) fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log10 => value.log10(),
        }
    }

    /// The place of any number, such as a lasso's corner: nothing is left of the smallest.
    pub(super) fn place_within(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log10 => value.max(f64::MIN_POSITIVE).log10(),
        }
    }

    /// The value at a place.
    pub(super) fn value(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Log10 => 10_f64.powf(place),
        }
    }

    /// `log10 bili`, or the name alone.
    pub(super) fn label(self, name: &str) -> String {
        match self {
            Self::Linear => name.to_owned(),
            Self::Log10 => format!("log10 {name}"),
        }
    }
}

/// Equal cells from the smallest to the largest place, as edges.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cells {
    low: f64,
    width: f64,
    count: usize,
}

impl Cells {
    /// `count` cells over the range. Where all values are equal they get room on both sides.
    pub(super) fn new([low, high]: [f64; 2], count: usize) -> Self {
        let room = if high > low {
            0.0
        } else {
            (low.abs() * 0.01).max(0.5)
        };
        let (low, high) = (low - room, high + room);
        Self {
            low,
            // Divided before subtracting: the range of huge values overflows.
            width: high / count as f64 - low / count as f64,
            count,
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.width
    }

    /// The cell of a place; the last one is closed on both sides.
    pub(super) fn of(&self, place: f64) -> usize {
        (((place - self.low) / self.width) as usize).min(self.count - 1)
    }

    /// Places of all edges, one more than cells.
    pub(super) fn edges(&self) -> Vec<f64> {
        (0..=self.count)
            .map(|i| self.low + self.width * i as f64)
            .collect()
    }
}

/// Smallest and largest of finite numbers.
pub(super) fn range_of(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.fold(None, |range, value| match range {
        None => Some([value, value]),
        Some([low, high]) => Some([low.min(value), high.max(value)]),
    })
}
