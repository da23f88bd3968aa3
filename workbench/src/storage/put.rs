//! A file goes to the store, and is found there.
//!
//! Each object carries the SHA-256 of its content. The store checks what arrives (each request is signed with the digest
//! of its body), large files go in pieces, and in the end the store is asked what it has.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use bytes::Bytes;
use futures::{TryStreamExt as _, stream};
use object_store::{
    Attribute, Attributes, MultipartUpload, PutMultipartOptions, PutOptions, PutPayload,
};
use sha2::{Digest, Sha256};

use super::{
    Objects,
    name::Name,
    problem::{away, damaged},
};
use crate::Error;

/// Bytes of one request: a file of 2 GiB is 256 of them, and stores allow 10,000.
const PIECE: usize = 8 << 20;
/// Pieces on their way at once: 32 MiB of memory.
const AT_ONCE: usize = 4;
/// What the digest is called among an object's metadata.
pub(super) const SHA256: &str = "sha256";

/// What an object is, or has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) bytes: u64,
    /// Of an object that somebody else put there it is not known.
    pub(super) sha256: Option<String>,
}

impl Content {
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let fault = |error| Error::io(path, error);
        let mut file = File::open(path).map_err(fault)?;
        let mut hasher = Sha256::new();
        let bytes = io::copy(&mut file, &mut hasher).map_err(fault)?;
        Ok(Self {
            bytes,
            sha256: Some(hex::encode(hasher.finalize())),
        })
    }

    fn attributes(&self) -> Attributes {
        let sha256 = self.sha256.clone().unwrap_or_default();
        Attributes::from_iter([(Attribute::Metadata(SHA256.into()), sha256)])
    }
}

impl Objects {
    /// Puts a file. What was there under the name before is replaced.
    pub(super) fn put(&self, name: &Name, from: &Path) -> Result<(), Error> {
        let content = Content::of(from)?;
        self.put_content(name, from, &content)
    }

    /// Puts a file, unless the same is there: whether it had to be put.
    pub(super) fn put_missing(&self, name: &Name, from: &Path) -> Result<bool, Error> {
        let content = Content::of(from)?;
        if self.look_up(name)?.as_ref() == Some(&content) {
            return Ok(false);
        }
        self.put_content(name, from, &content)?;
        Ok(true)
    }

    fn put_content(&self, name: &Name, from: &Path, content: &Content) -> Result<(), Error> {
        let mut file = File::open(from).map_err(|error| Error::io(from, error))?;
        if content.bytes <= PIECE as u64 {
            let whole = piece(&mut file).map_err(|error| Error::io(from, error))?;
            let options = PutOptions {
                attributes: content.attributes(),
                ..PutOptions::default()
            };
            let key = name.key(&self.prefix);
            let put = self.store.put_opts(&key, whole.into(), options);
            self.runtime
                .block_on(put)
                .map_err(|error| away(name, &error))?;
        } else {
            let put = self.put_in_pieces(name, file, content);
            self.runtime.block_on(put)?;
        }
        match self.look_up(name)? {
            Some(found) if found == *content => Ok(()),
            found => Err(damaged(
                name,
                match found {
                    Some(found) => format!(
                        "{} bytes were put, and {} arrived",
                        content.bytes, found.bytes
                    ),
                    None => "it was put, and is not there".into(),
                },
            )),
        }
    }

    async fn put_in_pieces(&self, name: &Name, file: File, content: &Content) -> Result<(), Error> {
        let failed = |error: object_store::Error| away(name, &error);
        let options = PutMultipartOptions {
            attributes: content.attributes(),
            ..PutMultipartOptions::default()
        };
        let key = name.key(&self.prefix);
        let upload = self.store.put_multipart_opts(&key, options).await;
        let mut upload = upload.map_err(failed)?;
        let put = match send(upload.as_mut(), file, name).await {
            Ok(()) => upload.complete().await.map(drop).map_err(failed),
            Err(error) => Err(error),
        };
        if put.is_err()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(name = name.as_str(), problem = %away(name, &error), "pieces of an unfinished object stay in the store; a lifecycle rule of the bucket removes such");
        }
        put
    }
}

async fn send(upload: &mut dyn MultipartUpload, mut file: File, name: &Name) -> Result<(), Error> {
    let pieces = std::iter::from_fn(|| match piece(&mut file) {
        Ok(piece) if piece.is_empty() => None,
        read => Some(read),
    });
    let sent = pieces.map(|read| match read {
        Ok(piece) => Ok(upload.put_part(PutPayload::from(piece))),
        Err(error) => Err(Error::io(name.as_str(), error)),
    });
    stream::iter(sent)
        .map_ok(|part| async move { part.await.map_err(|error| away(name, &error)) })
        .try_buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
}

fn piece(file: &mut File) -> io::Result<Bytes> {
    let mut piece = Vec::new();
    file.take(PIECE as u64).read_to_end(&mut piece)?;
    Ok(piece.into())
}
