//! A stream that is no further than its listener: the next piece is asked for when the network has taken the last one.
//!
//! Nothing is kept for a slow listener but one piece and what its connection holds: what it has not been told is in the
//! log, where it goes on when it comes back. One who does not take a piece in time is cut off, as at the live socket.
//! There is no farewell: the stream breaks off, and browsers come back by themselves.
//!
//! That a piece was taken is known by its bytes: whoever writes them to the network lets go of them when they are all
//! written, to the kernel, which is told to take little ahead of the network (`application/listener.rs`).
//!
//! Under HTTP/2 the bytes are let go of when the last of them is in the connection's own buffer, or was written past it,
//! and they get there as far as the windows of stream and connection allow: the pacing is the protocol's flow control. Who
//! takes a part of a piece and no more is cut off in time. A piece for whose first byte the window has no room waits in
//! front of the protocol, where nobody asks for the next one, so that nothing is cut off: the stream keeps this one piece
//! and its seat until the window opens or the connection ends.

use std::{convert::Infallible, time::Duration};

use axum::{
    BoxError,
    body::{Body, BodyDataStream},
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::{sync::oneshot, time::timeout};

use super::super::listening::Seat;

/// What is told to one listener.
struct Paced {
    pieces: BodyDataStream,
    /// Over when the last piece was taken.
    under_way: Option<oneshot::Receiver<Infallible>>,
    patience: Duration,
    seat: Seat,
}

/// Bytes that are heard of when nobody holds them any more.
struct Piece {
    bytes: Bytes,
    _held: oneshot::Sender<Infallible>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why a stream breaks off.
#[derive(Debug, thiserror::Error)]
#[error("a listener did not take an event in time; it goes on from the log when it comes back")]
struct Slow;

/// The same stream, piece by piece, until one is not taken within `patience`. The seat is held as long.
pub(super) fn paced(pieces: Body, patience: Duration, seat: Seat) -> Body {
    let paced = Paced {
        pieces: pieces.into_data_stream(),
        under_way: None,
        patience,
        seat,
    };
    Body::from_stream(stream::try_unfold(paced, Paced::next))
}

impl Paced {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BoxError> {
        if let Some(taken) = self.under_way.take()
            && timeout(self.patience, taken).await.is_err()
        {
            tracing::debug!("an event stream ends: its listener is slow");
            self.seat.was_slow();
            return Err(Slow.into());
        }
        let Some(bytes) = self.pieces.next().await.transpose()? else {
            return Ok(None);
        };
        let (held, under_way) = oneshot::channel();
        self.under_way = Some(under_way);
        let piece = Piece { bytes, _held: held };
        Ok(Some((Bytes::from_owner(piece), self)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    };

    use futures::FutureExt;

    use super::*;
    use crate::{api::Listeners, settings::LiveSettings};

    const LONG: Duration = Duration::from_secs(60);

    /// What three pieces are told of, how many of them were asked for, and who listens.
    struct Told {
        pieces: BodyDataStream,
        asked: Arc<AtomicUsize>,
        listeners: Arc<Listeners>,
    }

    impl Told {
        fn within(patience: Duration) -> Self {
            let asked = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&asked);
            let pieces = ["one", "two", "three"].map(Ok::<_, Infallible>);
            let pieces = stream::iter(pieces).inspect(move |_| {
                counter.fetch_add(1, Relaxed);
            });
            let listeners = Arc::new(Listeners::new(&LiveSettings::default()));
            let seat = listeners.seat("ada").unwrap();
            let body = paced(Body::from_stream(pieces), patience, seat);
            Self {
                pieces: body.into_data_stream(),
                asked,
                listeners,
            }
        }

        fn asked(&self) -> usize {
            self.asked.load(Relaxed)
        }
    }

    #[tokio::test]
    async fn the_next_piece_is_asked_for_when_the_last_one_was_taken() {
        let mut told = Told::within(LONG);
        for (number, text) in ["one", "two", "three"].into_iter().enumerate() {
            let piece = told.pieces.next().await.unwrap().unwrap();
            assert_eq!(piece, text);
            assert!(told.pieces.next().now_or_never().is_none());
            assert_eq!(told.asked(), number + 1);
            drop(piece);
        }
        assert!(told.pieces.next().await.is_none());
        assert_eq!(told.listeners.slow(), 0);
        assert_eq!(told.listeners.online().connections, 0);
    }

    #[tokio::test]
    async fn who_holds_a_piece_for_too_long_is_cut_off_counted_and_gives_up_the_seat() {
        let mut told = Told::within(Duration::from_millis(20));
        let held = told.pieces.next().await.unwrap().unwrap();
        let end = told.pieces.next().await.unwrap().unwrap_err();
        assert!(end.to_string().contains("in time"), "{end}");
        assert!(told.pieces.next().await.is_none());
        assert_eq!((told.asked(), told.listeners.slow()), (1, 1));
        assert_eq!(told.listeners.online().connections, 0);
        drop(held);
    }
}
