//! Tokens shaped as three providers document them, field by field (A7).

use domain::kinds::Scope::{ClaimsRead, ClaimsWrite, DirectoryRead, DirectoryWrite, ReviewsWrite};

use super::{keys::Signer, *};

const TENANT: &str = "8f3c1f4e-6c5b-4f0a-9a57-0c5f6f7a1b2c";

/// The caller of a token of these claims, by an issuer of this text of an identity file, less its key.
fn caller(issuer: &str, claims: &Value) -> Result<Caller, AuthError> {
    let signer = Signer::new("ES256", "one");
    let folder = std::env::temp_dir().join(format!("cpor-mapping-{}", crate::ids::new()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("one.pem"), signer.pem()).unwrap();
    let (head, tables) = issuer.split_once("---").unwrap_or((issuer, ""));
    let keys = "public_keys = [{ kid = \"one\", file = \"one.pem\" }]";
    std::fs::write(folder.join("identity.toml"), format!("[[issuer]]\n{head}\n{keys}\n{tables}")).unwrap();
    let identity = Identity::read(&folder.join("identity.toml")).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    Authenticator::new(&identity)
        .authenticate_now(&signer.token(claims))
        .map(|session| Arc::unwrap_or_clone(session.caller))
}

fn later() -> u64 {
    get_current_timestamp() + 3_600
}

const ENTRA_V2: &str = r#"
    issuer = "https://login.microsoftonline.com/8f3c1f4e-6c5b-4f0a-9a57-0c5f6f7a1b2c/v2.0"
    audience = "5c1b0d4e-1111-4222-8333-444455556666"
    preset = "entra"
"#;

#[test]
fn a_person_of_entra_id_v2() {
    let claims = json!({
        "aud": "5c1b0d4e-1111-4222-8333-444455556666",
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "iat": 1_795_913_000, "nbf": 1_795_913_000, "exp": later(),
        "aio": "AXQAi/8TAAAA", "azp": "0d2b3c4d-aaaa-4bbb-8ccc-ddddeeeeffff", "azpacr": "1",
        "name": "Rita Moss", "oid": "11111111-2222-4333-8444-555555555555", "preferred_username": "rita@vendor.example",
        "rh": "0.AXoA", "roles": ["Cpor.Reviewer"], "scp": "claims.read reviews.write",
        "sub": "h6qz3sVJqGZ8mJmTQn8bX2lZ0ePcQw", "tid": TENANT, "uti": "bDjMrjBG3UKNdSPn", "ver": "2.0",
    });
    let tables = r#"---
        [issuer.roles]
        "Cpor.Reviewer" = "REVIEWER"
        [issuer.scopes]
        "claims.read" = ["claims:read", "directory:read"]
        "reviews.write" = "reviews:write"
    "#;
    // `nbf` of the fixture is a time of the real clock's future or past; it is not what is tested here.
    let mut claims = claims;
    claims["nbf"] = json!(1_700_000_000);
    let caller = caller(&format!("{ENTRA_V2}{tables}"), &claims).unwrap();
    assert_eq!(caller.subject, format!("{TENANT}/11111111-2222-4333-8444-555555555555"));
    assert_eq!(caller.name.as_deref(), Some("Rita Moss"));
    assert_eq!((caller.side, caller.roles), (Side::Vendor, vec![Role::Reviewer]));
    assert_eq!(caller.scopes, [ClaimsRead, DirectoryRead, ReviewsWrite]);
}

#[test]
fn a_service_of_entra_id_v1_has_its_scopes_in_roles() {
    let claims = json!({
        "aud": "api://cpor", "iss": format!("https://sts.windows.net/{TENANT}/"),
        "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": later(),
        "aio": "E2NgYJ", "appid": "0d2b3c4d-aaaa-4bbb-8ccc-ddddeeeeffff", "appidacr": "1",
        "idp": format!("https://sts.windows.net/{TENANT}/"), "oid": "22222222-2222-4333-8444-555555555555",
        "rh": "0.AXoA", "roles": ["DIRECTORY_SYNC", "directory:write", "directory:read"],
        "sub": "22222222-2222-4333-8444-555555555555", "tid": TENANT, "uti": "bDjMrjBG3UKNdSPn", "ver": "1.0",
    });
    let issuer = r#"
        issuer = "https://sts.windows.net/8f3c1f4e-6c5b-4f0a-9a57-0c5f6f7a1b2c/"
        audience = "api://cpor"
        preset = "entra"
    "#;
    let caller = caller(issuer, &claims).unwrap();
    assert_eq!(caller.subject, format!("{TENANT}/22222222-2222-4333-8444-555555555555"));
    assert_eq!((caller.side, caller.roles), (Side::Vendor, vec![Role::DirectorySync]));
    assert_eq!(caller.scopes, [DirectoryWrite, DirectoryRead]);
}

#[test]
fn companies_of_entra_id() {
    let mut claims = json!({
        "aud": "5c1b0d4e-1111-4222-8333-444455556666", "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "exp": later(), "oid": "33333333-2222-4333-8444-555555555555", "sub": "s", "tid": TENANT,
        "roles": ["GLOBAL_ADMIN"], "scp": "claims:read", "extn.partner_id": [COMPANY],
    });
    assert_eq!(caller(ENTRA_V2, &claims).unwrap().side, Side::Partner(COMPANY.parse().unwrap()));
    claims["roles"] = json!(["CUSTOMER_ADMIN"]);
    assert_eq!(caller(ENTRA_V2, &claims).unwrap().side, Side::Customer(TENANT.parse().unwrap()));
    // No default role, and nobody without the two parts of the subject.
    claims["roles"] = json!([]);
    assert!(matches!(caller(ENTRA_V2, &claims), Err(AuthError::Forbidden(_))));
    claims.as_object_mut().unwrap().remove("oid");
    assert_eq!(caller(ENTRA_V2, &claims), Err(AuthError::Unauthenticated));
}

#[test]
fn auth0_with_permissions_and_namespaced_claims() {
    let issuer = r#"
        issuer = "https://cpor.eu.auth0.com/"
        audience = "https://api.cpor.example"
        preset = "auth0"
        claims = { roles = "/https:~1~1cpor.example~1roles", partner_id = "/https:~1~1cpor.example~1partner_id" }
    "#;
    let mut claims = json!({
        "https://cpor.example/roles": ["INCENTIVES_USER"], "https://cpor.example/partner_id": COMPANY,
        "iss": "https://cpor.eu.auth0.com/", "sub": "auth0|6540f1c2a7d8e9",
        "aud": ["https://api.cpor.example", "https://cpor.eu.auth0.com/userinfo"],
        "iat": 1_700_000_000, "exp": later(), "scope": "openid profile claims:read claims:write",
        "azp": "kQ2z8R7y", "permissions": ["claims:read"],
    });
    let with_permissions = caller(issuer, &claims).unwrap();
    assert_eq!(
        (with_permissions.subject.as_str(), with_permissions.scopes),
        ("auth0|6540f1c2a7d8e9", vec![ClaimsRead])
    );
    assert_eq!(with_permissions.side, Side::Partner(COMPANY.parse().unwrap()));
    // Empty permissions are permissions: `scope` does not stand in for them.
    claims["permissions"] = json!([]);
    assert_eq!(caller(issuer, &claims).unwrap().scopes, []);
    claims.as_object_mut().unwrap().remove("permissions");
    assert_eq!(caller(issuer, &claims).unwrap().scopes, [ClaimsRead, ClaimsWrite]);
}

#[test]
fn keycloak_with_realm_and_client_roles() {
    let issuer = r#"
        issuer = "https://sso.example/realms/cpor"
        audience = "cpor-api"
        preset = "keycloak"
    "#;
    let mut claims = json!({
        "exp": later(), "iat": 1_700_000_000, "auth_time": 1_700_000_000, "jti": "onrtac:3f2a3f8c-7a5e-4d2b-9a51-6a1f2f0f5a11",
        "iss": "https://sso.example/realms/cpor", "aud": ["cpor-api", "account"],
        "sub": "9f1f0c3e-1d2b-4c5d-8e9f-001122334455", "typ": "Bearer", "azp": "cpor-web", "sid": "8b1f", "acr": "1",
        "realm_access": { "roles": ["offline_access", "REVIEWER"] },
        "resource_access": { "cpor-api": { "roles": ["REVIEW_LEAD"] }, "account": { "roles": ["CUSTOMER_ADMIN"] } },
        "scope": "openid claims:read profile", "email_verified": true, "name": "Rita Moss",
        "preferred_username": "rita", "given_name": "Rita", "family_name": "Moss",
    });
    let rita = caller(issuer, &claims).unwrap();
    // Another client's roles are not ours.
    assert_eq!((rita.roles, rita.scopes), (vec![Role::Reviewer, Role::ReviewLead], vec![ClaimsRead]));
    for kind in ["ID", "Refresh", "Logout"] {
        claims["typ"] = json!(kind);
        assert_eq!(caller(issuer, &claims), Err(AuthError::Unauthenticated), "{kind}");
    }
    claims["typ"] = json!("Bearer");
    claims["aud"] = json!("account");
    assert_eq!(caller(issuer, &claims), Err(AuthError::Unauthenticated), "without an audience mapper");
    claims.as_object_mut().unwrap().remove("aud");
    assert_eq!(caller(issuer, &claims), Err(AuthError::Unauthenticated), "as a stock realm issues it");
}
