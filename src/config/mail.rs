//! Mail: the server that takes it, whom it is from, and an operator's own templates.

use std::{path::PathBuf, time::Duration};

use url::Url;

use super::{ConfigError, Secret};

/// The number of simultaneous connections to the mail server.
const CONNECTIONS: u32 = 8;

/// The options for mail.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct MailOptions {
    /// The mail server that sends notices: `smtps://user:password@host` for TLS, or
    /// `smtp://user:password@host:587?tls=required` for STARTTLS. Requires --public-url and --mail-from. Without it, notices
    /// are only recorded.
    #[arg(long, env = "CPOR_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<Secret>,
    /// The sender of notices, such as `Claims <claims@vendor.example>`.
    #[arg(long, env = "CPOR_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// A folder with templates and texts to use instead of the built-in ones: `notice.txt`, `notice.html`, `en.ftl`, `tr.ftl`,
    /// `hu.ftl`, `sv.ftl`.
    #[arg(long, env = "CPOR_MAIL_TEMPLATES", value_name = "DIR")]
    pub mail_templates: Option<PathBuf>,
    /// The timeout for sending one message, in seconds.
    #[arg(long, env = "CPOR_SMTP_TIMEOUT", default_value_t = 30, value_name = "SECONDS")]
    pub smtp_timeout: u64,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The mail server, with user and password.
    pub smtp_url: Secret,
    /// The sender.
    pub from: String,
    /// The host that Message-IDs are named after.
    pub host: String,
    /// The timeout for sending one message.
    pub timeout: Duration,
    /// The number of simultaneous connections to the mail server.
    pub connections: u32,
}

/// The mail settings of a server.
#[derive(Clone, Debug, Default)]
pub struct MailSettings {
    /// The operator's own templates and texts.
    pub templates: Option<PathBuf>,
    /// How mail is sent; without it, notices are only recorded.
    pub sending: Option<MailConfig>,
}

impl MailOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// [`ConfigError`] when a part of what mail needs is missing or cannot be used.
    pub fn validate(self, public_url: Option<&str>) -> Result<MailSettings, ConfigError> {
        let templates = self.mail_templates;
        let Some(smtp_url) = self.smtp_url else { return Ok(MailSettings { templates, sending: None }) };
        let url = Url::parse(smtp_url.as_str()).ok().filter(|url| matches!(url.scheme(), "smtp" | "smtps"));
        if url.is_none_or(|url| url.host_str().is_none_or(str::is_empty)) {
            return Err(ConfigError::new(
                "--smtp-url is not the URL of a mail server.",
                "Give it as smtps://user:password@host, or smtp://user:password@host:587?tls=required; percent-encode special \
                 characters in the password.",
            ));
        }
        let Some(public) = public_url else {
            return Err(ConfigError::new(
                "Mail contains links, so it needs this server's public address.",
                "Set --public-url (CPOR_PUBLIC_URL), or remove --smtp-url.",
            ));
        };
        let Some(from) = self.mail_from else {
            return Err(ConfigError::new(
                "Mail needs a sender address.",
                "Set --mail-from (CPOR_MAIL_FROM), for example to 'Claims <claims@vendor.example>'.",
            ));
        };
        let host = Url::parse(public).ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_else(|| "localhost".to_owned()).trim_matches(['[', ']']).replace(':', ".");
        let timeout = Duration::from_secs(self.smtp_timeout.max(1));
        Ok(MailSettings {
            templates,
            sending: Some(MailConfig { smtp_url, from, host, timeout, connections: CONNECTIONS }),
        })
    }
}
