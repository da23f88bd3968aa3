//! Which column plays which part in a plot, checked against the result before a file is opened.

use super::{
    PlotKind, PlotSpec,
    columns::{Categories, Codes, Columns},
    words::count,
};
use crate::{
    Error,
    data::ColumnType,
    query::{ResultColumn, ResultInfo},
};

/// Groups of a box or violin plot, and values of a numeric colour. More are no categories, and
/// every pair of groups is compared.
const MAX_GROUPS: usize = 50;

/// Visits on a line.
const MAX_VISITS: usize = 500;

/// Distinct values of a text that colours or splits; only the first few are told apart.
const MAX_NAMES: usize = 100_000;

/// The columns of a plot, by name in the result.
pub(super) struct Roles<'a> {
    kind: PlotKind,
    x: Option<&'a str>,
    y: Option<&'a str>,
    group: Option<&'a str>,
    colour: Option<&'a ResultColumn>,
    facet: Option<&'a ResultColumn>,
    pub(super) size: Option<&'a str>,
    participant: Option<&'a str>,
}

impl<'a> Roles<'a> {
    /// Finds every column the plot names, and the ones it needs without naming them.
    pub(super) fn of(info: &'a ResultInfo, spec: &PlotSpec) -> Result<Self, Error> {
        let find = |name: &Option<String>| name.as_deref().map(|n| column(info, n)).transpose();
        let (x, y) = (find(&spec.x)?, find(&spec.y)?);
        let number = |found: Option<&'a ResultColumn>, part: &str| match found {
            Some(column) if column.is_numeric || column.column_type == ColumnType::Date => {
                Ok(Some(column.name.as_str()))
            }
            Some(column) => Err(Error::BadRequest(format!(
                "{} holds text. Choose a column of numbers as {part}.",
                column.name
            ))),
            None => Err(Error::BadRequest(format!("Choose a column as {part}."))),
        };
        let mut roles = Self {
            kind: spec.kind,
            x: None,
            y: None,
            group: None,
            colour: find(&spec.colour)?,
            facet: find(&spec.facet)?,
            size: None,
            participant: key(info, Some(&info.keys.primary_id)),
        };
        match spec.kind {
            PlotKind::Scatter | PlotKind::Density => {
                roles.x = number(x, "horizontal")?;
                roles.y = number(y, "vertical")?;
            }
            PlotKind::Histogram => roles.x = number(x, "horizontal")?,
            PlotKind::Box | PlotKind::Violin => {
                roles.group = x.map(|column| column.name.as_str());
                roles.y = number(y, "vertical")?;
            }
            PlotKind::Visits => {
                let visit = key(info, info.keys.session_id.as_ref());
                roles.group = Some(x.map(|c| c.name.as_str()).or(visit).ok_or_else(no_visits)?);
                roles.y = number(y, "vertical")?;
            }
        }
        if spec.kind == PlotKind::Scatter && spec.size.is_some() {
            roles.size = number(find(&spec.size)?, "size")?;
        }
        Ok(roles)
    }

    /// All of them, once each.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = [self.x, self.y, self.group, self.size, self.participant]
            .into_iter()
            .chain([self.colour, self.facet].map(|c| c.map(|c| c.name.as_str())))
            .flatten()
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// x as groups, where the plot has groups.
    pub(super) fn groups(&self, columns: &Columns) -> Result<Option<Categories>, Error> {
        let most = if self.kind == PlotKind::Visits {
            MAX_VISITS
        } else {
            MAX_GROUPS
        };
        self.group.map(|name| few(columns, name, most)).transpose()
    }

    /// x as numbers, where the plot has numbers there.
    pub(super) fn x_numbers(&self, columns: &Columns) -> Result<Option<Vec<f64>>, Error> {
        self.x.map(|name| columns.numbers(name)).transpose()
    }

    /// y as numbers.
    pub(super) fn y_numbers(&self, columns: &Columns) -> Result<Option<Vec<f64>>, Error> {
        self.y.map(|name| columns.numbers(name)).transpose()
    }

    /// The colour of each row.
    pub(super) fn colour_codes(&self, columns: &Columns) -> Result<Option<Categories>, Error> {
        self.colour.map(|column| split(columns, column)).transpose()
    }

    /// The panel of each row.
    pub(super) fn facet_codes(&self, columns: &Columns) -> Result<Option<Categories>, Error> {
        self.facet.map(|column| split(columns, column)).transpose()
    }

    /// The participant of each row; without a key column, each row is one.
    pub(super) fn participants(&self, columns: &Columns) -> Result<Codes, Error> {
        match self.participant {
            Some(name) => columns.codes(name),
            None => Ok(Codes {
                distinct: columns.rows,
                codes: (0..columns.rows as u32).collect(),
            }),
        }
    }
}

/// The column with this name in the result.
pub(super) fn column<'a>(info: &'a ResultInfo, name: &str) -> Result<&'a ResultColumn, Error> {
    info.columns
        .iter()
        .find(|column| column.name == name)
        .ok_or_else(|| {
            Error::BadRequest(format!("The result has no column {name}. Choose another."))
        })
}

/// The result's name of a merge key.
fn key<'a>(info: &'a ResultInfo, key: Option<&String>) -> Option<&'a str> {
    info.columns
        .iter()
        .find(|column| column.is_key && Some(&column.column) == key)
        .map(|column| column.name.as_str())
}

/// A column that colours or makes panels.
fn split(columns: &Columns, column: &ResultColumn) -> Result<Categories, Error> {
    let most = if column.column_type.is_numeric() {
        MAX_GROUPS
    } else {
        MAX_NAMES
    };
    few(columns, &column.name, most)
}

fn few(columns: &Columns, name: &str, most: usize) -> Result<Categories, Error> {
    columns.categories(name, most)?.ok_or_else(|| {
        Error::BadRequest(format!(
            "{name} has more than {} different values. Choose a category, or a column with fewer.",
            count(most as u64)
        ))
    })
}

fn no_visits() -> Error {
    Error::BadRequest(
        "This result has no visit column. Merge it in long form, or choose a horizontal column."
            .to_owned(),
    )
}
