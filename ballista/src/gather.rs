//! The plan: the lines, joined to each table by its keys, in the order of the lines.

use std::{io::Write, path::Path, sync::Arc, time::Duration};

use ballista::prelude::SessionContextExt;
use ballista_core::{
    execution_plans::DistributedQueryExec,
    extension::SessionConfigExt,
    serde::protobuf::{CancelJobParams, scheduler_grpc_client::SchedulerGrpcClient},
};
use datafusion::{
    arrow::{array::RecordBatch, error::ArrowError, ipc::writer::StreamWriter},
    common::JoinType,
    dataframe::DataFrame,
    error::DataFusionError,
    execution::SessionStateBuilder,
    logical_expr::{Expr, ident, lit},
    physical_plan::{ExecutionPlan, execute_stream},
    prelude::{ParquetReadOptions, SessionConfig, SessionContext},
};
use datafusion_proto::protobuf::LogicalPlanNode;
use futures::StreamExt;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use url::Url;
use workbench::query::ballista::{GatherJob, GatherTable, LINE, cell, found, key};

/// Parts of a join: tasks that executors can do at the same time.
const PARTS: usize = 16;
/// How long the scheduler may take to hear that a job is not wanted any more.
const FAREWELL: Duration = Duration::from_secs(1);

/// What can go wrong: for people, with the cluster's own words as the source.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatherError {
    #[error("its client does not understand what is asked")]
    Asked(#[from] serde_json::Error),
    #[error("its client cannot pass on the answer")]
    Answer(#[from] std::io::Error),
    #[error("its client cannot pass on the answer")]
    Stream(#[from] ArrowError),
    #[error("{}", words(.0))]
    Cluster(#[from] DataFusionError),
    #[error("it said nothing for {0:?}")]
    Silent(Duration),
    #[error("nobody wants its answer any more")]
    Unwanted,
}

fn words(error: &DataFusionError) -> &'static str {
    let text = error.to_string();
    match text.contains("tonic::transport") {
        true => "its scheduler cannot be reached",
        false => "it could not do the work",
    }
}

/// Does the job on its cluster and writes the answer. What is given up the cluster need not finish.
pub(crate) async fn gather(
    job: &GatherJob,
    answer: impl Write + Send + 'static,
    mut is_unwanted: oneshot::Receiver<()>,
) -> Result<(), GatherError> {
    let patience = Duration::from_secs(job.patience_seconds);
    let planned = tokio::select! {
        planned = timeout(patience, plan(job)) => planned,
        _ = &mut is_unwanted => return Err(GatherError::Unwanted),
    };
    let (cluster, plan) = planned.map_err(|_| GatherError::Silent(patience))??;
    let done = tokio::select! {
        done = pass_on(&cluster, Arc::clone(&plan), answer, patience) => done,
        _ = is_unwanted => Err(GatherError::Unwanted),
    };
    if done.is_err() {
        let _ = timeout(FAREWELL, give_up(&job.scheduler, &*plan)).await;
    }
    done
}

/// Writes what comes, on a thread: a server that does not read yet holds up nothing else.
async fn pass_on(
    cluster: &SessionContext,
    plan: Arc<dyn ExecutionPlan>,
    answer: impl Write + Send + 'static,
    patience: Duration,
) -> Result<(), GatherError> {
    let mut rows = execute_stream(plan, cluster.task_ctx())?;
    let schema = rows.schema();
    let (batches, mut written) = mpsc::channel::<RecordBatch>(1);
    let writing = tokio::task::spawn_blocking(move || {
        let mut writer = StreamWriter::try_new(answer, &schema)?;
        writer.get_mut().flush()?;
        while let Some(batch) = written.blocking_recv() {
            writer.write(&batch)?;
        }
        Ok::<_, GatherError>(writer)
    });
    loop {
        let batch = timeout(patience, rows.next()).await;
        let batch = batch.map_err(|_| GatherError::Silent(patience))?;
        let Some(batch) = batch.transpose()? else {
            break;
        };
        if batches.send(batch).await.is_err() {
            // Why, the writer says.
            break;
        }
    }
    drop(batches);
    let mut writer = writing.await.map_err(std::io::Error::other)??;
    writer.finish()?;
    Ok(writer.get_mut().flush()?)
}

/// Tells the scheduler that a job is not wanted any more. Whether it hears is its own affair.
async fn give_up(scheduler: &str, plan: &dyn ExecutionPlan) {
    let query = plan.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>();
    let Some(job) = query.and_then(DistributedQueryExec::job_id) else {
        return;
    };
    if let Ok(mut scheduler) = SchedulerGrpcClient::connect(scheduler.to_owned()).await {
        let job_id = job.to_string();
        let _ = scheduler.cancel_job(CancelJobParams { job_id }).await;
    }
}

async fn plan(
    job: &GatherJob,
) -> Result<(SessionContext, Arc<dyn ExecutionPlan>), DataFusionError> {
    let config = SessionConfig::new_with_ballista().with_target_partitions(PARTS);
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let cluster = SessionContext::remote_with_state(&job.scheduler, state).await?;
    let mut lines = read(&cluster, &job.lines).await?;
    for table in &job.tables {
        let rows = rows(&cluster, table).await?;
        lines = lines.join_on(rows, JoinType::Left, same_row(table))?;
    }
    let cells = |table: &GatherTable| {
        let number = table.number;
        let columns = (0..table.columns.len()).map(move |at| ident(cell(number, at)));
        std::iter::once(ident(found(number))).chain(columns)
    };
    let answer = std::iter::once(ident(LINE)).chain(job.tables.iter().flat_map(cells));
    let answer: Vec<Expr> = answer.collect();
    let in_order = lines
        .select(answer)?
        .sort(vec![ident(LINE).sort(true, false)])?;
    Ok((cluster, in_order.create_physical_plan().await?))
}

async fn read(cluster: &SessionContext, path: &str) -> Result<DataFrame, DataFusionError> {
    // As an address, so that nothing in it is taken for a pattern.
    let path = std::path::absolute(Path::new(path))?;
    let address = Url::from_file_path(&path)
        .map_err(|()| DataFusionError::Plan(format!("{} is no path", path.display())))?;
    let options = ParquetReadOptions::default();
    cluster.read_parquet(address.as_str(), options).await
}

/// A table under names that no other has.
async fn rows(cluster: &SessionContext, table: &GatherTable) -> Result<DataFrame, DataFusionError> {
    let number = table.number;
    let keys = table.keys.iter().enumerate();
    let keys = keys.map(|(at, key)| ident(&key.column).alias(own_key(number, at)));
    let cells = table.columns.iter().enumerate();
    let cells = cells.map(|(at, column)| ident(column).alias(cell(number, at)));
    let is_there = lit(true).alias(found(number));
    let names: Vec<Expr> = keys.chain(cells).chain([is_there]).collect();
    read(cluster, &table.path).await?.select(names)
}

/// What a table's key is called beside the line's.
fn own_key(table: usize, at: usize) -> String {
    format!("own_{}", key(table, at))
}

/// A row belongs to a line whose keys it has.
fn same_row(table: &GatherTable) -> Vec<Expr> {
    let keys = table.keys.iter().enumerate();
    let same = keys.map(|(at, name)| {
        let (line, row) = (
            ident(key(table.number, at)),
            ident(own_key(table.number, at)),
        );
        let is_same = line.clone().eq(row.clone());
        match name.may_be_missing {
            true => is_same.or(line.is_null().and(row.is_null())),
            false => is_same,
        }
    });
    same.collect()
}
