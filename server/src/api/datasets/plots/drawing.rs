//! What is to be drawn, as programs ask for it: the Plot page's choices, without those of colours and lines that change no
//! number. A word that means nothing is refused: a plot of something else looks like an answer.
//!
//! Choices are written as well as read only because the description of the API tells what is taken where nothing is said.

use app::AppError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workbench::plot::{Bandwidth, PlotKind, PlotSpec, Region};

use crate::api::datasets::question::Between;

/// What is drawn. Columns are named as in the result.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = PlotQuestion)]
pub(super) struct Drawing {
    /// Which plot.
    kind: PlotKind,
    /// The horizontal column: the one of a histogram, the group of box and violin. Of `visits` the visit without it.
    x: Option<String>,
    /// The vertical column.
    y: Option<String>,
    /// A column that colours: a category, or few values.
    colour: Option<String>,
    /// A column of numbers that sizes the points of a scatter.
    size: Option<String>,
    /// A category that splits the plot into panels, 12 at most.
    facet: Option<String>,
    /// log10 on the horizontal axis; statistics are then of log10 x.
    log_x: bool,
    /// log10 on the vertical axis; statistics are then of log10 y.
    log_y: bool,
    /// Fit a line by least squares.
    fit: bool,
    /// One fit for each colour.
    fit_by_colour: bool,
    /// A kernel density over a histogram.
    kde: bool,
    /// Its bandwidth.
    bandwidth: Bandwidth,
    /// Bins of a histogram; without it as Freedman and Diaconis say, 5 to 200.
    #[schema(minimum = 1, maximum = 1000)]
    bins: Option<u32>,
    /// Take only each participant's first visit in the result.
    one_visit_each: bool,
}

impl Default for Drawing {
    fn default() -> Self {
        let spec = PlotSpec::default();
        Self {
            kind: spec.kind,
            x: spec.x,
            y: spec.y,
            colour: spec.colour,
            size: spec.size,
            facet: spec.facet,
            log_x: spec.log_x,
            log_y: spec.log_y,
            fit: spec.fit,
            fit_by_colour: spec.fit_by_colour,
            kde: spec.kde,
            bandwidth: spec.bandwidth,
            bins: spec.bins,
            one_visit_each: spec.one_visit_each,
        }
    }
}

impl Drawing {
    /// The plot as the workbench draws it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a number of bins that a histogram cannot have. Columns are held against the result later.
    pub(super) fn spec(self) -> Result<PlotSpec, AppError> {
        let most = PlotSpec::MAX_BINS;
        if self.bins.is_some_and(|bins| !(1..=most).contains(&bins)) {
            return Err(AppError::Invalid {
                path: "bins".into(),
                problem: format!("must be 1 to {most}"),
            });
        }
        Ok(PlotSpec {
            kind: self.kind,
            x: self.x,
            y: self.y,
            colour: self.colour,
            size: self.size,
            facet: self.facet,
            log_x: self.log_x,
            log_y: self.log_y,
            fit: self.fit,
            fit_by_colour: self.fit_by_colour,
            kde: self.kde,
            bandwidth: self.bandwidth,
            bins: self.bins,
            one_visit_each: self.one_visit_each,
            ..PlotSpec::default()
        })
    }
}

/// A part of a plot, in the columns' own units; an axis of groups counts them from 0.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PlotRegion)]
pub(super) enum Area {
    /// A rectangle; an end that is not said is open.
    Box {
        /// The horizontal range.
        #[serde(default)]
        #[schema(inline)]
        x: Between,
        /// The vertical range.
        #[serde(default)]
        #[schema(inline)]
        y: Between,
    },
    /// What is inside these corners.
    Polygon {
        /// The corners: x and y.
        corners: Vec<[f64; 2]>,
    },
}

impl From<Area> for Region {
    fn from(area: Area) -> Self {
        match area {
            Area::Box { x, y } => Self::Box {
                x: x.into(),
                y: y.into(),
            },
            Area::Polygon { corners } => Self::Polygon { corners },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Drawing, PlotSpec};

    #[test]
    fn nothing_said_is_what_the_page_begins_with() {
        assert_eq!(Drawing::default().spec(), Ok(PlotSpec::default()));
        let said = serde_json::from_str::<Drawing>("{}").map(Drawing::spec);
        assert_eq!(said.ok(), Some(Ok(PlotSpec::default())));
    }

    #[test]
    fn a_word_that_means_nothing_is_refused() {
        for misspelt in [r#"{"kind": "pie"}"#, r#"{"column": "age"}"#] {
            assert!(
                serde_json::from_str::<Drawing>(misspelt).is_err(),
                "{misspelt}"
            );
        }
        for misspelt in [
            r#"{"shape": "circle"}"#,
            r#"{"shape": "box", "x": {"from": 1}}"#,
            r#"{"shape": "polygon"}"#,
        ] {
            assert!(
                serde_json::from_str::<Area>(misspelt).is_err(),
                "{misspelt}"
            );
        }
        let open = r#"{"shape": "box", "y": {"min": 3}}"#;
        assert!(serde_json::from_str::<Area>(open).is_ok());
    }
}
