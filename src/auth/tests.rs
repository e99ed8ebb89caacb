use domain::caller::Side;
use domain::kinds::{Role, Scope};
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};

use super::*;
use crate::config::identity::{Issuer, NamedSecret, SigningAlgorithm};

mod keys;
mod mapping;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const COMPANY: &str = "7f0c9a3e-1d2b-4c5d-8e9f-001122334455";

fn authenticator() -> Authenticator {
    Authenticator::new(&Identity::of_secret(SECRET.into(), "issuer", "audience").unwrap())
}

fn good() -> Value {
    json!({
        "sub": "u1", "iss": "issuer", "aud": "audience", "exp": get_current_timestamp() + 600, "name": "Uma",
        "roles": ["BILLING_ADMIN", "WIZARD"], "scope": "claims:read claims:write nonsense", "partner_id": COMPANY,
    })
}

/// A session that ends at a time, in seconds since the start of 1970.
pub(super) fn session_until(expires_at: u64) -> Session {
    let (issuer, jti, issued_at) = ("issuer".into(), None, None);
    Session { caller: Arc::new(ask(&good()).unwrap()), expires_at, issuer, jti, issued_at }
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
    jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret.as_bytes()).unwrap()).unwrap()
}

fn ask(claims: &Value) -> Result<Caller, AuthError> {
    authenticator()
        .authenticate_now(&sign_with(&Header::default(), claims, SECRET))
        .map(|session| Arc::unwrap_or_clone(session.caller))
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
        ("exp", json!(-1)),
        ("exp", json!((now + 600).to_string())),
        ("iat", json!("yesterday")),
        ("jti", json!(7)),
        ("jti", json!("j".repeat(257))),
        ("nonce", json!("n-0S6_WzA2Mj")),
        ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")),
        ("aud", json!(["other"])),
        ("aud", json!(["audience", 7])),
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
    assert!(
        ask(&with("exp", json!(1_795_917_593.5_f64.max(f64::from(u32::try_from(now + 60).unwrap()) + 0.5)))).is_ok()
    );
    assert!(ask(&with("iat", json!(1_795_917_593.25))).is_ok(), "RFC 7519 allows fractions");
}

#[test]
fn other_keys_algorithms_and_headers_are_refused() {
    let refused = |header: &Header, secret| {
        let token = sign_with(header, &good(), secret);
        assert_eq!(authenticator().authenticate_now(&token), Err(AuthError::Unauthenticated), "{header:?}");
    };
    refused(&Header::default(), "ffffffffffffffffffffffffffffffff");
    refused(&Header::new(Algorithm::HS384), SECRET);
    refused(&Header::new(Algorithm::HS512), SECRET);
    // A `kid` beside a single secret is no reason to refuse, and nothing is looked up by it.
    let named = Header { kid: Some("../../dev/null".into()), ..Header::default() };
    assert!(authenticator().authenticate_now(&sign_with(&named, &good(), SECRET)).is_ok());
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
        assert_eq!(authenticator().authenticate_now(&bad), Err(AuthError::Unauthenticated), "{bad}");
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
        jti: crate::ids::new(),
    };
    let authenticator = authenticator();
    let caller = authenticator.authenticate_now(&authenticator.sign(&grant).unwrap()).unwrap().caller;
    assert_eq!((caller.partner_id(), &caller.roles, &caller.scopes), (grant.partner_id, &grant.roles, &grant.scopes));
}

#[test]
fn a_token_is_good_again_and_another_is_not() {
    let authenticator = authenticator();
    let token = sign_with(&Header::default(), &good(), SECRET);
    let session = authenticator.authenticate_now(&token).unwrap();
    assert_eq!(authenticator.authenticate_now(&token), Ok(session));
    let forged = sign_with(&Header::default(), &good(), "another secret of thirty-two bytes!!");
    assert_eq!(authenticator.authenticate_now(&forged), Err(AuthError::Unauthenticated));
}

#[test]
fn types_of_other_tokens_and_long_ones_are_refused() {
    let of_type = |kind: &str| Header { typ: Some(kind.to_owned()), ..Header::default() };
    for kind in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(authenticator().authenticate_now(&sign_with(&of_type(kind), &good(), SECRET)).is_ok(), "{kind}");
    }
    for kind in ["logout+jwt", "dpop+jwt", "secevent+jwt", ""] {
        let token = sign_with(&of_type(kind), &good(), SECRET);
        assert_eq!(authenticator().authenticate_now(&token), Err(AuthError::Unauthenticated), "{kind}");
    }
    let long = sign_with(&Header::default(), &with("padding", json!("p".repeat(16 * 1024))), SECRET);
    assert_eq!(authenticator().authenticate_now(&long), Err(AuthError::Unauthenticated));
    let mut issuer = secret_issuer(&[(None, SECRET)]);
    issuer.require_at_jwt = true;
    let strict = Authenticator::new(&Identity::of(vec![issuer]).unwrap());
    assert!(strict.authenticate_now(&sign_with(&of_type("at+jwt"), &good(), SECRET)).is_ok());
    assert!(strict.authenticate_now(&sign_with(&of_type("JWT"), &good(), SECRET)).is_err());
}

