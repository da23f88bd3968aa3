//! The rows a plot counts, with what it needs of each: values, colour, panel, participant.
//!
//! Every plot and every selection starts here, so that a selection counts exactly the points
//! that were drawn. Decides what is left out, and counts it.

use super::{
    PlotKind, PlotSpec,
    columns::{Columns, MISSING},
    facets::Split,
    roles::Roles,
    scale::Scale,
};
use crate::{Error, Workbench, query::ResultInfo};

/// Rows with all the values the plot needs, in the result's order; the vectors are parallel.
pub(super) struct Frame {
    /// Row in the result.
    pub(super) rows: Vec<u32>,
    /// Horizontal value; the group's number where x is a category.
    pub(super) x: Vec<f64>,
    /// Vertical value; 0 in a histogram, which has none.
    pub(super) y: Vec<f64>,
    /// Size; NaN without one, empty without a size column.
    pub(super) size: Vec<f64>,
    /// Colour: place in `colours.names`.
    pub(super) colour: Vec<u32>,
    /// Panel: place in `facets.names`.
    pub(super) facet: Vec<u32>,
    /// Participant, as a code.
    pub(super) participant: Vec<u32>,
    /// Names of the x groups in order; empty where x is a number.
    pub(super) groups: Vec<String>,
    pub(super) colours: Split,
    pub(super) facets: Split,
    pub(super) scale_x: Scale,
    pub(super) scale_y: Scale,
    /// Rows left out because a value is missing, or not above 0 on a log axis.
    pub(super) left_out: u64,
    /// Missing cells of the described column for each `Frame::cell`.
    pub(super) missing: Vec<u64>,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
}

impl Frame {
    /// Reads what the plot needs. Blocking.
    pub(super) fn read(
        bench: &Workbench,
        info: &ResultInfo,
        spec: &PlotSpec,
    ) -> Result<Self, Error> {
        let roles = Roles::of(info, spec)?;
        let columns = Columns::read(bench, info, &roles.names())?;
        let groups = roles.groups(&columns)?;
        let x = roles.x_numbers(&columns)?;
        let y = roles.y_numbers(&columns)?;
        let size = roles.size.map(|name| columns.numbers(name)).transpose()?;
        let participants = roles.participants(&columns)?;
        let colours = Split::colours(roles.colour_codes(&columns)?);
        let facets = Split::facets(roles.facet_codes(&columns)?, spec.facet.as_deref());
        let mut frame = Self {
            scale_x: Scale::new(spec.log_x && x.is_some()),
            scale_y: Scale::new(spec.log_y && y.is_some()),
            rows: Vec::with_capacity(columns.rows),
            x: Vec::with_capacity(columns.rows),
            y: Vec::with_capacity(columns.rows),
            size: Vec::new(),
            colour: Vec::with_capacity(columns.rows),
            facet: Vec::with_capacity(columns.rows),
            participant: Vec::with_capacity(columns.rows),
            missing: Vec::new(),
            left_out: 0,
            notes: facets.note.clone().into_iter().collect(),
            groups: groups.as_ref().map_or_else(Vec::new, |g| g.names.clone()),
            colours,
            facets,
        };
        frame.missing = vec![0; frame.facets.len() * frame.colours.len() * frame.group_count()];
        let mut seen = vec![
            false;
            if spec.one_visit_each {
                participants.distinct
            } else {
                0
            }
        ];
        for row in 0..columns.rows {
            let participant = participants.codes[row];
            if let Some(seen) = seen.get_mut(participant as usize)
                && std::mem::replace(seen, true)
            {
                continue;
            }
            let group = groups.as_ref().map_or(0, |g| g.codes[row]);
            let (facet, colour) = (frame.facets.code(row), frame.colours.code(row));
            if facet == Split::NOT_DRAWN {
                continue;
            }
            if facet == MISSING || group == MISSING {
                frame.left_out += 1;
                continue;
            }
            let x = x.as_ref().map_or(f64::from(group), |x| x[row]);
            let y = y.as_ref().map_or(0.0, |y| y[row]);
            let described = if spec.kind == PlotKind::Histogram {
                x
            } else {
                y
            };
            if !described.is_finite() {
                let cell = frame.cell(facet, colour, group);
                frame.missing[cell] += 1;
            }
            let is_drawn =
                x.is_finite() && y.is_finite() && frame.scale_x.takes(x) && frame.scale_y.takes(y);
            if !is_drawn {
                frame.left_out += 1;
                continue;
            }
            frame.rows.push(row as u32);
            frame.x.push(x);
            frame.y.push(y);
            frame.colour.push(colour);
            frame.facet.push(facet);
            frame.participant.push(participant);
            if let Some(size) = &size {
                frame.size.push(size[row]);
            }
        }
        Ok(frame)
    }

    /// Rows that count.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// x groups; one where x is a number or not chosen.
    pub(super) fn group_count(&self) -> usize {
        self.groups.len().max(1)
    }

    /// Place of (panel, colour, group) in a list of all of them.
    pub(super) fn cell(&self, facet: u32, colour: u32, group: u32) -> usize {
        let panel = facet as usize * self.colours.len() + colour as usize;
        panel * self.group_count() + group as usize
    }

    /// The (panel, colour, group) of a point; the group is 0 where x is a number.
    pub(super) fn cell_of(&self, point: usize) -> usize {
        let group = if self.groups.is_empty() {
            0
        } else {
            self.x[point] as u32
        };
        self.cell(self.facet[point], self.colour[point], group)
    }

    /// Places of x and y on their axes.
    pub(super) fn place(&self, point: usize) -> [f64; 2] {
        [
            self.scale_x.place(self.x[point]),
            self.scale_y.place(self.y[point]),
        ]
    }

    /// The points of each panel, by panel then colour.
    pub(super) fn by_panel_and_colour(&self) -> Vec<Vec<Vec<u32>>> {
        let mut all = vec![vec![Vec::new(); self.colours.len()]; self.facets.len()];
        for point in 0..self.len() {
            all[self.facet[point] as usize][self.colour[point] as usize].push(point as u32);
        }
        all
    }

    /// Whether a participant has several points in one panel (and one group, `within_groups`):
    /// then they are not independent and p is too small.
    pub(super) fn repeats(&self, within_groups: bool) -> bool {
        let groups = if within_groups {
            self.group_count() as u64
        } else {
            1
        };
        let mut keys: Vec<u64> = (0..self.len())
            .filter(|&point| self.participant[point] != MISSING)
            .map(|point| {
                let group = if within_groups {
                    self.x[point] as u64
                } else {
                    0
                };
                let person = u64::from(self.participant[point]) * self.facets.len() as u64;
                (person + u64::from(self.facet[point])) * groups + group
            })
            .collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }
}
