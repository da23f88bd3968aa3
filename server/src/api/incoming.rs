//! A file on its way in: streamed to the disk piece by piece, and gone again unless it was imported.

use std::path::Path;

use app::AppError;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tempfile::TempPath;
use tokio::{fs::File, io::AsyncWriteExt};
use workbench::Workbench;

/// Longest name of a file.
const MAX_NAME: usize = 255;

/// Whether a plain form comes, and not a file as it is.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// The name of a file, if one can have it.
pub(super) fn named(name: &str) -> Result<&str, AppError> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(AppError::Invalid {
            path: "name".into(),
            problem: format!("A file's name has 1 to {MAX_NAME} bytes."),
        });
    }
    Ok(name)
}

/// A whole file in the folder for uploads. It is removed when this is dropped: after the import,
/// after an error, and when the sender goes away.
pub(super) struct Incoming(TempPath);

impl Incoming {
    /// Takes a body to the disk. One piece of it is in memory at a time.
    pub(super) async fn receive<E: std::fmt::Display>(
        workbench: &Workbench,
        name: &str,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Self, AppError> {
        let limit = workbench.limits().file_bytes;
        let (file, path) = create(workbench.incoming()).await?;
        let incoming = Self(path);
        let mut file = File::from_std(file);
        let mut length = 0_u64;
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| {
                AppError::BadRequest(format!("{name} did not arrive whole: {error}"))
            })?;
            length = length.saturating_add(piece.len() as u64);
            if length > limit {
                let error = workbench::Error::TooLarge {
                    what: name.to_owned(),
                    limit: format!("{limit} bytes"),
                    setting: "data.file_bytes",
                };
                return Err(error.into());
            }
            file.write_all(&piece)
                .await
                .map_err(|error| disk(incoming.path(), error))?;
        }
        file.flush()
            .await
            .map_err(|error| disk(incoming.path(), error))?;
        Ok(incoming)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

async fn create(folder: std::path::PathBuf) -> Result<(std::fs::File, TempPath), AppError> {
    let made = tokio::task::spawn_blocking(move || {
        let made = tempfile::Builder::new()
            .prefix("upload-")
            .tempfile_in(&folder);
        made.map(tempfile::NamedTempFile::into_parts)
            .map_err(|error| disk(&folder, error))
    });
    made.await.map_err(AppError::internal)?
}

fn disk(path: &Path, error: std::io::Error) -> AppError {
    workbench::Error::io(path, error).into()
}
