use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    serve: ServeOptions,
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn options(more: &[&str]) -> ServeOptions {
    Line::try_parse_from([&["cpor", "--jwt-secret", SECRET], more].concat()).unwrap().serve
}

#[test]
fn the_defaults_are_those_of_the_limits() {
    let config = options(&[]).validate().unwrap();
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.introspection, Introspection::Authenticated);
    assert!(config.migrate && !config.graphiql && config.cors_origins.is_empty());
}

#[test]
fn zero_turns_a_limit_off() {
    let limits = options(&["--max-depth", "0", "--request-timeout", "0", "--max-cost", "7"]).limits;
    assert_eq!(limits.max_depth, usize::MAX);
    assert_eq!(limits.max_cost, 7);
    assert!(limits.request_timer().as_secs() > 3_600);
}

#[test]
fn the_secret_is_needed_long_enough_and_never_shown() {
    let mut without = options(&[]);
    without.keys.jwt_secret = None;
    assert!(without.validate().unwrap_err().to_string().contains("CPOR_JWT_SECRET"));
    let mut short = options(&[]);
    short.keys.jwt_secret = Some("0123456789abcdef0123456789abcde".into());
    assert!(short.validate().unwrap_err().message.contains("31 bytes"));
    for end in ["\n", "\r\n"] {
        let mut broken = options(&[]);
        broken.keys.jwt_secret = Some(format!("{SECRET}{end}").into());
        assert!(broken.validate().unwrap_err().message.contains("line break"));
    }
    let config = options(&[]).validate().unwrap();
    assert!(!format!("{config:?} {:?}", options(&[])).contains(SECRET));
}

#[test]
fn the_token_of_the_metrics_is_long_enough_and_never_shown() {
    let token = "a token of 16 b.";
    let config = options(&["--metrics-token", token]).validate().unwrap();
    assert_eq!(config.metrics_token, Some(token.into()));
    assert!(!format!("{config:?}").contains(token));
    for short in ["", "a token of 15 b"] {
        let error = options(&["--metrics-token", short]).validate().unwrap_err().to_string();
        assert!(error.contains("16") && !error.contains("a token of"), "{error}");
    }
}

#[test]
fn addresses_are_checked() {
    let config =
        options(&["--public-url", "https://cpor.example/api/", "--cors-origins", "HTTPS://A.example:443,http://b:1"]);
    let config = config.validate().unwrap();
    assert_eq!(config.public_url.as_deref(), Some("https://cpor.example/api"));
    assert_eq!(config.cors_origins, ["https://a.example", "http://b:1"]);
    for wrong in ["cpor.example", "ftp://x", "https://", "https://x?y", "https://u@x"] {
        assert!(options(&["--public-url", wrong]).validate().is_err(), "{wrong}");
    }
    for wrong in ["https://a.example/", "null", "https://*.a", "a"] {
        assert!(options(&["--cors-origins", wrong]).validate().is_err(), "{wrong}");
    }
}
