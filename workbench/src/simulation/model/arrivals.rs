//! When patients come: all at once, or as a Poisson stream over the whole run.

use rand::distr::Distribution;
use rand_distr::{Exp, ExpError};

use super::{ARRIVALS, random};
use crate::simulation::types::{Order, Recruitment};

/// The day of each patient's first visit, counted from the run's first day, in order.
///
/// A Poisson stream of rate patients / days over the days of the run has gaps that are exponentially distributed; it is
/// cut at the end, so the number of patients is by chance: `patients` on average, with a standard deviation of its
/// square root. Who comes on a weekend comes like everybody else.
///
/// # Errors
/// [`ExpError`] for an order without patients or days, which [`Order::check`] refuses.
pub fn arrivals(order: &Order) -> Result<Vec<u32>, ExpError> {
    let days = order.days();
    match order.recruitment {
        Recruitment::AllAtOnce => Ok(vec![0; order.patients as usize]),
        Recruitment::OverTheRun => {
            let gap = Exp::new(f64::from(order.patients) / f64::from(days))?;
            let mut random = random::stream(order.seed, ARRIVALS);
            let times =
                std::iter::repeat_with(|| gap.sample(&mut random)).scan(0.0, |time, gap| {
                    *time += gap;
                    (*time < f64::from(days)).then_some(*time)
                });
            Ok(times.map(|time| time as u32).collect())
        }
    }
}
