//! How tokens are checked: the secret, the issuer, the audience.

use super::ConfigError;

/// The shortest secret that is taken: as long as the hash of HS256.
const SHORTEST_SECRET: usize = 32;

/// The options that say how tokens are checked and, for development, signed.
#[derive(Clone, Debug, clap::Args)]
pub struct KeyOptions {
    /// The secret that signs tokens (HS256), at least 32 bytes.
    #[arg(long, env = "CPOR_JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,
    /// The issuer (`iss`) that a token must name.
    #[arg(long, env = "CPOR_JWT_ISSUER", default_value = "cpor")]
    pub jwt_issuer: String,
    /// The audience (`aud`) that a token must name.
    #[arg(long, env = "CPOR_JWT_AUDIENCE", default_value = "cpor")]
    pub jwt_audience: String,
}

/// How tokens are checked, validated.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The secret of HS256.
    pub secret: Secret,
    /// The issuer that a token must name.
    pub issuer: String,
    /// The audience that a token must name.
    pub audience: String,
}

/// A secret text: it can be used, it never shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The bytes of the secret.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
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
    /// Checks the options.
    ///
    /// # Errors
    /// [`ConfigError`] when the secret is missing or short, or issuer or audience are blank.
    pub fn validate(self) -> Result<Keys, ConfigError> {
        let Some(secret) = self.jwt_secret else {
            return Err(ConfigError::new(
                "There is no key to check tokens with.",
                "Set CPOR_JWT_SECRET (or --jwt-secret) to at least 32 random bytes, for instance from `openssl rand -hex 32`.",
            ));
        };
        if secret.as_bytes().len() < SHORTEST_SECRET {
            return Err(ConfigError::new(
                format!(
                    "The token secret has {} bytes; HS256 needs at least {SHORTEST_SECRET}.",
                    secret.as_bytes().len()
                ),
                "Take one from `openssl rand -hex 32`.",
            ));
        }
        for (value, option) in [(&self.jwt_issuer, "--jwt-issuer"), (&self.jwt_audience, "--jwt-audience")] {
            if value.trim().is_empty() {
                return Err(ConfigError::new(format!("{option} is blank."), "Leave it out for the default, `cpor`."));
            }
        }
        Ok(Keys { secret, issuer: self.jwt_issuer, audience: self.jwt_audience })
    }
}
