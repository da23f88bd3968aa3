//! Load programs: how much a built server does in a second, and whether it is enough.
//!
//! - `arguments`: what can be typed; `bench`: what every scenario is given
//! - `scenarios`: one file for each thing that is measured
//! - `program` starts servers, `account` lets a program and a browser in, `fill` puts states into them
//! - `request` and `answer`: HTTP/1.1 and Redis' protocol as bytes; `connection` one conversation, `drive` many at once; `socket`
//!   listens
//! - `process` reads what a server takes, `histogram` how long answers took, `table` prints and judges
//! - `peers`: programs that are measured beside ours
//!
//! The generator shares the processor with what it measures, so it must cost little: requests are bytes that are
//! prepared before they are sent, over plain TCP, and of an answer only the status and its length are read. A client
//! library makes and takes apart a dozen values for each of them. One thread does all of it; the table shows what it
//! took beside what the server took.

mod account;
mod answer;
mod arguments;
mod bench;
mod connection;
mod drive;
mod error;
mod fill;
mod histogram;
mod peers;
mod process;
mod program;
mod random;
mod request;
mod scenarios;
mod socket;
mod table;

use std::process::ExitCode;

use clap::Parser;

use self::{arguments::Arguments, bench::Bench};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut bench = Bench::new(arguments.options);
    let outcome = arguments.scenario.run(&mut bench).await;
    bench.table.ended(outcome)
}
