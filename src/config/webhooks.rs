//! The options of webhooks (W6).

use super::{ConfigError, Secret};

/// A range of addresses, as an operator allows it.
pub type Range = ipnet::IpNet;

/// The shortest key that seals secrets, in bytes.
const SHORTEST_KEY: usize = 32;

/// The options that say where webhook messages may go, and how the endpoints' secrets are kept.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct WebhookOptions {
    /// A range of addresses that webhooks may be sent to although it is not public, such as `10.1.0.0/16`; http is allowed there
    /// too. Repeat it for more.
    #[arg(long = "webhook-allow", env = "CPOR_WEBHOOK_ALLOW", value_delimiter = ',', value_name = "CIDR", value_parser = range)]
    pub allow: Vec<Range>,
    /// The key that seals the secrets of webhook endpoints in the database, at least 32 bytes; the same on every server. Of several,
    /// separated by commas, the first seals and all open.
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
                "Take one from `openssl rand -hex 32`, and keep it outside of the database and its backups.",
            )),
        }
    }
}

/// Reads a range; an address alone is a range of one.
fn range(text: &str) -> Result<Range, String> {
    let text = text.trim();
    let alone = text.parse::<std::net::IpAddr>().map(Range::from);
    text.parse::<Range>().or(alone).map_err(|_| "not a range of addresses such as 10.1.0.0/16".to_owned())
}
