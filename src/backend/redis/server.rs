//! The connections to one Redis, and how its functions are called: each call ends in bounded time.

use std::time::Duration;

use fred::{
    clients::{Client, WithOptions},
    error::Error,
    prelude::{ClientLike, ConfigInterface, FunctionInterface, KeysInterface, StreamsInterface},
    types::{
        Value,
        config::{ConnectionConfig, Options, PerformanceConfig, ReconnectPolicy},
    },
};

use super::{Finding, fault::RedisFault, reply::Reply, tls};

/// The functions that run inside Redis: one library in three parts.
const LIBRARY: &str = concat!(
    include_str!("lua/records.lua"),
    include_str!("lua/write.lua"),
    include_str!("lua/read.lua"),
);

/// How long a call waits for a connection that is down to come up again: a restart of Redis goes by
/// unnoticed, an outage is reported.
const CONNECT: Duration = Duration::from_secs(3);

/// How long it then waits for the answer. Together they stay below `state.timeout`, so that callers
/// hear what is wrong instead of only that it took too long.
const ANSWER: Duration = Duration::from_secs(5);

/// Milliseconds between two attempts to connect, at first and at most.
const AGAIN_MS: (u32, u32) = (20, 500);

/// A call that was in flight when the connection broke is sent again so often, if it only reads.
const READ_ATTEMPTS: u32 = 3;

