//! An address or a network, as settings name it: `10.0.0.0/8`, `192.0.2.7`, `::1`.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Addresses that begin the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether this address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse::<IpNet>().or_else(|_| one());
        network
            .map(Self)
            .map_err(|_| format!("`{text}` is no address and no network like 10.0.0.0/8"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn one_address_is_a_network_too() {
        let network = |text: &str| Network::try_from(text.to_owned());
        let is_in =
            |text: &str, address: &str| network(text).unwrap().contains(address.parse().unwrap());
        assert!(is_in("192.0.2.7", "192.0.2.7") && !is_in("192.0.2.7", "192.0.2.8"));
        assert!(is_in("10.0.0.0/8", "10.200.0.1") && !is_in("10.0.0.0/8", "::1"));
        assert!(is_in("2001:db8::/32", "2001:db8:1::"));
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0"] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
