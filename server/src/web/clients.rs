//! Where a request comes from when a proxy stands in front: what the proxy says, as far as it is one of ours.
//!
//! Each proxy adds the address that it was asked from to the right of `X-Forwarded-For`, so only what a trusted one added
//! is true: the list is read from the right for as long as the one who said it is trusted. `Forwarded` (RFC 7239) is not
//! read: a proxy that writes one of the two passes the other on as it came, and a client could write it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};

use super::Connected;
use crate::settings::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Networks whose word is taken.
pub(crate) type Trusted = Arc<[Network]>;

/// Puts the client's address in the place of the proxy's, for everything further in.
pub(crate) async fn clients(
    State(trusted): State<Trusted>,
    from: Connected,
    mut request: Request,
    next: Next,
) -> Response {
    if let Ok(ConnectInfo(peer)) = from {
        let client = client(peer.ip(), request.headers(), &trusted);
        let client = SocketAddr::new(client, peer.port());
        request.extensions_mut().insert(ConnectInfo(client));
    }
    next.run(request).await
}

/// Whether somebody says that they hand on what others asked.
pub(crate) fn is_handed_on(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let said = headers.get_all(FORWARDED_FOR).into_iter();
    let said: Vec<&str> = said.map(|value| value.to_str().unwrap_or("")).collect();
    let mut client = peer.to_canonical();
    for hop in said.iter().rev().flat_map(|value| value.rsplit(',')) {
        if !trusted.iter().any(|network| network.contains(client)) {
            break;
        }
        // Who is trusted and does not say from where is the last that is known.
        let Some(before) = address(hop.trim()) else {
            break;
        };
        client = before.to_canonical();
    }
    client
}

/// An address, which some proxies write with its port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.parse().ok();
    plain.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    /// Who it is for a server that trusts 10.0.0.0/8 and ::1.
    fn seen(peer: &str, said: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "::1"].map(|text| Network::try_from(text.to_owned()).unwrap());
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn what_somebody_says_who_is_not_trusted_is_not_believed() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(seen("192.0.2.1", &[]), "192.0.2.1");
    }

    #[test]
    fn behind_trusted_proxies_it_is_the_first_from_the_right_that_is_none() {
        assert_eq!(seen("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen("::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(seen("::ffff:10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        let forged = "198.51.100.7, 192.0.2.1, 10.2.2.2";
        assert_eq!(seen("10.0.0.1", &[forged]), "192.0.2.1");
        let lines = ["198.51.100.7", "192.0.2.1,10.2.2.2"];
        assert_eq!(seen("10.0.0.1", &lines), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["10.3.3.3"]), "10.3.3.3");
    }

    #[test]
    fn ports_are_left_out_and_what_is_no_address_ends_it() {
        assert_eq!(seen("10.0.0.1", &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::7]:80"]), "2001:db8::7");
        assert_eq!(seen("10.0.0.1", &["192.0.2.1, unknown"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[""]), "10.0.0.1");
    }
}
