//! Which addresses messages may be sent to (W6): public ones, and those in ranges that the operator has allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The IPv4 ranges that are not public (IANA's registry of special-purpose addresses), and one address of a cloud's metadata.
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Azure's virtual machines find their platform here, in a range that is public otherwise.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Link-local; other clouds have their metadata here.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The IPv6 range that is public unicast. Outside lie loopback, unique local, link-local, multicast, discard, segment routing and
/// the translation of IPv4 (NAT64), through which a private IPv4 address could be reached.
const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is not public in there: protocol assignments with Teredo and ORCHID, documentation, and 6to4.
const NOT_PUBLIC_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The ranges that an operator has allowed beside the public addresses.
#[derive(Clone, Debug, Default)]
pub struct Ranges(Vec<IpNet>);

impl Ranges {
    /// These ranges.
    #[must_use]
    pub const fn new(ranges: Vec<IpNet>) -> Self {
        Self(ranges)
    }

    /// Whether the address lies in a range that was allowed.
    #[must_use]
    pub fn allow(&self, address: IpAddr) -> bool {
        // An IPv4 address in IPv6's form is the IPv4 address: that is where the connection would go.
        let address = address.to_canonical();
        self.0.iter().any(|range| range.contains(&address))
    }

    /// Whether a message may go to the address, over TLS or not.
    #[must_use]
    pub fn permit(&self, address: IpAddr, over_tls: bool) -> bool {
        self.allow(address) || (over_tls && is_public(address))
    }

    /// Whether no range was allowed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the address is one of the public network.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|(start, length)| v4(*start, *length).contains(&address)),
        IpAddr::V6(address) => {
            v6(PUBLIC_V6.0, PUBLIC_V6.1).contains(&address)
                && !NOT_PUBLIC_V6.iter().any(|(start, length)| v6(*start, *length).contains(&address))
        }
    }
}

fn v4(start: Ipv4Addr, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(start, length)
}

fn v6(start: Ipv6Addr, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(start, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn only_public_addresses_are_public() {
        // W6
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip(text)), "{text} is taken for public");
        }
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "168.63.129.15",
            "172.15.255.255",
            "172.32.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "2a00:1450:4001::200e",
        ] {
            assert!(is_public(ip(text)), "{text} is taken for not public");
        }
    }

    #[test]
    fn an_operator_allows_ranges_and_http_to_them_only() {
        // W6
        let ranges = Ranges::new(vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for text in ["127.0.0.1", "::ffff:127.0.0.1", "fd12::1"] {
            assert!(ranges.permit(ip(text), true) && ranges.permit(ip(text), false), "{text}");
        }
        for text in ["10.0.0.1", "::1", "fe80::1"] {
            assert!(!ranges.permit(ip(text), true) && !ranges.permit(ip(text), false), "{text}");
        }
        assert!(ranges.permit(ip("8.8.8.8"), true) && !ranges.permit(ip("8.8.8.8"), false));
    }
}
