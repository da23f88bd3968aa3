//! Connections to a database elsewhere are encrypted, and to the server that was meant.

use std::{net::TcpListener, path::Path, process::Command, sync::Arc};

use futures::StreamExt;
use holdfast::{
    Query, Revision, StateManager,
    backend::{Backend, Postgres, Redis},
};
use tempfile::TempDir;

use crate::support::{
    ada, adas, id, postgres_server::PostgresServer, redis_server::RedisServer, store,
};

fn openssl(folder: &Path, args: &str) {
    let done = Command::new("openssl")
        .args(args.split(' '))
        .current_dir(folder)
        .output();
    let done = done.unwrap_or_else(|error| {
        panic!("openssl: {error}; install the package `openssl` (scripts/setup.sh test does)")
    });
    assert!(
        done.status.success(),
        "{args}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// An authority, `ca.crt`, and what it has certified for `localhost`: `server.crt` with `server.key`.
fn authority() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    openssl(
        path,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
         -keyout ca.key -out ca.crt -subj /CN=authority",
    );
    openssl(
        path,
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
         -keyout server.key -out server.csr -subj /CN=localhost",
    );
    std::fs::write(path.join("names"), "subjectAltName=DNS:localhost").unwrap();
    openssl(
        path,
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
         -extfile names -out server.crt",
    );
    folder
}

fn free_port() -> u16 {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    free.local_addr().unwrap().port()
}

/// Writes, reads, searches and is told of it.
async fn works(backend: Arc<dyn Backend>) {
    let states = StateManager::builder(backend).build();
    let mut changes = states.watch(None, Revision(0));
    states.register(store("s"), &ada()).await.unwrap();
    assert_eq!(changes.next().await.unwrap().unwrap().revision, Revision(1));
    assert!(states.get(&adas(), &id("s")).await.unwrap().is_some());
    let page = states.search(&adas(), Query::default()).await.unwrap();
    assert_eq!(page.states.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_reached_encrypted_and_only_if_its_certificate_is_for_it() {
    let (ours, theirs) = (authority(), authority());
    let server = PostgresServer::start_encrypted(free_port(), |data| {
        for file in ["server.crt", "server.key"] {
            std::fs::copy(ours.path().join(file), data.join(file)).unwrap();
        }
        let key = std::fs::File::open(data.join("server.key")).unwrap();
        let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        key.set_permissions(only_owner).unwrap();
    });
    let with = |host: &str, mode: &str, roots: &TempDir| {
        let roots = roots.path().join("ca.crt");
        format!(
            "{}?sslmode={mode}&sslrootcert={}",
            server.database_at(host),
            roots.display()
        )
    };
    let backend = Postgres::connect(&with("localhost", "verify-full", &ours))
        .await
        .unwrap();
    let backend: Arc<dyn Backend> = Arc::new(backend);
    works(Arc::clone(&backend)).await;
    // What the server says of all connections over the network: reader, writer, listener, notes.
    let plain = "SELECT count(*) FILTER (WHERE NOT s.ssl), count(*) > 2 FROM pg_stat_ssl s \
                 JOIN pg_stat_activity a USING (pid) WHERE a.client_addr IS NOT NULL";
    let told = server
        .psql("postgres")
        .args(["-c", plain])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), "0|t");

    let refused = async |url: String| Postgres::connect(&url).await.unwrap_err().to_string();
    let another = refused(with("localhost", "verify-full", &theirs)).await;
    assert!(
        another.to_lowercase().contains("certificate"),
        "another authority: {another}"
    );
    let name = refused(with("127.0.0.1", "verify-full", &ours)).await;
    assert!(
        name.to_lowercase().contains("certificate"),
        "another name: {name}"
    );
    let plain = refused(format!(
        "{}?sslmode=disable",
        server.database_at("localhost")
    ))
    .await;
    assert!(plain.contains("pg_hba"), "the server insists: {plain}");
    let missing = refused(with("localhost", "verify-full", &ours).replace("ca.crt", "none")).await;
    assert!(missing.contains("No such file"), "{missing}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_reached_encrypted_and_only_if_its_certificate_is_for_it() {
    let (ours, theirs) = (authority(), authority());
    let server = RedisServer::start_encrypted(ours.path());
    let with = |scheme: &str, host: &str, roots: &Path| {
        let (port, roots) = (server.port(), roots.display());
        format!("{scheme}://{host}:{port}/0?sslrootcert={roots}")
    };
    let (ca, other) = (ours.path().join("ca.crt"), theirs.path().join("ca.crt"));
    let backend = Redis::connect(&with("rediss", "localhost", &ca), "test").await;
    works(Arc::new(backend.unwrap())).await;

    let refused = async |url: String| Redis::connect(&url, "test").await.unwrap_err().to_string();
    for (why, url) in [
        ("another authority", with("rediss", "localhost", &other)),
        ("another name", with("rediss", "127.0.0.1", &ca)),
        (
            "the system's authorities",
            format!("rediss://localhost:{}/0", server.port()),
        ),
    ] {
        let told = refused(url).await.to_lowercase();
        assert!(told.contains("certificate"), "{why}: {told}");
    }
    let missing = refused(with("rediss", "localhost", Path::new("/nowhere/ca.pem"))).await;
    assert!(
        missing.contains("sslrootcert (/nowhere/ca.pem)"),
        "{missing}"
    );
    let key = refused(with("rediss", "localhost", &ours.path().join("server.key"))).await;
    assert!(key.contains("no certificate"), "{key}");
    let scheme = refused("redis-cluster://localhost".into()).await;
    assert!(scheme.contains("redis:// or rediss://"), "{scheme}");
    // In plain text the server does not talk.
    refused(format!("redis://localhost:{}/0", server.port())).await;
}
