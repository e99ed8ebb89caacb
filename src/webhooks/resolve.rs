//! Resolves names to addresses and returns only allowed ones. The connection uses one of these, so a name that resolves
//! differently later cannot lead to another address (DNS rebinding).

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use super::address::Ranges;

/// The resolver of one client.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) ranges: Ranges,
    /// Whether the client speaks TLS.
    pub(super) over_tls: bool,
}

/// A name that has no address which messages may go to. The message does not contain the addresses: the owner of an
/// endpoint must not learn how a name resolves inside the operator's network.
#[derive(Debug)]
pub(super) struct NotPermitted;

impl fmt::Display for NotPermitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host has no public address")
    }
}

impl std::error::Error for NotPermitted {}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let checked = self.clone();
        Box::pin(async move {
            // The port of the URL takes the place of this one.
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            let permitted: Vec<SocketAddr> =
                found.into_iter().filter(|address| checked.ranges.permit(address.ip(), checked.over_tls)).collect();
            if permitted.is_empty() {
                return Err(NotPermitted.into());
            }
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}

/// The addresses of a name as they are now; none where it does not resolve.
pub(super) async fn addresses(name: &str) -> Vec<IpAddr> {
    lookup_host((name, 0)).await.map_or_else(|_| Vec::new(), |found| found.map(|address| address.ip()).collect())
}
