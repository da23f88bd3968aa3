//! The program `holdfast`. Everything it does is in the library beside it.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Arguments;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    Arguments::parse().run().await
}
