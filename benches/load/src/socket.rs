//! Live sockets: opened by the thousand, each with what it hears handed on.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use futures::StreamExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message, client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig,
    },
};

use crate::{
    error::{Error, Result},
    request::Access,
};

const PATH: &str = "/api/v1/live";
/// One address of this machine has 28,000 ports to begin connections from; it has many addresses.
const PORTS: usize = 20_000;
/// An event is some 150 bytes, and there are ten thousand of these.
const BUFFER: usize = 1024;

#[derive(Debug)]
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Opens the one with this number. Returns when the server has said where it begins.
    pub async fn open(at: SocketAddr, access: &Access, number: usize) -> Result<Self> {
        let what = || format!("live connection {number}");
        let unexpected = |body: String| Error::Unexpected { what: what(), body };
        let tcp = connected(at, number / PORTS).await;
        let tcp = tcp.map_err(Error::io(what()))?;
        let request = format!("ws://{at}{PATH}").into_client_request();
        let mut request = request.map_err(|error| unexpected(error.to_string()))?;
        for (name, value) in access.headers() {
            let name = tokio_tungstenite::tungstenite::http::HeaderName::try_from(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                request.headers_mut().insert(name, value);
            }
        }
        let config = WebSocketConfig::default().read_buffer_size(BUFFER);
        let opened = client_async_with_config(request, tcp, Some(config)).await;
        let (socket, _) = opened.map_err(|error| unexpected(error.to_string()))?;
        let mut socket = Self(socket);
        match socket.hear().await {
            Some(text) if text.contains(r#""event":"open""#) => Ok(socket),
            other => Err(unexpected(other.unwrap_or_default())),
        }
    }

    /// The next that is told; `None` when it is over. Pings are answered meanwhile.
    pub async fn hear(&mut self) -> Option<String> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

async fn connected(at: SocketAddr, own: usize) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let (true, Ok(last)) = (own > 0, u8::try_from(own + 1)) {
        let own = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), 0);
        socket.bind(own.into())?;
    }
    let stream = socket.connect(at).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
