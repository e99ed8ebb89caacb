//! The options of webhooks (W6).

use super::{ConfigError, Secret};

/// An address range that the operator allows.
pub type Range = ipnet::IpNet;

/// The shortest key accepted for encrypting secrets, in bytes.
const SHORTEST_KEY: usize = 32;

/// The options for webhooks: additional targets, and the encryption of the endpoints' secrets.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct WebhookOptions {
    /// An address range that webhooks may be sent to although it is not public, such as `10.1.0.0/16`; http is allowed there
    /// too. Repeat the option or use commas for several ranges.
    #[arg(long = "webhook-allow", env = "CPOR_WEBHOOK_ALLOW", value_delimiter = ',', value_name = "CIDR", value_parser = range)]
    pub allow: Vec<Range>,
    /// The key that encrypts the secrets of webhook endpoints in the database, at least 32 bytes, the same on every server. Of
    /// several keys, separated by commas, the first encrypts and all decrypt.
    #[arg(
        long = "webhook-key",
        env = "CPOR_WEBHOOK_KEY",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "KEY"
    )]
    pub keys: Vec<Secret>,
}

impl WebhookOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// [`ConfigError`] for a key that is too short.
    pub fn validate(self) -> Result<Self, ConfigError> {
        match self.keys.iter().map(|key| key.as_bytes().len()).find(|length| *length < SHORTEST_KEY) {
            None => Ok(self),
            Some(length) => Err(ConfigError::new(
                format!("A key of --webhook-key has {length} bytes; it needs at least {SHORTEST_KEY}."),
                "Generate one with `openssl rand -hex 32`, and keep it outside the database and its backups.",
            )),
        }
    }
}

/// Reads a range; an address alone is a range of one.
fn range(text: &str) -> Result<Range, String> {
    let text = text.trim();
    let alone = text.parse::<std::net::IpAddr>().map(Range::from);
    text.parse::<Range>().or(alone).map_err(|_| "not an address range such as 10.1.0.0/16".to_owned())
}
