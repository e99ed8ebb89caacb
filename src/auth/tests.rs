use domain::caller::Side;
use domain::kinds::{Role, Scope};
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const COMPANY: &str = "7f0c9a3e-1d2b-4c5d-8e9f-001122334455";

fn authenticator() -> Authenticator {
    Authenticator::new(&Keys { secret: SECRET.into(), issuer: "issuer".into(), audience: "audience".into() })
}

fn good() -> Value {
    json!({
        "sub": "u1", "iss": "issuer", "aud": "audience", "exp": get_current_timestamp() + 600, "name": "Uma",
        "roles": ["BILLING_ADMIN", "WIZARD"], "scope": "claims:read claims:write nonsense", "partner_id": COMPANY,
    })
}

/// A session that ends at a time, in seconds since the start of 1970.
pub(super) fn session_until(expires_at: u64) -> Session {
    Session { caller: ask(&good()).unwrap(), expires_at }
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn sign_with(header: &Header, claims: &Value, secret: &str) -> String {
    install_crypto();
    jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn ask(claims: &Value) -> Result<Caller, AuthError> {
    authenticator().authenticate(&sign_with(&Header::default(), claims, SECRET)).map(|session| session.caller)
}

fn is_forbidden(claims: &Value) -> bool {
    matches!(ask(claims), Err(AuthError::Forbidden(_)))
}

#[test]
fn a_good_token_tells_its_bearer() {
    let caller = ask(&good()).unwrap();
    assert_eq!((caller.subject.as_str(), caller.name.as_deref()), ("u1", Some("Uma")));
    assert_eq!(caller.roles, [Role::BillingAdmin]);
    assert_eq!(caller.scopes, [Scope::ClaimsRead, Scope::ClaimsWrite]);
    assert_eq!(caller.side, Side::Partner(COMPANY.parse().unwrap()));
}

#[test]
fn scopes_are_read_from_scp_too() {
    let mut claims = without("scope");
    claims["scp"] = json!(["claims:read", "history:read"]);
    assert_eq!(ask(&claims).unwrap().scopes, [Scope::ClaimsRead, Scope::HistoryRead]);
    claims["scp"] = json!("claims:read");
    assert_eq!(ask(&claims).unwrap().scopes, [Scope::ClaimsRead]);
    assert_eq!(ask(&without("scope")).unwrap().scopes, []);
}

#[test]
fn missing_or_odd_registered_claims_are_refused() {
    let now = get_current_timestamp();
    for name in ["exp", "iss", "aud", "sub"] {
        assert_eq!(ask(&without(name)), Err(AuthError::Unauthenticated), "without {name}");
        for odd in [json!(null), json!({}), json!(""), json!(true), json!("other")] {
            if name == "sub" && odd == json!("other") {
                continue;
            }
            assert_eq!(ask(&with(name, odd.clone())), Err(AuthError::Unauthenticated), "{name} {odd}");
        }
    }
    for (name, value) in [
        ("exp", json!(now - 31)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(1e300)),
        ("nbf", json!(now + 60)),
        ("nbf", json!("tomorrow")),
        ("iss", json!(["issuer", "other"])),
        ("sub", json!("  ")),
        ("sub", json!("a\nb")),
        ("sub", json!("x".repeat(201))),
        ("name", json!(7)),
        ("name", json!("a\u{0}")),
    ] {
        assert_eq!(ask(&with(name, value.clone())), Err(AuthError::Unauthenticated), "{name} {value}");
    }
    assert!(ask(&with("exp", json!(now - 20))).is_ok(), "within the leeway");
    assert!(ask(&with("aud", json!(["other", "audience"]))).is_ok());
}

#[test]
fn other_keys_algorithms_and_headers_are_refused() {
    let refused = |header: &Header, secret| {
        let token = sign_with(header, &good(), secret);
        assert_eq!(authenticator().authenticate(&token), Err(AuthError::Unauthenticated), "{header:?}");
    };
    refused(&Header::default(), "ffffffffffffffffffffffffffffffff");
    refused(&Header::new(Algorithm::HS384), SECRET);
    refused(&Header::new(Algorithm::HS512), SECRET);
    refused(&Header { kid: Some("../../dev/null".into()), ..Header::default() }, SECRET);
    refused(&Header { jku: Some("http://localhost/keys".into()), ..Header::default() }, SECRET);
}

#[test]
fn tokens_that_were_tampered_with_are_refused() {
    let token = sign_with(&Header::default(), &good(), SECRET);
    let parts: Vec<&str> = token.split('.').collect();
    let none = "eyJhbGciOiJub25lIn0";
    for bad in [
        String::new(),
        "a.b".into(),
        "a.b.c".into(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{token}.x"),
        format!("{token} "),
        token.replace('.', ".."),
    ] {
        assert_eq!(authenticator().authenticate(&bad), Err(AuthError::Unauthenticated), "{bad}");
    }
}

#[test]
fn a_good_token_without_standing_is_forbidden() {
    for roles in [
        json!(null),
        json!([]),
        json!(["WIZARD"]),
        json!({"REVIEWER": true}),
        json!("*"),
        json!(["REVIEWER", "BILLING_ADMIN"]),
    ] {
        assert!(is_forbidden(&with("roles", roles.clone())), "{roles}");
    }
    assert!(is_forbidden(&without("roles")));
    assert!(is_forbidden(&without("partner_id")));
    assert!(is_forbidden(&with("partner_id", json!("*"))));
    assert!(is_forbidden(&with("roles", json!(["CUSTOMER_ADMIN"]))));
}

#[test]
fn what_is_signed_for_development_is_accepted() {
    let now = get_current_timestamp();
    let grant = Grant {
        subject: "dev".into(),
        name: None,
        roles: vec![Role::IncentivesAdmin],
        scopes: vec![Scope::ClaimsRead, Scope::HistoryRead],
        partner_id: Some(COMPANY.parse().unwrap()),
        tenant_id: None,
        issued_at: now,
        expires_at: now + 60,
    };
    let authenticator = authenticator();
    let caller = authenticator.authenticate(&authenticator.sign(&grant).unwrap()).unwrap().caller;
    assert_eq!((caller.partner_id(), caller.roles, caller.scopes), (grant.partner_id, grant.roles, grant.scopes));
}

#[test]
fn a_token_is_good_again_and_another_is_not() {
    let authenticator = authenticator();
    let token = sign_with(&Header::default(), &good(), SECRET);
    let session = authenticator.authenticate(&token).unwrap();
    assert_eq!(authenticator.authenticate(&token), Ok(session));
    let forged = sign_with(&Header::default(), &good(), "another secret of thirty-two bytes!!");
    assert_eq!(authenticator.authenticate(&forged), Err(AuthError::Unauthenticated));
}
