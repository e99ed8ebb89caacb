//! Public keys: which may check which token.

use super::*;
use crate::config::identity::{PublicKey, PublicKeyKind};

#[path = "../../../tests/it/support/signing.rs"]
mod signing;

pub(super) use signing::Signer;

use super::super::key::{Key, fitting};

const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// An authenticator for the keys of PEM files, by way of an identity file.
fn of_files(signers: &[&Signer]) -> Authenticator {
    let folder = std::env::temp_dir().join(format!("cpor-keys-{}", crate::ids::new()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut text = "[[issuer]]\nissuer = \"issuer\"\naudience = \"audience\"\npublic_keys = [".to_owned();
    for signer in signers {
        std::fs::write(folder.join(format!("{}.pem", signer.kid)), signer.pem()).unwrap();
        text += &[r#"{ kid = ""#, &signer.kid, r#"", file = ""#, &signer.kid, r#".pem" },"#].concat();
    }
    std::fs::write(folder.join("identity.toml"), text + "]\n").unwrap();
    let identity = Identity::read(&folder.join("identity.toml")).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    Authenticator::new(&identity)
}

#[test]
fn each_algorithm_is_checked_with_its_keys() {
    for algorithm in ALGORITHMS {
        let (signer, other) = (Signer::new(algorithm, "one"), Signer::new(algorithm, "one"));
        let authenticator = of_files(&[&signer]);
        let token = signer.token(&good());
        assert!(authenticator.authenticate_now(&token).is_ok(), "{algorithm}");
        assert!(authenticator.authenticate_now(&other.token(&good())).is_err(), "{algorithm}: another key");
        let (head, signature) = token.rsplit_once('.').unwrap();
        let other_claims = signer.token(&with("sub", json!("u2")));
        let (other_head, _) = other_claims.rsplit_once('.').unwrap();
        assert!(authenticator.authenticate_now(&format!("{other_head}.{signature}")).is_err(), "{algorithm}");
        assert!(authenticator.authenticate_now(&format!("{head}.")).is_err(), "{algorithm}");
    }
}

#[test]
fn no_token_chooses_the_algorithm_of_its_key() {
    // T19: the public key as a secret, and one family's algorithm with another family's key.
    for algorithm in ALGORITHMS {
        let signer = Signer::new(algorithm, "one");
        let authenticator = of_files(&[&signer]);
        for secret in [signer.pem(), signer.pem().trim().to_owned()] {
            let header = Header { kid: Some("one".into()), ..Header::default() };
            assert!(authenticator.authenticate_now(&sign_with(&header, &good(), &secret)).is_err(), "{algorithm}");
        }
        for other in ["none", "HS256", "RS512", "RS256", "PS256", "ES256", "EdDSA", ""] {
            if other != algorithm {
                let header = json!({ "alg": other, "kid": "one" });
                let token = signer.token_with(&header, &good());
                assert!(authenticator.authenticate_now(&token).is_err(), "{algorithm} as {other:?}");
            }
        }
    }
}

#[test]
fn headers_that_bring_a_key_are_refused() {
    let signer = Signer::new("ES256", "one");
    let authenticator = of_files(&[&signer]);
    for (name, value) in [
        ("jwk", signer.jwk()),
        ("jku", json!("https://issuer.example/keys")),
        ("x5u", json!("https://issuer.example/chain")),
        ("x5c", json!(["MII"])),
        ("crit", json!(["exp"])),
        ("crit", json!(["unknown"])),
        ("b64", json!(false)),
        ("kid", json!(1)),
    ] {
        let mut header = json!({ "alg": "ES256", "kid": "one" });
        header[name] = value;
        assert!(authenticator.authenticate_now(&signer.token_with(&header, &good())).is_err(), "{name}");
    }
}

#[test]
fn several_keys_need_a_kid_and_two_of_them_rotate() {
    let (old, new) = (Signer::new("RS256", "old"), Signer::new("RS256", "new"));
    let authenticator = of_files(&[&new, &old]);
    for signer in [&old, &new] {
        assert!(authenticator.authenticate_now(&signer.token(&good())).is_ok());
        let nameless = signer.token_with(&json!({ "alg": "RS256" }), &good());
        assert!(authenticator.authenticate_now(&nameless).is_err(), "two keys would fit");
    }
    // Of different kinds, only one fits a token that names none.
    let curve = Signer::new("ES256", "curve");
    let authenticator = of_files(&[&new, &curve]);
    assert!(authenticator.authenticate_now(&curve.token_with(&json!({ "alg": "ES256" }), &good())).is_ok());
}

#[test]
fn only_keys_for_signatures_are_taken_from_a_set() {
    let all = SigningAlgorithm::PUBLIC;
    let (rsa, curve) = (Signer::new("RS256", "rsa"), Signer::new("ES256", "curve"));
    let with = |mut jwk: Value, name: &str, value: Value| {
        jwk[name] = value;
        jwk
    };
    let usable = |jwk: &Value| {
        let set = json!({ "keys": [jwk, curve.jwk()] });
        Key::of_set(set.as_object().unwrap(), &all).unwrap().len() == 2
    };
    let mut bare = rsa.jwk();
    bare.as_object_mut().unwrap().remove("use");
    assert!(usable(&rsa.jwk()) && usable(&bare));
    assert!(usable(&with(rsa.jwk(), "alg", json!("PS256"))) && usable(&with(rsa.jwk(), "key_ops", json!(["verify"]))));
    for (name, value) in [
        ("use", json!("enc")),
        ("use", json!(["sig"])),
        ("key_ops", json!(["encrypt"])),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("RS512")),
        ("kty", json!("oct")),
        ("kty", json!("XYZ")),
        ("n", json!("AQAB")),
        ("n", json!(7)),
        ("e", json!("")),
    ] {
        assert!(!usable(&with(rsa.jwk(), name, value.clone())), "{name} {value}");
    }
    for wrong in
        [json!({}), json!({ "keys": {} }), json!({ "keys": [] }), json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] })]
    {
        assert!(Key::of_set(wrong.as_object().unwrap(), &all).is_err(), "{wrong}");
    }
    let many = json!({ "keys": vec![curve.jwk(); 101] });
    assert!(Key::of_set(many.as_object().unwrap(), &all).is_err());
    // The key's own algorithm binds it.
    let set = json!({ "keys": [with(rsa.jwk(), "alg", json!("RS256"))] });
    let keys = Key::of_set(set.as_object().unwrap(), &all).unwrap();
    assert_eq!(fitting(&keys, Some("rsa"), SigningAlgorithm::Rs256).len(), 1);
    assert!(fitting(&keys, Some("rsa"), SigningAlgorithm::Ps256).is_empty());
    assert!(fitting(&keys, Some("other"), SigningAlgorithm::Rs256).is_empty());
}

#[test]
fn the_kinds_of_files_are_told_apart() {
    let key = PublicKey { kid: None, kind: PublicKeyKind::Ed25519, der: Vec::new() };
    assert!(!Key::of_file(&key, &[SigningAlgorithm::Rs256]).has_signed("a.b.c", SigningAlgorithm::EdDsa));
}
