//! What a plot shows: plain types, also in the browser.

use serde::{Deserialize, Serialize};

use crate::query::Page;

/// The six plots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlotKind {
    /// x against y, with an OLS line.
    #[default]
    Scatter,
    /// One column's distribution.
    Histogram,
    /// y by group, five numbers each.
    Box,
    /// y by group, density each.
    Violin,
    /// x against y in cells.
    Density,
    /// Mean of y a visit with 95 % interval.
    Visits,
}

/// How the kernel density's bandwidth is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotBandwidth))]
#[serde(tag = "rule", content = "value", rename_all = "snake_case")]
pub enum Bandwidth {
    /// n^(-1/5) sd, as `scipy.stats.gaussian_kde`.
    #[default]
    Scott,
    /// (3 n / 4)^(-1/5) sd, as `scipy.stats.gaussian_kde`.
    Silverman,
    /// In the column's unit.
    Manual(f64),
}

/// What to draw. Columns are names in the merged result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlotSpec {
    /// Which plot.
    pub kind: PlotKind,
    /// Horizontal column (the one column of a histogram; the group of box and violin).
    pub x: Option<String>,
    /// Vertical column.
    pub y: Option<String>,
    /// Column that colours: a category, or few values.
    pub colour: Option<String>,
    /// Numeric column that sizes the points of a scatter.
    pub size: Option<String>,
    /// Category that splits the plot into panels, at most [`PlotSpec::MAX_FACETS`].
    pub facet: Option<String>,
    /// log10 on the horizontal axis; the fit is then on log10 x.
    pub log_x: bool,
    /// log10 on the vertical axis; the fit is then of log10 y.
    pub log_y: bool,
    /// Draw the OLS line.
    pub fit: bool,
    /// Draw its 95 % interval (of the mean).
    pub fit_interval: bool,
    /// One fit for each colour.
    pub fit_by_colour: bool,
    /// Draw the kernel density over a histogram.
    pub kde: bool,
    /// Its bandwidth.
    pub bandwidth: Bandwidth,
    /// Bins of a histogram; `None` chooses (Freedman-Diaconis, 5 to 200).
    pub bins: Option<u32>,
    /// Take only each participant's first visit in the result.
    pub one_visit_each: bool,
    /// Opacity step of the points, 1 to 4 (4 palest).
    pub opacity: u8,
}

impl Default for PlotSpec {
    fn default() -> Self {
        Self {
            kind: PlotKind::Scatter,
            x: None,
            y: None,
            colour: None,
            size: None,
            facet: None,
            log_x: false,
            log_y: false,
            fit: true,
            fit_interval: true,
            fit_by_colour: false,
            kde: true,
            bandwidth: Bandwidth::Scott,
            bins: None,
            one_visit_each: false,
            opacity: 4,
        }
    }
}

impl PlotSpec {
    /// Panels of a facetted plot.
    pub const MAX_FACETS: usize = 12;
    /// Colours before the rest becomes "other".
    pub const MAX_COLOURS: usize = 6;
    /// Points drawn one by one; above, the server samples (scatter) and says so.
    pub const MAX_POINTS: usize = 20_000;
    /// Bins of a histogram.
    pub const MAX_BINS: u32 = 1_000;
}

/// One point of a scatter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotPoint))]
pub struct Point {
    /// Row in the result, counted from 0.
    pub row: u32,
    /// Horizontal value.
    pub x: f64,
    /// Vertical value.
    pub y: f64,
    /// Value of the size column.
    pub size: Option<f64>,
}

/// An ordinary least squares fit of y on x (each after its log10, where chosen).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotFit))]
pub struct Fit {
    /// The colour's value, with one fit for each colour.
    pub group: Option<String>,
    /// Slope.
    pub slope: f64,
    /// Intercept.
    pub intercept: f64,
    /// Pearson's r.
    pub r: f64,
    /// r squared.
    pub r_squared: f64,
    /// Two-sided p of slope = 0 (t, n - 2).
    pub p: f64,
    /// Standard error of the slope.
    pub standard_error: f64,
    /// Points.
    pub n: u64,
    /// The line and its interval at up to 50 places, in plot coordinates: x, y, lower, upper.
    pub line: Vec<[f64; 4]>,
}

/// Descriptive statistics of one column, as a histogram shows them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotDescription))]
pub struct Description {
    /// Values.
    pub n: u64,
    /// Cells without a value.
    pub missing: u64,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Standard deviation (n - 1).
    pub sd: f64,
    /// Variance (n - 1).
    pub variance: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Skewness, as `scipy.stats.skew` (biased).
    pub skewness: f64,
    /// Excess kurtosis, as `scipy.stats.kurtosis` (biased).
    pub kurtosis: f64,
    /// First quartile (linear interpolation, R type 7).
    pub q25: f64,
    /// Third quartile.
    pub q75: f64,
}

