//! The identity file: TOML, and the files of keys that it names. Paths are relative to the file's own folder.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
    str::FromStr,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{
    Identity, Issuer, KeySource, Mapping, NamedSecret, Pointer, Preset, PublicKey, PublicKeyKind, SigningAlgorithm,
};
use crate::config::{ConfigError, Secret};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    issuer: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<String>,
    issuer: String,
    audience: OneOrMore,
    #[serde(default)]
    discovery: bool,
    jwks_url: Option<String>,
    public_keys: Option<Vec<KeyFile>>,
    secrets: Option<Vec<SecretPlace>>,
    algorithms: Option<Vec<SigningAlgorithm>>,
    preset: Option<Preset>,
    #[serde(default)]
    claims: Claims,
    roles: Option<BTreeMap<String, OneOrMore>>,
    scopes: Option<BTreeMap<String, OneOrMore>>,
    #[serde(default)]
    require_at_jwt: bool,
}

/// One text or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn into_list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::More(texts) => texts,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    kid: Option<String>,
    file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretPlace {
    kid: Option<String>,
    file: Option<String>,
    env: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    subject: Option<OneOrMore>,
    name: Option<OneOrMore>,
    roles: Option<OneOrMore>,
    scopes: Option<OneOrMore>,
    partner_id: Option<OneOrMore>,
    tenant_id: Option<OneOrMore>,
}

/// Reads the file and all that it names.
pub(super) fn read(path: &Path) -> Result<Identity, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        ConfigError::new(
            format!("The identity file {} cannot be read: {error}.", path.display()),
            "Check the path of --identity and the file's permissions.",
        )
    })?;
    let file: File = toml::from_str(&text).map_err(|error| {
        ConfigError::new(
            format!("The identity file {} cannot be used: {error}", path.display()),
            "Fix the file as described in docs/identity.md.",
        )
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    Identity::of(file.issuer.into_iter().map(|entry| entry.issuer(folder)).collect::<Result<_, _>>()?)
}

impl Entry {
    fn issuer(self, folder: &Path) -> Result<Issuer, ConfigError> {
        let name = self.name.unwrap_or_else(|| self.issuer.clone());
        let wrong = |what: String, remedy: &str| ConfigError::new(format!("The issuer {name:?} {what}"), remedy);
        let sources = [
            self.discovery.then_some("discovery"),
            self.jwks_url.is_some().then_some("jwks_url"),
            self.public_keys.is_some().then_some("public_keys"),
            self.secrets.is_some().then_some("secrets"),
        ];
        let sources: Vec<&str> = sources.into_iter().flatten().collect();
        if sources.len() != 1 {
            let found = if sources.is_empty() { "none".to_owned() } else { sources.join(" and ") };
            return Err(wrong(
                format!("needs one source of keys and has {found}."),
                "Give it one of `discovery = true`, `jwks_url`, `public_keys` or `secrets`.",
            ));
        }
        let keys = match (self.jwks_url, self.public_keys, self.secrets) {
            (Some(url), ..) => KeySource::Jwks(url),
            (_, Some(files), _) => {
                let keys = files.into_iter().map(|file| file.read(folder)).collect::<Result<Vec<_>, _>>()?;
                distinct(&name, keys.iter().map(|key| key.kid.as_deref()))?;
                KeySource::PublicKeys(keys)
            }
            (.., Some(places)) => {
                let secrets = places.into_iter().map(|place| place.read(folder)).collect::<Result<Vec<_>, _>>()?;
                distinct(&name, secrets.iter().map(|secret| secret.kid.as_deref()))?;
                KeySource::Secrets(secrets)
            }
            (None, None, None) => KeySource::Discovery,
        };
        let audiences = self.audience.into_list();
        let mut mapping = Mapping::of(self.preset, &audiences);
        self.claims.replace_in(&name, &mut mapping)?;
        mapping.role_table = self.roles.map(|table| words(&name, "roles", table)).transpose()?;
        mapping.scope_table = self.scopes.map(|table| words(&name, "scopes", table)).transpose()?;
        let mut issuer = Issuer::new(self.issuer, audiences, keys, None);
        if let Some(algorithms) = self.algorithms {
            issuer.algorithms = algorithms;
        }
        Ok(Issuer { name, mapping, require_at_jwt: self.require_at_jwt, ..issuer })
    }
}

/// Several keys of one issuer need a `kid` each, and different ones.
fn distinct<'a>(name: &str, kids: impl Iterator<Item = Option<&'a str>>) -> Result<(), ConfigError> {
    let kids: Vec<Option<&str>> = kids.collect();
    let named: HashSet<&str> = kids.iter().copied().flatten().collect();
    if kids.is_empty() || (kids.len() > 1 && named.len() != kids.len()) {
        return Err(ConfigError::new(
            format!("The issuer {name:?} has no key, or several without a `kid` of their own."),
            "List at least one key, and give each of several keys a different `kid`.",
        ));
    }
    Ok(())
}

