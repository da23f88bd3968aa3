//! A Ballista executor, for the tests: what `ballista-executor` is.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use ballista_core::error::BallistaError;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// The scheduler.
    scheduler: SocketAddr,
    /// Where it hands out what it has computed.
    flight: SocketAddr,
    /// Where the scheduler talks to it.
    grpc: SocketAddr,
    /// What it keeps of its work.
    folder: PathBuf,
}

/// As Ballista's own programs have it: plans are walked by recursion.
const STACK_BYTES: usize = 32 << 20;

fn main() -> Result<(), BallistaError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()?;
    runtime.block_on(async { runtime.spawn(serve()).await })?
}

async fn serve() -> Result<(), BallistaError> {
    let asked = Arguments::parse();
    let config = ExecutorProcessConfig {
        bind_host: asked.flight.ip().to_string(),
        external_host: Some(asked.flight.ip().to_string()),
        port: asked.flight.port(),
        grpc_port: asked.grpc.port(),
        scheduler_host: asked.scheduler.ip().to_string(),
        scheduler_port: asked.scheduler.port(),
        vcores: 1,
        work_dir: Some(asked.folder.display().to_string()),
        executor_heartbeat_interval_seconds: 1,
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await
}
