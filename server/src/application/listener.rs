//! Where connections come in: how it ends, and how much of an answer waits in the kernel for one who reads slowly.

use std::{collections::VecDeque, future::pending, io, net::SocketAddr};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::{Error, Settings};

/// Bytes of an answer that the kernel takes ahead of what it sends.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 128 << 10;

/// The address of the settings, listened at, and which one it is.
pub(super) async fn listen(settings: &Settings) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Listen {
        addr: settings.server.addr.to_string(),
        source,
    };
    let listener = TcpListener::bind(settings.server.addr).await;
    let listener = listener.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Takes connections until it is closed, and then those that had been made by then.
///
/// Who is connected believes that their request will be read, and a balancer does not send a POST twice: whoever waits
/// when listening ends would be cut off with their request on its way.
pub(super) struct Entrance {
    listener: Option<TcpListener>,
    address: SocketAddr,
    closing: CancellationToken,
    /// Who waited when it was closed.
    waiting: VecDeque<(TcpStream, SocketAddr)>,
}

impl Entrance {
    /// This listener, until it is `closing`. Connections are refused from then on.
    pub(super) fn new(
        listener: TcpListener,
        address: SocketAddr,
        closing: CancellationToken,
    ) -> Self {
        Self {
            listener: Some(listener),
            address,
            closing,
            waiting: VecDeque::new(),
        }
    }
}

impl Listener for Entrance {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        if let Some(listener) = &mut self.listener {
            tokio::select! {
                accepted = Listener::accept(listener) => return accepted,
                () = self.closing.cancelled() => {}
            }
        }
        if let Some(listener) = self.listener.take() {
            self.waiting = close(listener);
        }
        match self.waiting.pop_front() {
            Some(accepted) => accepted,
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Stops listening; who was connected and not taken yet.
fn close(listener: TcpListener) -> VecDeque<(TcpStream, SocketAddr)> {
    let mut taken = Vec::new();
    if let Ok(listener) = listener.into_std() {
        loop {
            match listener.accept() {
                Ok(accepted) => taken.push(accepted),
                // Who has gone already stands in nobody's way.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => break,
            }
        }
        // It ends here, with nothing between the last look and the end: who comes between the two is cut off.
    }
    let taken = taken.into_iter().filter_map(|(stream, address)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, address))
    });
    taken.collect()
}

/// How a connection carries what is told: at once, however little it is, and with little of an answer waiting in the kernel.
pub(super) fn tune(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small answers may wait for larger ones");
    }
    bound_unsent(stream);
}

/// Lets little of an answer wait in the kernel. Left alone it takes some 4 MB, and says that there is room again when a
/// third of them is gone: a slow reader who reads all the time looks like one who does not read.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn bound_unsent(stream: &TcpStream) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!(%error, "as much as the kernel likes waits for a slow reader");
    }
}

/// Elsewhere the kernel takes as much as it likes.
#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn bound_unsent(_: &TcpStream) {}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// Nothing here takes this long.
    const LONG: Duration = Duration::from_secs(20);

    async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn who_came_before_the_end_is_let_in_and_nobody_is_after_it() {
        let (listener, address) = listener().await;
        let closing = CancellationToken::new();
        let mut entrance = Entrance::new(listener, address, closing.clone());
        let mut streams = Vec::new();
        for _ in 0..3 {
            streams.push(TcpStream::connect(address).await.unwrap());
        }
        closing.cancel();
        for stream in &streams {
            let (_, from) = timeout(LONG, entrance.accept()).await.unwrap();
            assert_eq!(from, stream.local_addr().unwrap());
        }
        let nobody = timeout(Duration::from_millis(50), entrance.accept()).await;
        assert!(nobody.is_err());
        let late = TcpStream::connect(address).await;
        assert_eq!(late.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(entrance.local_addr().unwrap(), address);
    }

    #[cfg(any(target_os = "android", target_os = "linux"))]
    #[tokio::test]
    async fn little_waits_in_the_kernel_for_one_who_does_not_read() {
        let (listener, address) = listener().await;
        let reader = tokio::net::TcpSocket::new_v4().unwrap();
        reader.set_recv_buffer_size(16 << 10).unwrap();
        let _reader = reader.connect(address).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        tune(&mut stream);
        let piece = vec![0; 60_000];
        let mut taken = 0;
        // Until it is full, and has been for a while.
        while let Ok(ready) = timeout(Duration::from_millis(300), stream.writable()).await {
            ready.unwrap();
            while let Ok(length) = stream.try_write(&piece) {
                taken += length;
                assert!(taken < 1_000_000, "more than a megabyte waits");
            }
        }
        assert!(taken > 0);
    }
}
