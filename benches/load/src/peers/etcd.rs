//! An etcd of the scenario's own: one member, each write on the disk before it is answered (its default), spoken to in
//! JSON over HTTP/1.1 by its own gateway.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    answer::Wire,
    connection::Connection,
    error::{Error, Result},
    peers::installed,
    process::Process,
    program::free_address,
    request::Access,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A running member. Dropping it ends it and removes its folder.
#[derive(Debug)]
pub struct Etcd {
    child: Child,
    pub address: SocketAddr,
    _folder: TempDir,
}

impl Etcd {
    pub async fn start() -> Result<Self> {
        let program = installed("etcd").ok_or(Error::NoPeer("etcd", "etcd-server"))?;
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        let (address, peers) = (free_address()?, free_address()?);
        let (client, peer) = (format!("http://{address}"), format!("http://{peers}"));
        let child = Command::new(program)
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args([
                "--listen-client-urls",
                &client,
                "--advertise-client-urls",
                &client,
            ])
            .args([
                "--listen-peer-urls",
                &peer,
                "--initial-advertise-peer-urls",
                &peer,
            ])
            .args([
                "--initial-cluster",
                &format!("default={peer}"),
                "--log-level",
                "error",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let etcd = Self {
            child: child.map_err(Error::io("starting etcd"))?,
            address,
            _folder: folder,
        };
        let start = Instant::now();
        while !etcd.answers().await {
            if start.elapsed() > PATIENCE {
                return Err(Error::NotReady(PATIENCE, "etcd: nothing".into()));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(etcd)
    }

    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address, Wire::Http).await else {
            return false;
        };
        let answer = connection
            .ask(&Access::nobody(self.address).get("/health"))
            .await;
        answer.is_ok_and(|answer| answer.is_good())
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for one key's value.
pub fn range(access: &Access, key: &str) -> Vec<u8> {
    let body = json!({ "key": STANDARD.encode(key) });
    access.json("POST /v3/kv/range", &body.to_string())
}

/// Writes one key's value.
pub fn put(access: &Access, key: &str, value: &str) -> Vec<u8> {
    let body = json!({ "key": STANDARD.encode(key), "value": STANDARD.encode(value) });
    access.json("POST /v3/kv/put", &body.to_string())
}
