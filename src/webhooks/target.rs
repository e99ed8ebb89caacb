//! The URL of an endpoint (W6).

use std::{net::IpAddr, time::Duration};

use tokio::time::timeout;
use url::{Host, Url};

use super::{address::Ranges, resolve};

/// The longest URL, in bytes.
const LONGEST: usize = 2_000;
/// How long the name of a new endpoint may take to resolve; after that it is judged on connecting only.
const RESOLVING: Duration = Duration::from_secs(3);
/// The lowest port beside 443 that is sent to on the public network: below are the services of the system.
const LOWEST_PORT: u16 = 1_024;

/// Reads a URL and judges all of it but what its name resolves to.
pub(super) fn parse(ranges: &Ranges, text: &str) -> Result<Url, String> {
    if text.len() > LONGEST {
        return Err(format!("The URL has {} bytes; the limit is {LONGEST}.", text.len()));
    }
    let url = Url::parse(text).map_err(|_| format!("{text:?} is not a URL."))?;
    let over_tls = match url.scheme() {
        "https" => true,
        // To ranges that the operator has allowed; where the name leads is judged by its addresses.
        "http" if !ranges.is_empty() => false,
        other => return Err(format!("The URL's scheme is {other:?}; it must be https.")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("The URL contains credentials; messages are authenticated by their signature.".to_owned());
    }
    if url.fragment().is_some() {
        return Err("The URL has a fragment, which is never sent.".to_owned());
    }
    let address = match url.host() {
        None => return Err("The URL has no host.".to_owned()),
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
    };
    if let Some(address) = address {
        permitted(ranges, &[address], over_tls)?;
    }
    let port = url.port_or_known_default().unwrap_or(0);
    let is_usual = port == 443 || port >= LOWEST_PORT;
    if !is_usual && !address.is_some_and(|address| ranges.allow(address)) && (over_tls || address.is_some()) {
        return Err(format!("The URL's port is {port}; it must be 443 or at least {LOWEST_PORT}."));
    }
    Ok(url)
}

/// The URL as it is kept, if it is good and its name leads to an address that may be sent to. A name that does not resolve yet is
/// taken: it is judged whenever it is connected to.
pub(super) async fn judge(ranges: &Ranges, text: &str) -> Result<String, String> {
    let url = parse(ranges, text.trim())?;
    if let Some(Host::Domain(name)) = url.host() {
        let name = name.trim_end_matches('.');
        if (name == "localhost" || name.ends_with(".localhost")) && ranges.is_empty() {
            return Err("The URL's host is not on the public network.".to_owned());
        }
        let found = timeout(RESOLVING, resolve::addresses(name)).await.unwrap_or_default();
        permitted(ranges, &found, url.scheme() == "https")?;
    }
    Ok(url.into())
}

/// Whether one of the addresses may be sent to: on connecting the others are left out. None are known where a name does not
/// resolve.
fn permitted(ranges: &Ranges, addresses: &[IpAddr], over_tls: bool) -> Result<(), String> {
    let may = |over_tls: bool| addresses.is_empty() || addresses.iter().any(|one| ranges.permit(*one, over_tls));
    if may(over_tls) {
        return Ok(());
    }
    if may(true) {
        return Err("The URL's scheme is \"http\"; it must be https.".to_owned());
    }
    Err("The URL's host is not on the public network.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict() -> Ranges {
        Ranges::default()
    }

    fn loopback() -> Ranges {
        Ranges::new(vec!["127.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn only_https_to_public_hosts_is_taken() {
        // W6
        for text in [
            "https://hooks.example/cpor",
            "https://hooks.example:8443/cpor?tenant=7",
            "https://8.8.8.8/",
            "https://[2606:4700:4700::1111]/",
            "https://xn--bcher-kva.example/",
        ] {
            assert!(parse(&strict(), text).is_ok(), "{text}: {:?}", parse(&strict(), text));
        }
        for text in [
            "",
            "hooks.example",
            "/hooks",
            "http://hooks.example/",
            "ftp://hooks.example/",
            "file:///etc/passwd",
            "gopher://hooks.example/",
            "javascript:alert(1)",
            "https://",
            "https://user@hooks.example/",
            "https://user:secret@hooks.example/",
            "https://:secret@hooks.example/",
            "https://hooks.example/#part",
            "https://hooks.example:22/",
            "https://hooks.example:80/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://168.63.129.16/",
            "https://100.64.0.1/",
            "https://192.168.1.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:0:7f00:1::]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
            "https://[ff02::1]/",
        ] {
            assert!(parse(&strict(), text).is_err(), "{text:?} is taken");
        }
        assert!(parse(&strict(), &format!("https://hooks.example/{}", "x".repeat(2_000))).is_err());
    }

    #[test]
    fn an_allowed_range_may_have_http_and_any_port() {
        // W6
        for text in
            ["http://127.0.0.1:80/", "http://127.0.0.1:9/", "https://127.1.2.3/", "http://[::ffff:127.0.0.1]:1/"]
        {
            assert!(parse(&loopback(), text).is_ok(), "{text}: {:?}", parse(&loopback(), text));
        }
        for text in
            ["http://8.8.8.8/", "http://10.0.0.1/", "https://10.0.0.1/", "https://8.8.8.8:22/", "https://[::1]/"]
        {
            assert!(parse(&loopback(), text).is_err(), "{text} is taken");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_its_addresses() {
        // W6
        assert!(judge(&strict(), "https://localhost/").await.is_err());
        assert!(judge(&strict(), "https://LocalHost./").await.is_err());
        assert!(judge(&strict(), "https://hooks.localhost/").await.is_err());
        assert_eq!(judge(&strict(), " https://HOOKS.invalid/a b ").await.as_deref(), Ok("https://hooks.invalid/a%20b"));
    }
}
