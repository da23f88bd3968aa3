//! Who asks: a program with a token, made at the terminal, and browsers with sessions.

use std::net::SocketAddr;

use crate::{
    connection::Connection,
    error::{Error, Result},
    program::Home,
    request::Access,
};

const EMAIL: &str = "load@example.org";
const PASSWORD: &str = "kelp holds fast\n";

/// Makes an editor's account and a token that writes. The server need not run.
pub fn token(home: &Home) -> Result<String> {
    home.run(
        &["user", "add", EMAIL, "Load", "--role", "editor"],
        PASSWORD,
    )?;
    home.run(
        &["token", "make", EMAIL, "load", "--write", "--days", "1"],
        "",
    )
}

/// Opens a session, as a browser's first word does.
pub async fn browser(connection: &mut Connection, at: SocketAddr) -> Result<Access> {
    let mut request = Vec::new();
    let stranger = Access::nobody(at);
    let own = format!("origin: http://{at}\r\n");
    stranger.send(&mut request, "POST /session", &own, b"");
    let what = "POST /session";
    connection.good(what, &request).await?;
    let cookie = connection.header("set-cookie").unwrap_or_default();
    match cookie.split_once(';') {
        Some((pair, _)) => Ok(Access::cookie(at, pair)),
        None => Err(Error::Unexpected {
            what: what.into(),
            body: "no cookie".into(),
        }),
    }
}
