//! `.br` and `.gz` copies made once at build time, so that the server never compresses a static file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::error::{Error, Result};
use crate::fingerprint::files_below;

/// What gains by compression; fonts and images are compressed already.
const TEXTS: [&str; 9] = [
    "wasm",
    "js",
    "css",
    "json",
    "svg",
    "txt",
    "html",
    "xml",
    "webmanifest",
];
/// Brotli's best: slow to make, not slower to read.
const BROTLI_QUALITY: i32 = 11;
/// Brotli's largest window (16 MB) of the standard format.
const BROTLI_WINDOW: i32 = 24;
const BUFFER: usize = 1 << 16;

/// Puts compressed copies beside every file in `folder`, as many files at a time as there are processors.
pub fn folder(folder: &Path) -> Result<()> {
    let files: Vec<PathBuf> = files_below(folder)?
        .into_iter()
        .filter(|path| is_text(path))
        .collect();
    in_parallel(files, |file| one(&folder.join(file)))
}

/// Calls `work` for every item on as many threads as there are processors; the first error is returned.
pub fn in_parallel<T: Send>(items: Vec<T>, work: impl Fn(T) -> Result<()> + Sync) -> Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let queue = Mutex::new(items.into_iter());
    let next = || queue.lock().ok().and_then(|mut items| items.next());
    let worker = || -> Result<()> {
        while let Some(item) = next() {
            work(item)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| {
                Err(Error::step(
                    "parallel work",
                    "a thread panicked; its message is above",
                ))
            })
        })
    })
}

fn is_text(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| TEXTS.iter().any(|text| extension == *text))
}

fn one(path: &Path) -> Result<()> {
    let plain = fs::read(path).map_err(Error::file("read", path))?;
    for (extension, packed) in [("br", brotli(&plain)), ("gz", gzip(&plain))] {
        let copy = PathBuf::from(format!("{}.{extension}", path.display()));
        let packed = packed.map_err(Error::file("compress", path))?;
        if packed.len() < plain.len() {
            fs::write(&copy, packed).map_err(Error::file("write", copy))?;
        }
    }
    Ok(())
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::with_capacity(plain.len() / 2);
    {
        let mut writer = brotli::CompressorWriter::with_params(&mut packed, BUFFER, &parameters);
        writer.write_all(plain)?;
        writer.flush()?;
    }
    Ok(packed)
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(plain)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::io::Read;

    use super::*;

    #[test]
    fn what_brotli_packed_comes_out_as_it_was() {
        let plain = b"hold fast ".repeat(1000);
        let packed = brotli(&plain).unwrap();
        let mut back = Vec::new();
        brotli::Decompressor::new(&packed[..], BUFFER)
            .read_to_end(&mut back)
            .unwrap();
        assert!(packed.len() < 100);
        assert_eq!(back, plain);
    }

    #[test]
    fn an_error_in_one_thread_is_the_result_of_all() {
        let outcome = in_parallel((0..100).collect(), |n| {
            if n == 57 {
                Err(Error::step("test", n))
            } else {
                Ok(())
            }
        });
        assert!(outcome.is_err());
        assert!(in_parallel(vec![1, 2, 3], |_| Ok(())).is_ok());
    }
}
