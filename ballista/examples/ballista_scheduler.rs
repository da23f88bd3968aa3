//! A Ballista scheduler, for the tests: what `ballista-scheduler` is, with a cluster that soon notices who has died.

use std::{net::SocketAddr, sync::Arc};

use ballista_core::error::BallistaError;
use ballista_scheduler::{
    cluster::BallistaCluster,
    config::{SchedulerConfig, TaskDistributionPolicy},
    scheduler_process::start_server,
};
use clap::Parser;

#[derive(Parser)]
struct Arguments {
    /// Where it listens.
    addr: SocketAddr,
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
    let Arguments { addr } = Arguments::parse();
    let config = SchedulerConfig {
        external_host: addr.ip().to_string(),
        bind_host: addr.ip().to_string(),
        bind_port: addr.port(),
        // Everybody gets something to do.
        task_distribution: TaskDistributionPolicy::RoundRobin,
        executor_timeout_seconds: 5,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: 2,
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    start_server(cluster, addr, Arc::new(config)).await
}
