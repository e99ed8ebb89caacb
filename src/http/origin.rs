//! Which pages of other origins may call the server, for CORS and for WebSockets alike.

/// Whether the configuration names the origin: by itself, by `*`, or by its scheme and host with `:*` for any port.
pub(super) fn is_known(known: &[String], origin: &str) -> bool {
    known.iter().any(|known| known == "*" || known.eq_ignore_ascii_case(origin) || is_port_of(known, origin))
}

fn is_port_of(known: &str, origin: &str) -> bool {
    let Some(host) = known.strip_suffix(":*") else { return false };
    let (start, port) = origin.rsplit_once(':').unwrap_or((origin, ""));
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    origin.eq_ignore_ascii_case(host) || (is_port && start.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_known_by_name_or_by_its_host() {
        let known = ["https://a.example".to_owned(), "http://localhost:*".to_owned()];
        for (origin, expected) in [
            ("https://a.example", true),
            ("https://A.example", true),
            ("https://a.example:8443", false),
            ("http://localhost", true),
            ("http://localhost:5173", true),
            ("https://localhost:5173", false),
            ("http://localhost.evil.example", false),
            ("http://localhost:5173.evil.example", false),
            ("http://localhost:", false),
            ("null", false),
        ] {
            assert_eq!(is_known(&known, origin), expected, "{origin}");
        }
        assert!(is_known(&["*".to_owned()], "https://b.example"));
    }
}