/// A test and its answer, with the sentence a reader needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotTest))]
pub struct TestResult {
    /// `Shapiro-Wilk`, `Anderson-Darling`, `One-way ANOVA`.
    pub name: String,
    /// The statistic's symbol: `W`, `A2`, `F`.
    pub symbol: String,
    /// The statistic.
    pub statistic: f64,
    /// p, where the test gives one.
    pub p: Option<f64>,
    /// In words: what it says, or why it was not made.
    pub sentence: String,
}

/// One group of a box, violin or visits plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotGroup))]
pub struct Group {
    /// The x value.
    pub name: String,
    /// The colour's value, where a colour splits the groups.
    pub colour: Option<String>,
    /// Its statistics.
    pub description: Description,
    /// Whisker ends: the furthest values within 1.5 IQR of the box.
    pub whiskers: [f64; 2],
    /// Values beyond the whiskers, at most 500.
    pub outliers: Vec<f64>,
    /// Density along y for a violin: (y, density).
    pub density: Vec<[f64; 2]>,
    /// 95 % interval of the mean (t, n - 1).
    pub interval: [f64; 2],
}

/// One pair of groups compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotPair))]
pub struct Pairwise {
    /// First group.
    pub a: String,
    /// Second group.
    pub b: String,
    /// Mean of a less mean of b.
    pub difference: f64,
    /// Student's t, pooled variance.
    pub t: f64,
    /// Two-sided p.
    pub p: f64,
    /// p after Bonferroni.
    pub p_adjusted: f64,
    /// Cohen's d (pooled sd).
    pub d: f64,
}

/// One-way analysis of variance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotAnova))]
pub struct Anova {
    /// F.
    pub f: f64,
    /// p.
    pub p: f64,
    /// Degrees of freedom between and within.
    pub df: [f64; 2],
    /// Sums of squares between and within.
    pub ss: [f64; 2],
    /// Mean squares between and within.
    pub ms: [f64; 2],
    /// SS between / SS total: small < 0.06, medium < 0.14, else large.
    pub eta_squared: f64,
    /// Every pair, Bonferroni over all.
    pub pairwise: Vec<Pairwise>,
}

/// Points of one colour in one panel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotSeries))]
pub struct Series {
    /// The colour's value; `None` without a colour, `other` beyond [`PlotSpec::MAX_COLOURS`].
    pub name: Option<String>,
    /// Points, for a scatter.
    pub points: Vec<Point>,
    /// Bin counts, for a histogram.
    pub counts: Vec<u64>,
    /// Density curve, for a histogram: (x, expected count a bin).
    pub curve: Vec<[f64; 2]>,
    /// n and the means of x and y.
    pub n: u64,
    /// Mean of x.
    pub mean_x: Option<f64>,
    /// Mean of y.
    pub mean_y: Option<f64>,
}

/// One panel: the whole plot, or one value of the facet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = PlotPanel))]
pub struct Panel {
    /// The facet's value.
    pub name: Option<String>,
    /// One a colour.
    pub series: Vec<Series>,
    /// Fits of a scatter.
    pub fits: Vec<Fit>,
    /// Bin edges of a histogram (in plot coordinates).
    pub edges: Vec<f64>,
    /// Statistics of a histogram's column.
    pub description: Option<Description>,
    /// Normality tests of a histogram.
    pub tests: Vec<TestResult>,
    /// Groups of box, violin and visits.
    pub groups: Vec<Group>,
    /// Analysis of variance over the groups.
    pub anova: Option<Anova>,
    /// Cells of a density plot: x index, y index, count; edges of both axes in `edges`, `y_edges`.
    pub cells: Vec<[u32; 3]>,
    /// Vertical edges of a density plot.
    pub y_edges: Vec<f64>,
}

/// What to draw and to say beside it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "engine", derive(utoipa::ToSchema), schema(as = Plot))]
pub struct PlotData {
    /// The result it was drawn from.
    pub result_id: String,
    /// Points drawn, or counted into bins.
    pub drawn: u64,
    /// Rows with all the values the plot needs.
    pub total: u64,
    /// Rows left out because a value is missing, or not above 0 on a log axis.
    pub left_out: u64,
    /// How it was reduced, in words: `20,000 of 1,000,000 points drawn, chosen evenly at random`.
    pub note: Option<String>,
    /// Whether participants repeat, so that p values are too small.
    pub repeats_participants: bool,
    /// Panels.
    pub panels: Vec<Panel>,
}

/// Part of a plot, in the columns' own units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Region {
    /// A rectangle, or "choose by range": open ends take everything.
    Box {
        /// Horizontal range.
        x: crate::query::Range,
        /// Vertical range.
        y: crate::query::Range,
    },
    /// A lasso.
    Polygon {
        /// Its corners.
        corners: Vec<[f64; 2]>,
    },
}

/// The rows of a result inside a region (of the points a plot counts, drawn or not).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectedRows {
    /// Points inside.
    pub points: u64,
    /// Their participants.
    pub participants: u64,
    /// Mean of x inside.
    pub mean_x: Option<f64>,
    /// Mean of y inside.
    pub mean_y: Option<f64>,
    /// The rows asked for; `total` is `points`.
    pub page: Page,
}
