//! Handing messages to the mail server.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    address::Envelope,
    transport::smtp::{Error, PoolConfig},
};

use super::MailError;
use crate::config::MailConfig;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How long a connection stays open without work: shorter than mail servers keep one.
const IDLE: Duration = Duration::from_secs(20);

/// The longest reply of a mail server that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// The result of handing over a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server has it.
    Accepted,
    /// It may work later.
    Failed(String),
    /// The mail server will never take it for this address.
    Refused(String),
}

/// The connections to a mail server.
#[derive(Debug)]
pub struct Mailer {
    config: MailConfig,
    sender: Address,
    /// A pool, and how many there were before it.
    pool: Mutex<(Transport, u64)>,
}

impl Mailer {
    /// The connections to the mail server of the configuration; none is opened yet.
    ///
    /// # Errors
    /// An address of a server or sender that cannot be used.
    pub fn new(config: MailConfig) -> Result<Self, MailError> {
        let sender: lettre::message::Mailbox = config
            .from
            .parse()
            .map_err(|error| MailError::new(format!("The sender {:?} is not an address: {error}.", config.from)))?;
        let pool = Mutex::new((transport(&config)?, 0));
        Ok(Self { config, sender: sender.email, pool })
    }

    /// Hands over a message to one address, within the time limit of a message.
    pub async fn send(&self, to: &str, message: &str) -> Delivery {
        let to: Address = match to.parse() {
            Ok(to) => to,
            Err(error) => return Delivery::Refused(format!("{to:?} is not an address: {error}")),
        };
        let envelope = match Envelope::new(Some(self.sender.clone()), vec![to]) {
            Ok(envelope) => envelope,
            Err(error) => return Delivery::Refused(format!("no envelope: {error}")),
        };
        let (transport, generation) = self.pool.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sending = transport.send_raw(&envelope, message.as_bytes());
        let failed = match tokio::time::timeout(self.config.timeout, sending).await {
            Ok(Ok(_)) => return Delivery::Accepted,
            Ok(Err(error)) if is_refusal(&error) => return Delivery::Refused(reason(&error)),
            Ok(Err(error)) => reason(&error),
            Err(_) => format!("the mail server did not respond within {} s", self.config.timeout.as_secs_f32()),
        };
        // Whatever is left of its connections may hang too.
        self.renew(generation);
        Delivery::Failed(failed)
    }

    /// Replaces this pool by a new one, unless that was already done.
    fn renew(&self, generation: u64) {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.1 == generation
            && let Ok(transport) = transport(&self.config)
        {
            *pool = (transport, generation + 1);
        }
    }
}

fn transport(config: &MailConfig) -> Result<Transport, MailError> {
    let pool = PoolConfig::new().max_size(config.connections).idle_timeout(IDLE);
    let builder = Transport::from_url(config.smtp_url.as_str())
        .map_err(|error| MailError::new(format!("--smtp-url cannot be used: {}.", reason(&error))))?;
    Ok(builder.pool_config(pool).timeout(Some(config.timeout)).build())
}

/// Whether the server will never take the message. A server that does not know us (530 to 538) refuses us, not the
/// message: that is the operator's to put right, and the message waits for it.
fn is_refusal(error: &Error) -> bool {
    let code = error.status().map(u16::from).unwrap_or_default();
    error.is_permanent() && !matches!(code, 530..=538)
}

/// What went wrong, in one line.
fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.chars().take(LONGEST_REASON).collect()
}
