//! The options for accepted tokens: a file for any number of issuers, or options for one.

use std::path::PathBuf;

use super::{
    ConfigError,
    identity::{Identity, Issuer, KeySource, NamedSecret, Preset},
};

/// The shortest secret accepted, in bytes: as long as the hash of HS256.
const SHORTEST_SECRET: usize = 32;
/// The default issuer and audience of tokens that a secret signs.
const OWN: &str = "cpor";

/// The options for checking tokens and, with a secret, signing them.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct KeyOptions {
    /// A TOML file that configures one or more issuers with their keys, audiences and claims (docs/identity.md). It
    /// replaces the other options for keys.
    #[arg(long, env = "CPOR_IDENTITY", value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// The secret that signs and checks tokens (HS256), at least 32 bytes.
    #[arg(long, env = "CPOR_JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,
    /// The URL of the issuer's public keys (a JWK set). Requires --jwt-issuer and --jwt-audience.
    #[arg(long, env = "CPOR_JWKS_URL", value_name = "URL")]
    pub jwks_url: Option<String>,
    /// The issuer URL of an `OpenID` provider, whose keys are found by discovery. Requires --jwt-audience.
    #[arg(long, env = "CPOR_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// The issuer (`iss`) that a token must name [default with --jwt-secret: cpor].
    #[arg(long, env = "CPOR_JWT_ISSUER", value_name = "ISSUER")]
    pub jwt_issuer: Option<String>,
    /// The audience (`aud`) that a token must name [default with --jwt-secret: cpor].
    #[arg(long, env = "CPOR_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub jwt_audience: Option<String>,
}

/// A secret text, which is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The bytes of the secret.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The secret as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether HS256 can be trusted with it.
    ///
    /// # Errors
    /// [`ConfigError`] when it has fewer than 32 bytes, or ends with a line break.
    pub(super) fn long_enough(self) -> Result<Self, ConfigError> {
        match self.as_bytes().len() {
            _ if self.0.ends_with(['\n', '\r']) => Err(ConfigError::new(
                "The token secret ends with a line break.",
                "Remove it: editors and `echo` without `-n` add a line break, `$(cat secret)` removes it.",
            )),
            SHORTEST_SECRET.. => Ok(self),
            length => Err(ConfigError::new(
                format!("The token secret has {length} bytes; HS256 needs at least {SHORTEST_SECRET}."),
                "Generate one with `openssl rand -hex 32`.",
            )),
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl KeyOptions {
    /// Checks the options and reads the files that they name.
    ///
    /// # Errors
    /// [`ConfigError`] when there is no key, more than one source of keys, or a file that cannot be used.
    pub fn validate(self) -> Result<Identity, ConfigError> {
        let short = self.short_options();
        let Some(path) = self.identity else { return self.one_issuer() };
        if let Some(option) = short.first() {
            return Err(ConfigError::new(
                format!("{option} is set together with --identity, which configures its own issuers."),
                format!("Remove {option} or its environment variable, or add the issuer to the file."),
            ));
        }
        Identity::read(&path)
    }

    /// The short options that were given.
    fn short_options(&self) -> Vec<&'static str> {
        [
            ("--jwt-secret", self.jwt_secret.is_some()),
            ("--jwks-url", self.jwks_url.is_some()),
            ("--oidc-issuer", self.oidc_issuer.is_some()),
            ("--jwt-issuer", self.jwt_issuer.is_some()),
            ("--jwt-audience", self.jwt_audience.is_some()),
        ]
        .into_iter()
        .filter_map(|(option, given)| given.then_some(option))
        .collect()
    }

    /// The issuer of the short options.
    fn one_issuer(self) -> Result<Identity, ConfigError> {
        let mut sources = self.short_options();
        sources.retain(|option| !matches!(*option, "--jwt-issuer" | "--jwt-audience"));
        if let [one, other, ..] = sources.as_slice() {
            return Err(ConfigError::new(
                format!("{one} and {other} are two sources of keys for one issuer."),
                "Remove one of them, or configure several issuers with --identity.",
            ));
        }
        for (value, option) in [(&self.jwt_issuer, "--jwt-issuer"), (&self.jwt_audience, "--jwt-audience")] {
            if value.as_deref().is_some_and(|value| value.trim().is_empty()) {
                return Err(ConfigError::new(format!("{option} is blank."), "Give it a value, or remove it."));
            }
        }
        let audience = |option: &str| {
            self.jwt_audience.clone().ok_or_else(|| missing("--jwt-audience", option, "the audience of its tokens"))
        };
        let issuer = match (self.jwt_secret, self.jwks_url, self.oidc_issuer) {
            (Some(secret), ..) => Issuer::new(
                self.jwt_issuer.unwrap_or_else(|| OWN.to_owned()),
                vec![self.jwt_audience.unwrap_or_else(|| OWN.to_owned())],
                KeySource::Secrets(vec![NamedSecret { kid: None, secret: secret.long_enough()? }]),
                None,
            ),
            (None, Some(url), _) => {
                let audience = audience("--jwks-url")?;
                let issuer = self.jwt_issuer.ok_or_else(|| missing("--jwt-issuer", "--jwks-url", "who issues them"))?;
                Issuer::new(issuer, vec![audience], KeySource::Jwks(url), None)
            }
            (None, None, Some(issuer)) => {
                let audience = audience("--oidc-issuer")?;
                if self.jwt_issuer.is_some_and(|named| named != issuer) {
                    return Err(ConfigError::new(
                        "--oidc-issuer and --jwt-issuer name two issuers.",
                        "Remove --jwt-issuer: tokens must name the issuer of --oidc-issuer.",
                    ));
                }
                Issuer::new(issuer, vec![audience], KeySource::Discovery, None::<Preset>)
            }
            (None, None, None) => {
                return Err(ConfigError::new(
                    "There is no key to check tokens with.",
                    "Set CPOR_JWT_SECRET (or --jwt-secret) to at least 32 random bytes, for example from `openssl rand -hex 32`; or name an OpenID provider with --oidc-issuer, its keys with --jwks-url, or several issuers with --identity.",
                ));
            }
        };
        Identity::of(vec![issuer])
    }
}

fn missing(option: &str, beside: &str, what: &str) -> ConfigError {
    ConfigError::new(format!("{beside} needs {option}: {what}."), format!("Add {option}."))
}
