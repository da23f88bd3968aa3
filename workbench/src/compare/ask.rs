//! The whole answer: the tables of runs looked at, and laid beside one another.
//!
//! What is made of one run is kept in the workbench's memory under the run's name and checksum, so that the same run in
//! another comparison, or the same comparison in another mode, is not counted again.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    curve::{Asked, Curve, curve},
    ends::{Ends, ends},
    metrics::metrics,
    notes::{self, note},
    pairs::pairs,
    question::{Measure, Mode, Request},
    rows::Rows,
    span::Span,
    types::{Comparison, Curves, Gap, Note, NoteKind, Point, Shown},
    words::rules,
};
use crate::{Error, Workbench, query::Weigh, simulation::RunInfo};

/// A run that can be compared: what is known of it, and its tables.
#[derive(Clone)]
pub struct Side {
    /// The run.
    pub info: RunInfo,
    /// Its tables.
    pub rows: Arc<dyn Rows>,
}

impl Workbench {
    /// Lays runs beside one another. Blocking.
    ///
    /// # Errors
    /// [`Error::Internal`] where a run's tables are broken, [`Error::Io`] where they cannot be read.
    pub fn compare(&self, request: &Request, sides: &[Side]) -> Result<Comparison, Error> {
        let mut notes = Vec::new();
        let mut shown = Vec::new();
        for side in sides {
            match Span::of(&side.info, request.until_month) {
                Some(span) => shown.push((side.clone(), span)),
                None => notes.push(unreadable(&side.info, "its first day is no date")),
            }
        }
        let (sides, spans): (Vec<Side>, Vec<Span>) = shown.into_iter().unzip();
        let place = |id: &String| sides.iter().position(|side| side.info.id == *id);
        let asked = request.reference.as_ref();
        let reference = asked.and_then(place).unwrap_or_default();
        if let Some(id) = asked.filter(|id| place(id).is_none()) {
            let text = format!("{id} is not shown: the first run is the reference.");
            notes.push(note(NoteKind::Reference, &[id.as_str()], text));
        }
        notes.extend(notes::between(&sides, request));
        let ends = sides.iter().zip(&spans);
        let ends: Vec<Arc<Ends>> = ends
            .map(|(side, span)| self.ends_of(side, span, request))
            .collect::<Result<_, Error>>()?;
        let of_ends: Vec<&Ends> = ends.iter().map(Arc::as_ref).collect();
        let runs: Vec<Shown> = sides.iter().zip(&ends).map(shown_as).collect();
        let is_tested = request.mode == Mode::Statistical;
        let measured = measured(&sides);
        Ok(Comparison {
            asked: None,
            reference: u32::try_from(reference).unwrap_or_default(),
            rules: rules(request),
            curves: match is_tested {
                true => Vec::new(),
                false => self.curves(request, &sides, &spans, reference)?,
            },
            metrics: metrics(&of_ends, reference, measured.as_deref()),
            pairs: match is_tested {
                true => pairs(&runs, &of_ends, reference, measured.as_deref())?,
                false => Vec::new(),
            },
            common_month: notes::common_month(&sides, request),
            notes,
            runs,
            measured,
        })
    }

    fn curves(
        &self,
        request: &Request,
        sides: &[Side],
        spans: &[Span],
        reference: usize,
    ) -> Result<Vec<Curves>, Error> {
        // Each once, however often it is named.
        let mut measures: Vec<Measure> = Vec::new();
        for measure in &request.measures {
            if !measures.contains(measure) {
                measures.push(*measure);
            }
        }
        if measures.is_empty() {
            measures.push(Measure::Vision);
        }
        let one = |measure: &Measure| {
            let asked = Asked {
                time: request.time,
                measure: *measure,
                population: request.population,
            };
            let lines = sides.iter().zip(spans);
            let lines: Vec<Vec<Point>> = lines
                .map(|(side, span)| Ok(self.curve_of(side, span, asked)?.points.clone()))
                .collect::<Result<_, Error>>()?;
            let gaps = match (request.mode, lines.get(reference)) {
                (Mode::Difference, Some(base)) => {
                    let gaps = lines.iter().enumerate();
                    gaps.map(|(at, line)| gaps_of(line, base, at == reference))
                        .collect()
                }
                _ => Vec::new(),
            };
            Ok(Curves {
                measure: *measure,
                lines,
                gaps,
            })
        };
        measures.iter().map(one).collect()
    }

    fn ends_of(&self, side: &Side, span: &Span, request: &Request) -> Result<Arc<Ends>, Error> {
        // A cut at the very end has the days of the whole run, and is counted by visits.
        let (days, is_cut) = (span.days, span.is_cut);
        let what = format!("ends {days} {is_cut} {:?}", request.population);
        self.kept(side, &what, || ends(side, span, request.population))
    }

    fn curve_of(&self, side: &Side, span: &Span, asked: Asked) -> Result<Arc<Curve>, Error> {
        let what = format!("curve {} {asked:?}", span.days);
        self.kept(side, &what, || curve(side, span, asked))
    }

    /// What was made of a run before, or is made now.
    fn kept<T: Weigh + Send + Sync + 'static>(
        &self,
        side: &Side,
        what: &str,
        make: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        match &side.info.result {
            // Without a checksum it is not known whether the tables are still the same.
            None => Ok(Arc::new(make()?)),
            Some(result) => {
                let name = format!("compare {} {} {what}", side.info.id, result.checksum);
                self.inner.cache.get_or_build(&name, make)
            }
        }
    }
}

/// What stands where simulated runs have vision, if a trial is among them; each name once, where they measured several.
fn measured(sides: &[Side]) -> Option<String> {
    let of = |side: &Side| {
        side.info
            .trial
            .as_ref()
            .map(|it| it.mapping.measure.clone())
    };
    let names: BTreeSet<Option<String>> = sides.iter().map(of).collect();
    names.iter().any(Option::is_some).then(|| {
        let names = names
            .into_iter()
            .map(|it| it.unwrap_or_else(|| "vision".into()));
        names.collect::<Vec<_>>().join(" / ")
    })
}

pub(super) fn unreadable(run: &RunInfo, why: &str) -> Note {
    let text = format!("{} cannot be shown: {why}.", run.name);
    note(NoteKind::Unreadable, &[run.id.as_str()], text)
}

fn shown_as((side, ends): (&Side, &Arc<Ends>)) -> Shown {
    Shown {
        id: side.info.id.clone(),
        name: side.info.name.clone(),
        patients: ends.all,
        duration_years: side.info.duration_years,
    }
}

/// A line less the reference's, where both have a point.
fn gaps_of(line: &[Point], base: &[Point], is_reference: bool) -> Vec<Gap> {
    if is_reference {
        return Vec::new();
    }
    let mut rest = base.iter().peekable();
    let gap = |point: &Point| {
        while rest.next_if(|base| base.x < point.x).is_some() {}
        let base = rest.peek().filter(|base| base.x == point.x)?;
        let difference = point.mean - base.mean;
        let half = point.half.hypot(base.half);
        Some(Gap {
            x: point.x,
            difference,
            low: difference - half,
            high: difference + half,
        })
    };
    line.iter().filter_map(gap).collect()
}