fn secret_issuer(secrets: &[(Option<&str>, &str)]) -> Issuer {
    let secrets = secrets
        .iter()
        .map(|(kid, secret)| NamedSecret { kid: kid.map(str::to_owned), secret: (*secret).into() })
        .collect();
    Issuer::new("issuer".to_owned(), vec!["audience".to_owned()], KeySource::Secrets(secrets), None)
}

#[test]
fn of_two_secrets_the_first_signs_and_both_check() {
    const NEW: &str = "a new secret of thirty-two bytes at least";
    let both =
        Authenticator::new(&Identity::of(vec![secret_issuer(&[(Some("new"), NEW), (Some("old"), SECRET)])]).unwrap());
    let of = |kid: Option<&str>, secret| {
        sign_with(&Header { kid: kid.map(str::to_owned), ..Header::default() }, &good(), secret)
    };
    for (kid, secret) in [(Some("new"), NEW), (Some("old"), SECRET), (None, NEW), (None, SECRET)] {
        assert!(both.authenticate_now(&of(kid, secret)).is_ok(), "{kid:?}");
    }
    for (kid, secret) in [(Some("new"), SECRET), (Some("old"), NEW), (Some("older"), SECRET)] {
        assert!(both.authenticate_now(&of(kid, secret)).is_err(), "{kid:?}");
    }
    assert_eq!(both.signing_issuer(), Some("issuer"));
}

#[tokio::test]
async fn every_reason_is_told_to_the_operator() {
    use Reason::{Audience, Expired, NoStanding, NotAnAccessToken, Signature};
    let claims = json!({"sub": "u1", "iss": "issuer", "aud": "elsewhere", "exp": 1_000, "nonce": "n", "roles": []});
    let token = sign_with(&Header::default(), &claims, "another secret of thirty-two bytes!!");
    let verdict = authenticator().verdict(&token).await;
    assert_eq!((verdict.issuer.as_deref(), verdict.subject.as_deref()), (Some("issuer"), Some("u1")));
    let reasons: Vec<Reason> = verdict.outcome.unwrap_err().iter().map(|refusal| refusal.reason).collect();
    assert_eq!(reasons, [Signature, Expired, Audience, NotAnAccessToken, NoStanding]);
    let stranger = authenticator().verdict(&sign_with(&Header::default(), &with("iss", json!("x")), SECRET)).await;
    assert_eq!(stranger.outcome.unwrap_err()[0].reason, Reason::UnknownIssuer);
}

#[tokio::test]
async fn a_revoked_token_is_refused_also_where_it_was_known() {
    // A8
    let revocations = Revocations::default();
    let identity = Identity::of_secret(SECRET.into(), "issuer", "audience").unwrap();
    let authenticator = Authenticator::with(&identity, &Clock::System, revocations.clone());
    let now = get_current_timestamp();
    let mut claims = with("jti", json!("j1"));
    claims["iat"] = json!(now - 100);
    let token = sign_with(&Header::default(), &claims, SECRET);
    let session = authenticator.authenticate(&token).await.unwrap();
    let at = |seconds: u64| domain::time::Timestamp::from_micros(i64::try_from(seconds).unwrap() * 1_000_000).unwrap();
    let by_id = |jti: &str, issuer: Option<&str>| Revocation::Token { jti: jti.into(), issuer: issuer.map(Into::into) };
    let by_subject = |subject: &str, before, partner| Revocation::Subject {
        subject: subject.into(),
        issued_before: at(before),
        partner,
    };
    for other in [
        by_id("j2", None),
        by_id("j1", Some("another")),
        by_subject("u2", now, None),
        by_subject("u1", now - 100, None),
        by_subject("u1", now, Some(crate::ids::new())),
    ] {
        revocations.replace([other.clone()]);
        assert!(authenticator.authenticate(&token).await.is_ok(), "{other:?}");
    }
    for own in [
        by_id("j1", None),
        by_id("j1", Some("issuer")),
        by_subject("u1", now - 99, None),
        by_subject("u1", now, Some(COMPANY.parse().unwrap())),
    ] {
        revocations.replace([own.clone()]);
        assert_eq!(authenticator.authenticate(&token).await, Err(AuthError::Unauthenticated), "{own:?}");
        // Whoever waits for it is woken.
        revocations.revoked(&session).await;
    }
    // A token that does not say when it was issued counts as older than any time.
    let undated = sign_with(&Header::default(), &good(), SECRET);
    revocations.replace([by_subject("u1", 1, None)]);
    assert!(authenticator.authenticate(&undated).await.is_err());
}
