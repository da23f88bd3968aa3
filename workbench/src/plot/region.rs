//! Whether a point lies in a region of the plot, as the plot draws it.
//!
//! Corners are in the columns' units; on a log axis the edges between them are straight on the
//! screen, that is in log10. A group axis counts groups from 0, each reaching half a step to
//! both sides.

use super::{Region, frame::Frame, scale::range_of};
use crate::{Error, query::Range};

/// A region in places on the axes.
pub(super) enum Area {
    Ranges([Range; 2]),
    Polygon {
        corners: Vec<[f64; 2]>,
        /// Smallest and largest of x and y: most points are outside of them.
        bounds: [[f64; 2]; 2],
    },
}

impl Area {
    /// The region on the axes of this plot.
    pub(super) fn new(region: &Region, frame: &Frame, has_y: bool) -> Result<Self, Error> {
        match region {
            Region::Box { x, y } => Ok(Self::Ranges([
                *x,
                if has_y { *y } else { Range::default() },
            ])),
            Region::Polygon { .. } if !has_y => Err(Error::BadRequest(
                "A histogram has no vertical values. Select a range.".to_owned(),
            )),
            Region::Polygon { corners } if corners.iter().flatten().any(|c| !c.is_finite()) => Err(
                Error::BadRequest("A corner of the region is no number.".to_owned()),
            ),
            Region::Polygon { corners } => {
                let corners: Vec<[f64; 2]> = corners
                    .iter()
                    .map(|[x, y]| {
                        [
                            frame.scale_x.place_within(*x),
                            frame.scale_y.place_within(*y),
                        ]
                    })
                    .collect();
                let bounds = [0, 1]
                    .map(|axis| range_of(corners.iter().map(|c| c[axis])).unwrap_or_default());
                Ok(Self::Polygon { corners, bounds })
            }
        }
    }

    /// Whether the point lies inside. Ranges are inclusive.
    pub(super) fn has(&self, frame: &Frame, point: usize) -> bool {
        match self {
            // Ranges are compared as given: a place would round them.
            Self::Ranges([x, y]) => is_in(x, frame.x[point]) && is_in(y, frame.y[point]),
            Self::Polygon { corners, bounds } => {
                let place = frame.place(point);
                let is_near =
                    |axis: usize| (bounds[axis][0]..=bounds[axis][1]).contains(&place[axis]);
                is_near(0) && is_near(1) && is_inside(corners, place)
            }
        }
    }
}

fn is_in(range: &Range, value: f64) -> bool {
    range.min.is_none_or(|min| value >= min) && range.max.is_none_or(|max| value <= max)
}

/// Even-odd rule: a ray to the right crosses the outline an odd number of times (Shimrat 1962).
/// A corner belongs to the edge that leaves it upwards, so that none counts twice.
fn is_inside(corners: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let Some(&last) = corners.last() else {
        return false;
    };
    let mut is_odd = false;
    let mut from = last;
    for &to in corners {
        if (from[1] > y) != (to[1] > y) {
            let share = (y - from[1]) / (to[1] - from[1]);
            is_odd ^= x < from[0] + share * (to[0] - from[0]);
        }
        from = to;
    }
    is_odd
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn a_star_that_crosses_itself_is_empty_in_the_middle() {
        let star: Vec<[f64; 2]> = [0, 2, 4, 1, 3]
            .map(|i| f64::from(i) * std::f64::consts::TAU / 5.0)
            .map(|angle| [angle.sin(), angle.cos()])
            .to_vec();
        assert!(!is_inside(&star, [0.0, 0.0]));
        assert!(is_inside(&star, [0.0, 0.8]));
        assert!(!is_inside(&star, [0.0, 1.1]));
        assert!(!is_inside(&[], [0.0, 0.0]) && !is_inside(&star[..2], [0.0, 0.0]));
    }
}