/// One connection that comes back by itself.
#[derive(Debug, Clone)]
pub(super) struct Connection(Client);

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self, RedisFault> {
        let config = tls::config(url)?;
        let performance = PerformanceConfig {
            default_command_timeout: ANSWER,
            ..PerformanceConfig::default()
        };
        let mut connection = ConnectionConfig {
            connection_timeout: CONNECT,
            internal_command_timeout: CONNECT,
            // A write that was under way when the connection broke must not be sent a second time.
            max_command_attempts: 1,
            ..ConnectionConfig::default()
        };
        connection.tcp.nodelay = Some(true);
        let (first, most) = AGAIN_MS;
        let again = ReconnectPolicy::new_exponential(0, first, most, 2);
        Self::started(Client::new(
            config,
            Some(performance),
            Some(connection),
            Some(again),
        ))
        .await
    }

    /// One more connection to the same server.
    pub(super) async fn another(&self) -> Result<Self, RedisFault> {
        Self::started(self.0.clone_new()).await
    }

    async fn started(client: Client) -> Result<Self, RedisFault> {
        client
            .init()
            .await
            .map_err(|error| RedisFault::of_read(&error))?;
        Ok(Self(client))
    }

    /// Gives Redis the functions; those of other versions stay.
    pub(super) async fn load(&self) -> Result<(), RedisFault> {
        let loaded = self.0.function_load::<(), _>(true, LIBRARY).await;
        loaded.map_err(|error| RedisFault::of_read(&error))
    }

    /// Calls a function that changes nothing.
    pub(super) async fn ask(
        &self,
        function: &'static str,
        keys: &[&str],
        args: Vec<Value>,
    ) -> Result<Reply, RedisFault> {
        self.connected().await?;
        let mut answer = self
            .reading()
            .fcall_ro(function, keys.to_vec(), args.clone())
            .await;
        if answer.as_ref().is_err_and(is_unknown) {
            self.load().await?;
            answer = self.reading().fcall_ro(function, keys.to_vec(), args).await;
        }
        Ok(Reply::of(
            answer.map_err(|error| RedisFault::of_read(&error))?,
        ))
    }

    /// Calls a function that writes, once.
    pub(super) async fn tell(
        &self,
        function: &'static str,
        keys: Vec<String>,
        args: Vec<Value>,
    ) -> Result<Reply, RedisFault> {
        self.connected().await?;
        let mut answer = self.0.fcall(function, keys.clone(), args.clone()).await;
        // Nothing was done: Redis came back without the functions.
        if answer.as_ref().is_err_and(is_unknown) {
            self.load().await?;
            answer = self.0.fcall(function, keys, args).await;
        }
        Ok(Reply::of(
            answer.map_err(|error| RedisFault::of_write(&error))?,
        ))
    }

    /// A number that is kept as text; 0 where there is none.
    pub(super) async fn number(&self, key: &str) -> Result<u64, RedisFault> {
        self.connected().await?;
        let found: Result<Option<u64>, Error> = self.reading().get(key).await;
        Ok(found
            .map_err(|error| RedisFault::of_read(&error))?
            .unwrap_or(0))
    }

    /// Waits until a stream has an entry behind `revision`, but not longer than `patience`.
    pub(super) async fn bell(
        &self,
        stream: &str,
        revision: u64,
        patience: Duration,
    ) -> Result<(), RedisFault> {
        self.connected().await?;
        let waiting = self.0.with_options(&Options {
            timeout: Some(patience + ANSWER),
            ..Options::default()
        });
        let milliseconds = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        let behind = format!("{revision}-0");
        let rung: Result<Value, Error> = waiting
            .xread(Some(1), Some(milliseconds), stream, behind)
            .await;
        rung.map(drop).map_err(|error| RedisFault::of_read(&error))
    }

    /// Says once, at the start, when Redis would forget acknowledged writes.
    pub(super) async fn warn_if_forgetful(&self) {
        match self.findings().await {
            Ok(findings) => {
                for Finding { found, advice, .. } in findings {
                    if let Some(advice) = advice {
                        tracing::warn!("{found}: {advice}");
                    }
                }
            }
            Err(error) => tracing::info!(%error, "Redis does not say how durable it is"),
        }
    }

    /// How durable Redis is set up to be.
    pub(super) async fn findings(&self) -> Result<Vec<Finding>, RedisFault> {
        let is_synced = self.setting("appendonly").await? == "yes"
            && self.setting("appendfsync").await? == "always";
        let policy = self.setting("maxmemory-policy").await?;
        let is_kept = policy == "noeviction" || self.setting("maxmemory").await? == "0";
        Ok(vec![
            Finding::new(
                "durability",
                if is_synced {
                    "acknowledged writes survive a power cut"
                } else {
                    "acknowledged writes may be lost when Redis ends"
                },
                (!is_synced).then_some("set `appendonly yes` and `appendfsync always`"),
            ),
            Finding::new(
                "memory",
                if is_kept {
                    "nothing is thrown away when memory is full".into()
                } else {
                    format!(
                        "`maxmemory-policy` is {policy}: states are thrown away when memory is full"
                    )
                },
                (!is_kept).then_some("set `maxmemory-policy noeviction`"),
            ),
        ])
    }

    async fn setting(&self, name: &str) -> Result<String, RedisFault> {
        let pair: Result<Vec<String>, Error> = self.reading().config_get(name).await;
        let pair = pair.map_err(|error| RedisFault::of_read(&error))?;
        Ok(pair.into_iter().nth(1).unwrap_or_default())
    }

    /// Ends the connection in the background.
    pub(super) fn close(&self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let client = self.0.clone();
            runtime.spawn(async move { client.quit().await });
        }
    }

    fn reading(&self) -> WithOptions<Client> {
        self.0.with_options(&Options {
            max_attempts: Some(READ_ATTEMPTS),
            timeout: Some(ANSWER),
            ..Options::default()
        })
    }

    /// So that what is sent afterwards was surely not sent if this fails.
    async fn connected(&self) -> Result<(), RedisFault> {
        if self.0.is_connected() {
            return Ok(());
        }
        match tokio::time::timeout(CONNECT, self.0.wait_for_connect()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(RedisFault::Unreachable(error.to_string())),
            Err(_) => Err(RedisFault::Unreachable(format!(
                "no connection within {CONNECT:?}"
            ))),
        }
    }
}

fn is_unknown(error: &Error) -> bool {
    error.details().contains("Function not found")
}
