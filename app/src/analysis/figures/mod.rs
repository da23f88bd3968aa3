//! Counts made into charts, each with a sentence that says over whom it is counted. Only on the server.

mod flow;
mod parts;
mod patients;
mod time;
mod vision;

pub(super) use self::{
    flow::{flow, journey},
    patients::{DRAWN, last_by_baseline, trajectories},
    time::{frequency, intervals, mean_intervals, stopping},
    vision::{changes, mean_vision},
};
