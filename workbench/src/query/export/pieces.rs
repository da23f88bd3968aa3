//! Bytes on their way to a reader who may be slow, or gone.

use std::io::{self, Write};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::Error;

/// Bytes of one piece of a download.
const PIECE_BYTES: usize = 1 << 16;
/// Pieces that wait for a slow reader: with them and the piece at work, 320 KiB.
pub(crate) const PIECES_WAITING: usize = 4;

/// Gathers what is written into pieces and sends them; waits while too many are unread.
pub(crate) struct Pieces {
    sender: mpsc::Sender<Result<Bytes, Error>>,
    piece: Vec<u8>,
}

impl Pieces {
    pub(crate) fn new(sender: mpsc::Sender<Result<Bytes, Error>>) -> Self {
        let piece = Vec::with_capacity(PIECE_BYTES);
        Self { sender, piece }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE_BYTES - self.piece.len();
        let taken = &bytes[..bytes.len().min(room)];
        self.piece.extend_from_slice(taken);
        if self.piece.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        let gone = |_| io::ErrorKind::BrokenPipe.into();
        self.sender.blocking_send(Ok(piece.into())).map_err(gone)
    }
}

/// The only way to fail is that nobody reads any more, or that our file cannot be read.
pub(crate) fn stopped(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Error::Cancelled,
        _ => Error::io("the merged result", error),
    }
}
