//! All patients of an order, on all cores, into a folder.
//!
//! Patients are numbered from 1 in the order in which they come, and each is drawn from a stream of their own. A thread
//! takes a group, lives its patients' lives, encodes and hands over; so neither the result nor the files depend on how
//! many threads there are (docs/decisions/0021). All of them yield to pages.

use std::{
    ops::Range,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio_util::sync::CancellationToken;

use super::{
    model::{Model, arrivals, stream},
    order::OrderError,
    protocol::Protocol,
    tables::{Columns, GROUP_PATIENTS, Writer},
    types::{Means, Order, Progress},
};
use crate::{Error, query::parallel::parallel_on, yielding::yielding};

/// The version of the model. It rises when the same seed gives another result.
pub const ENGINE: &str = "visit-based 1";

/// How far a simulation is. Read from any thread while it goes on.
#[derive(Debug, Default)]
pub struct Meter {
    done: AtomicU32,
    total: AtomicU32,
}

impl Meter {
    /// How far it is now; nothing of nothing before it began.
    pub fn progress(&self) -> Progress {
        Progress {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
        }
    }
}

/// What was simulated and written.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// Rows of the table of patients.
    pub patients: u32,
    /// Rows of the table of visits.
    pub visits: u64,
    /// Of both files together.
    pub bytes: u64,
    /// SHA-256 over the content of both tables, in hexadecimal digits.
    pub checksum: String,
    /// Means over the patients, if there are any.
    pub means: Option<Means>,
}

/// Simulates an order under its protocol on so many threads, and writes both tables into an empty folder. Blocking.
///
/// # Errors
/// [`Error::Cancelled`] soon after `cancel`; [`Error::BadRequest`] for an order that cannot be carried out;
/// [`Error::Io`] and [`Error::DiskFull`]. What is in the folder then is the caller's to remove.
pub fn simulate(
    protocol: &Protocol,
    order: &Order,
    folder: &Path,
    threads: usize,
    meter: &Meter,
    cancel: &CancellationToken,
) -> Result<Simulated, Error> {
    let refused = |error: OrderError| Error::BadRequest(error.to_string());
    order.check(protocol).map_err(refused)?;
    let first_day = order.first_day().unwrap_or_default();
    let model = Model::of(protocol).map_err(Error::Internal)?;
    let arrivals = arrivals(order).map_err(|error| Error::Internal(error.to_string()))?;
    let total = u32::try_from(arrivals.len()).unwrap_or(u32::MAX);
    meter.total.store(total, Ordering::Relaxed);
    let writer = Writer::create(folder)?;
    let run = Run {
        protocol,
        order,
        first_day,
        model,
        arrivals,
        meter,
        cancel,
    };
    let groups = total.div_ceil(GROUP_PATIENTS) as usize;
    yielding(|| {
        parallel_on(threads, groups, |group| {
            writer.write(group, run.group(group)?)
        })
    })?;
    let written = writer.finish()?;
    Ok(Simulated {
        patients: total,
        visits: written.visits as u64,
        bytes: written.bytes,
        checksum: written.checksum,
        means: written.means,
    })
}

/// What all groups share.
struct Run<'a> {
    protocol: &'a Protocol,
    order: &'a Order,
    first_day: i32,
    model: Model,
    /// The day on which each patient comes.
    arrivals: Vec<u32>,
    meter: &'a Meter,
    cancel: &'a CancellationToken,
}

impl Run<'_> {
    fn group(&self, group: usize) -> Result<Columns, Error> {
        let mut columns = Columns::default();
        for at in self.patients_of(group) {
            if self.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            self.patient(at, &mut columns);
            self.meter.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(columns)
    }

    fn patients_of(&self, group: usize) -> Range<usize> {
        let size = GROUP_PATIENTS as usize;
        let first = group * size;
        first..(first + size).min(self.arrivals.len())
    }

    fn patient(&self, at: usize, columns: &mut Columns) {
        let arrival = self.arrivals[at];
        // Patients fit: an order has at most a million.
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let enrollment = self.first_day.saturating_add_unsigned(arrival);
        let days = self.order.days() - arrival;
        let mut random = stream(self.order.seed, u64::from(number));
        let life = self.model.live(days, &mut random, |visit| {
            columns.push_visit(number, enrollment, visit);
        });
        columns.push_patient(number, enrollment, &life, &self.protocol.end_rules);
    }
}
