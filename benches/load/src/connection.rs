//! One conversation over TCP: a request, then its answer, and again on the same connection.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    answer::{Answer, Reading, Wire},
    error::{Error, Result},
};

/// Room for what one read may bring.
const ROOM: usize = 16 << 10;

#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    wire: Wire,
    /// The last answer.
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(to: SocketAddr, wire: Wire) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            wire,
            buffer: Vec::new(),
        })
    }

    /// Sends it and waits for its answer, whose body is there until the next one.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let mut reading = Reading::default();
        loop {
            self.buffer.reserve(ROOM);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match reading.whole(self.wire, &self.buffer) {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(_) => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }

    /// The whole of an answer that must be good.
    pub async fn good(&mut self, what: &str, request: &[u8]) -> Result<String> {
        let answer = self.ask(request).await.map_err(Error::io(what))?;
        let body = self.text(&answer);
        match answer.is_good() || (300..400).contains(&answer.status) {
            true => Ok(body),
            false => Err(Error::Refused {
                what: what.into(),
                status: answer.status,
                body,
            }),
        }
    }

    pub fn text(&self, answer: &Answer) -> String {
        let body = self.buffer.get(answer.body.clone()).unwrap_or_default();
        String::from_utf8_lossy(body).into_owned()
    }

    /// What the last answer's head says under a name, which is in small letters.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.buffer);
        let (head, _) = text.split_once("\r\n\r\n")?;
        head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            (own.eq_ignore_ascii_case(name)).then(|| value.trim().to_owned())
        })
    }
}
