//! An S3 server of the test's own: s3s behind a socket, with its objects as files. It can be stopped, and begins again at
//! the same address.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use hyper::{
    Method, Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3ServiceBuilder, SharedS3Service},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

pub const KEY: &str = "AKHOLDFASTTEST";
pub const SECRET: &str = "a-secret-of-the-test-alone";
pub const URL: &str = "s3://lab/holdfast/a";
const BUCKET: &str = "lab";
const PREFIX: &str = "holdfast/a";

pub struct S3 {
    folder: TempDir,
    address: SocketAddr,
    serving: Option<JoinHandle<()>>,
    /// Paths of the objects that were asked for.
    pub gets: Arc<Mutex<Vec<String>>>,
}

impl S3 {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("root").join(BUCKET)).unwrap();
        credentials(&folder.path().join("credentials"), SECRET);
        let mut s3 = Self {
            folder,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            serving: None,
            gets: Arc::default(),
        };
        s3.begin().await;
        s3
    }

    /// Serves (again).
    pub async fn begin(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.address = listener.local_addr().unwrap();
        let files = FileSystem::new(self.folder.path().join("root")).unwrap();
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build().into_shared();
        self.serving = Some(tokio::spawn(serve(listener, service, self.gets.clone())));
    }

    /// Is away: what is connected is cut off, and nothing connects.
    pub async fn stop(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
    }

    pub fn credentials_file(&self) -> PathBuf {
        self.folder.path().join("credentials")
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The file behind an object.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder
            .path()
            .join("root")
            .join(BUCKET)
            .join(PREFIX)
            .join(name)
    }

    /// Names of the objects below a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.file(folder), folder, &mut names);
        names.sort();
        names
    }
}

async fn serve(listener: TcpListener, service: SharedS3Service, gets: Arc<Mutex<Vec<String>>>) {
    // Ends with this task.
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let (service, gets) = (service.clone(), gets.clone());
        connections.spawn(async move {
            let answer = service_fn(move |request: Request<Incoming>| {
                if request.method() == Method::GET {
                    let path = request.uri().path().to_owned();
                    gets.lock().unwrap().push(path);
                }
                service.call(request)
            });
            // A client may go away at any time.
            let _gone = http1::Builder::new()
                .serve_connection(TokioIo::new(socket), answer)
                .await;
        });
    }
}

pub fn credentials(path: &Path, secret: &str) {
    let text = format!("[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {secret}\n");
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn collect(folder: &Path, name: &str, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let below = format!("{name}/{}", entry.file_name().into_string().unwrap());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &below, names),
            false => names.push(below),
        }
    }
}
