//! The client's end of a live socket.

use futures::StreamExt;
use serde_json::Value;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};

use super::socket::{LiveApp, PATIENCE};

pub struct Socket(pub WebSocketStream<TcpStream>);

impl LiveApp {
    /// Opens a live socket as a browser's page would.
    pub async fn live(&self, cookie: &str, query: &str) -> Socket {
        let own = format!("http://{}", self.address);
        let headers = [("cookie", cookie), ("origin", &own)];
        self.try_live(query, &headers).await.unwrap()
    }

    /// The same, with headers of one's own; or the status and body of the refusal.
    pub async fn try_live(
        &self,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, (u16, String)> {
        let mut request = format!("ws://{}/api/v1/live{query}", self.address)
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        // Little waits in the network: who does not read is noticed soon.
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(16 << 10).unwrap();
        let tcp = tcp.connect(self.address).await.unwrap();
        match timeout(PATIENCE, client_async(request, tcp)).await.unwrap() {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(refused)) => {
                let body = refused.body().as_deref().unwrap_or_default();
                let body = String::from_utf8_lossy(body).into_owned();
                Err((refused.status().as_u16(), body))
            }
            Err(error) => panic!("no answer: {error}"),
        }
    }
}

impl Socket {
    /// The next message that says something.
    pub async fn next(&mut self) -> Value {
        match self.next_or_end().await {
            Ok(message) => message,
            Err(end) => panic!("the server hung up: {end:?}"),
        }
    }

    /// The same, or how it ended: code and reason, none if the connection only broke.
    pub async fn next_or_end(&mut self) -> Result<Value, Option<(u16, String)>> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap() {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(told)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The first message for which this is true; what comes before it is passed over.
    pub async fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.next().await;
            if is_it(&message) {
                return message;
            }
        }
    }

    /// Everything that still comes, and how it ends.
    pub async fn rest(mut self) -> (Vec<Value>, Option<(u16, String)>) {
        let mut seen = Vec::new();
        loop {
            match self.next_or_end().await {
                Ok(message) => seen.push(message),
                Err(end) => return (seen, end),
            }
        }
    }

    /// How it ends: code and the reason's first word.
    pub async fn end(self) -> (u16, String) {
        let (_, end) = self.rest().await;
        let (code, reason) = end.unwrap();
        let word = reason.split(':').next().unwrap_or_default();
        (code, word.to_owned())
    }
}

fn told(frame: CloseFrame) -> (u16, String) {
    (frame.code.into(), frame.reason.to_string())
}
