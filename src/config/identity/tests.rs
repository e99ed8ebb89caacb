use std::{fs, path::PathBuf};

use super::*;
use crate::config::KeyOptions;

/// A folder with an identity file of this text, and a secret beside it.
struct Folder(PathBuf);

impl Folder {
    fn with(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cpor-identity-{}", crate::ids::new()));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("secret"), "0123456789abcdef0123456789abcdef\n").unwrap();
        fs::write(path.join("identity.toml"), text).unwrap();
        Self(path)
    }

    fn read(&self) -> Result<Identity, ConfigError> {
        Identity::read(&self.0.join("identity.toml"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn refused(text: &str) -> String {
    Folder::with(text).read().unwrap_err().to_string()
}

const ONE: &str = "[[issuer]]\nissuer = \"https://a.example\"\naudience = \"cpor\"\n";

#[test]
fn a_file_may_name_several_issuers_of_different_kinds() {
    let folder = Folder::with(&format!(
        "{ONE}discovery = true\nname = \"a\"\n[issuer.roles]\nboss = [\"REVIEWER\", \"REVIEW_LEAD\"]\n\
         [[issuer]]\nissuer = \"cpor\"\naudience = [\"cpor\", \"cpor-2\"]\nsecrets = [{{ kid = \"1\", file = \"secret\" }}]\n"
    ));
    let identity = folder.read().unwrap();
    let [a, own] = identity.issuers() else { panic!("two issuers") };
    assert!(a.keys.is_remote() && a.name == "a" && a.algorithms == SigningAlgorithm::PUBLIC);
    assert_eq!(
        (own.name.as_str(), own.audiences.len(), own.algorithms.as_slice()),
        ("cpor", 2, &[SigningAlgorithm::Hs256][..])
    );
    assert!(!format!("{identity:?}").contains("0123456789"), "secrets never show");
}

#[test]
fn what_contradicts_itself_refuses_to_start() {
    for (text, word) in [
        (String::new(), "no issuer"),
        (ONE.to_string(), "none"),
        (format!("{ONE}discovery = true\njwks_url = \"https://a.example/k\"\n"), "discovery and jwks_url"),
        (format!("{ONE}discovery = true\n{ONE}jwks_url = \"https://a.example/k\"\n"), "Two issuers"),
        (format!("{ONE}jwks_url = \"http://a.example/k\"\n"), "https"),
        (format!("{ONE}jwks_url = \"http://127.0.0.1@a.example/k\"\n"), "https"),
        (format!("{ONE}discovery = true\nalgorithms = [\"HS256\"]\n"), "algorithms"),
        (format!("{ONE}discovery = true\nalgorithms = [\"none\"]\n"), "algorithms"),
        (format!("{ONE}secrets = [{{ file = \"secret\" }}]\nalgorithms = [\"RS256\"]\n"), "algorithms"),
        (format!("{ONE}secrets = [{{ file = \"secret\" }}, {{ file = \"secret\" }}]\n"), "kid"),
        (format!("{ONE}secrets = []\n"), "no key"),
        (format!("{ONE}secrets = [{{ file = \"secret\", env = \"HOME\" }}]\n"), "either"),
        (format!("{ONE}secrets = [{{ file = \"identity.toml\" }}]\nnonsense = 1\n"), "nonsense"),
        (format!("{ONE}secrets = [{{ file = \"missing\" }}]\n"), "missing"),
        (format!("{ONE}public_keys = [{{ file = \"secret\" }}]\n"), "BEGIN PUBLIC KEY"),
        (format!("{ONE}discovery = true\nclaims = {{ roles = \"roles\" }}\n"), "pointer"),
        (format!("{ONE}discovery = true\npreset = \"okta\"\n"), "okta"),
        (format!("{ONE}discovery = true\n[issuer.roles]\nboss = \"BOSS\"\n"), "BOSS"),
        (format!("{ONE}discovery = true\n[issuer.scopes]\nall = \"everything\"\n"), "everything"),
        ("[[issuer]]\nissuer = \"a\"\naudience = []\nsecrets = [{ file = \"secret\" }]\n".to_owned(), "audience"),
        ("[[issuer]]\nissuer = \" \"\naudience = \"cpor\"\nsecrets = [{ file = \"secret\" }]\n".to_owned(), "blank"),
    ] {
        let error = refused(&text);
        assert!(error.contains(word), "{text}: {error}");
    }
}

#[test]
fn a_pointer_replaces_that_of_the_preset() {
    let folder =
        Folder::with(&format!("{ONE}discovery = true\npreset = \"keycloak\"\nclaims = {{ roles = \"/groups\" }}\n"));
    let identity = folder.read().unwrap();
    let mapping = &identity.issuers()[0].mapping;
    assert_eq!(
        (mapping.roles.as_slice(), mapping.subject.as_slice()),
        (&["/groups".to_owned()][..], &["/sub".to_owned()][..])
    );
    let preset = Mapping::of(Some(Preset::Keycloak), &["https://a/b".to_owned()]);
    assert_eq!(preset.roles, ["/realm_access/roles", "/resource_access/https:~1~1a~1b/roles"]);
}

#[test]
fn the_short_options_are_one_issuer_and_stand_alone() {
    let text = |text: &str| Some(text.to_owned());
    let secret = || KeyOptions { jwt_secret: Some("0123456789abcdef0123456789abcdef".into()), ..KeyOptions::default() };
    let own = secret().validate().unwrap();
    assert_eq!(
        (own.issuers()[0].issuer.as_str(), own.issuers()[0].audiences.as_slice()),
        ("cpor", &["cpor".to_owned()][..])
    );
    let remote =
        KeyOptions { oidc_issuer: text("https://a.example"), jwt_audience: text("cpor"), ..KeyOptions::default() };
    assert!(matches!(remote.validate().unwrap().issuers()[0].keys, KeySource::Discovery));
    let set = KeyOptions {
        jwks_url: text("https://a.example/k"),
        jwt_issuer: text("a"),
        jwt_audience: text("cpor"),
        ..KeyOptions::default()
    };
    assert!(matches!(set.clone().validate().unwrap().issuers()[0].keys, KeySource::Jwks(_)));
    for (options, word) in [
        (KeyOptions::default(), "no key"),
        (KeyOptions { jwks_url: text("https://a.example"), ..secret() }, "two sources"),
        (KeyOptions { jwt_audience: text(" "), ..secret() }, "blank"),
        (KeyOptions { jwt_issuer: None, ..set.clone() }, "--jwt-issuer"),
        (KeyOptions { jwt_audience: None, ..set.clone() }, "--jwt-audience"),
        (KeyOptions { oidc_issuer: text("https://b.example"), jwks_url: None, ..set.clone() }, "two issuers"),
        (KeyOptions { identity: Some("identity.toml".into()), ..secret() }, "--jwt-secret is set together"),
        (KeyOptions { identity: Some("/nowhere/identity.toml".into()), ..KeyOptions::default() }, "cannot be read"),
    ] {
        let error = options.validate().unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn keys_come_over_tls_or_from_this_machine() {
    for good in ["https://a.example/x", "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:9/x"] {
        assert!(is_trustworthy(good), "{good}");
    }
    for bad in
        ["", "a.example", "ftp://a", "http://a.example", "http://127.0.0.1.a.example", "http://localhost.a", "https://"]
    {
        assert!(!is_trustworthy(bad), "{bad}");
    }
}