impl Claims {
    fn replace_in(self, issuer: &str, mapping: &mut Mapping) -> Result<(), ConfigError> {
        let take = |given: Option<OneOrMore>, claim: &str| -> Result<Option<Vec<Pointer>>, ConfigError> {
            let Some(pointers) = given.map(OneOrMore::into_list) else { return Ok(None) };
            match pointers.iter().find(|pointer| !pointer.starts_with('/')) {
                None if !pointers.is_empty() => Ok(Some(pointers)),
                wrong => Err(ConfigError::new(
                    format!(
                        "The issuer {issuer:?} reads {claim} from {:?}, which is not a JSON pointer.",
                        wrong.map_or("", String::as_str)
                    ),
                    "Begin with a slash, and write `~1` for a slash and `~0` for a tilde inside a name: `/https:~1~1example.com~1roles`.",
                )),
            }
        };
        let fields = [
            (self.subject, "subject", &mut mapping.subject),
            (self.name, "name", &mut mapping.name),
            (self.roles, "roles", &mut mapping.roles),
            (self.partner_id, "partner_id", &mut mapping.partner_id),
            (self.tenant_id, "tenant_id", &mut mapping.tenant_id),
        ];
        for (given, claim, place) in fields {
            if let Some(pointers) = take(given, claim)? {
                *place = pointers;
            }
        }
        if let Some(pointers) = take(self.scopes, "scopes")? {
            mapping.scopes = vec![pointers];
        }
        Ok(())
    }
}

/// The words of a table, each of which must be known here.
fn words<T: FromStr>(
    issuer: &str,
    what: &str,
    table: BTreeMap<String, OneOrMore>,
) -> Result<BTreeMap<String, Vec<T>>, ConfigError> {
    let known = |word: &String| {
        word.parse().map_err(|_| {
            ConfigError::new(
                format!("The issuer {issuer:?} maps a value to {word:?}, which is not one of cpor's {what}."),
                "Use the API's values on the right side of the table, such as REVIEWER or claims:read.",
            )
        })
    };
    table
        .into_iter()
        .map(|(value, words)| Ok((value, words.into_list().iter().map(known).collect::<Result<_, _>>()?)))
        .collect()
}

impl SecretPlace {
    fn read(self, folder: &Path) -> Result<NamedSecret, ConfigError> {
        let text = match (self.file, self.env) {
            (Some(file), None) => text_of(folder, &file)?.trim().to_owned(),
            (None, Some(variable)) => variable_of(&variable)?,
            _ => {
                return Err(ConfigError::new(
                    "A secret in the identity file needs either `file` or `env`.",
                    "Name the file or environment variable that contains the secret; the identity file cannot contain it.",
                ));
            }
        };
        Ok(NamedSecret { kid: self.kid, secret: Secret::from(text).long_enough()? })
    }
}

impl KeyFile {
    fn read(self, folder: &Path) -> Result<PublicKey, ConfigError> {
        let wrong = || {
            ConfigError::new(
                format!("The file {} contains no supported public key.", self.file),
                "Use an RSA (2048 bits or more), P-256 or Ed25519 key as PEM that begins with BEGIN PUBLIC KEY; `openssl x509 -pubkey -noout` extracts it from a certificate, `openssl pkey -pubout` from a private key.",
            )
        };
        let text = text_of(folder, &self.file)?;
        let (_, rest) = text.split_once("-----BEGIN PUBLIC KEY-----").ok_or_else(wrong)?;
        let (body, _) = rest.split_once("-----END PUBLIC KEY-----").ok_or_else(wrong)?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| wrong())?;
        let kind = kind_of(&der).ok_or_else(wrong)?;
        Ok(PublicKey { kid: self.kid, kind, der })
    }
}

/// What kind of key a `SubjectPublicKeyInfo` holds, by the object identifiers at its beginning.
fn kind_of(der: &[u8]) -> Option<PublicKeyKind> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
    // The shortest RSA key that is accepted, 2048 bits, is longer than this as DER.
    const SHORTEST_RSA: usize = 290;
    let head = der.get(..32.min(der.len()))?;
    let names = |id: &[u8]| head.windows(id.len()).any(|window| window == id);
    if names(RSA) {
        (der.len() >= SHORTEST_RSA).then_some(PublicKeyKind::Rsa)
    } else if names(P256) {
        Some(PublicKeyKind::P256)
    } else {
        names(ED25519).then_some(PublicKeyKind::Ed25519)
    }
}

#[expect(clippy::disallowed_methods, reason = "the file names the variable, so the command line cannot read it")]
fn variable_of(name: &str) -> Result<String, ConfigError> {
    std::env::var(name).map_err(|_| {
        ConfigError::new(
            format!("The environment variable {name} of a secret is not set."),
            "Set it, or name another variable in the identity file.",
        )
    })
}

fn text_of(folder: &Path, file: &str) -> Result<String, ConfigError> {
    fs::read_to_string(folder.join(file)).map_err(|error| {
        ConfigError::new(
            format!("The file {file} of the identity file cannot be read: {error}."),
            "Check the path, which is relative to the identity file, and the permissions.",
        )
    })
}
