//! The one message of a notice: composed once, stored, and sent byte for byte the same however often (M2).

use std::time::{Duration, SystemTime};

use domain::{kinds::NoticeKind, time::Timestamp};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{Letter, MailError};

/// The envelope of a message.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// Whom it is from.
    pub from: &'a str,
    /// Where it goes.
    pub to: &'a str,
    /// The notice in it.
    pub notice_id: Uuid,
    /// Which writing of the notice it is: an operator may have a delivered one written again.
    pub writing: u32,
    /// What kind of notice it is.
    pub kind: NoticeKind,
    /// The claim, by which a claim's mails make a thread.
    pub claim_id: Option<Uuid>,
    /// When it was written.
    pub at: Timestamp,
    /// The host that ids are named after.
    pub host: &'a str,
    /// The link that turns off such messages, if they are optional (RFC 8058).
    pub unsubscribe: Option<&'a str>,
}

/// The message, and its Message-ID.
///
/// # Errors
/// An invalid address.
pub fn compose(envelope: &Envelope<'_>, letter: &Letter) -> Result<(String, String), MailError> {
    let Envelope { from, to, notice_id, writing, kind, claim_id, at, host, unsubscribe } = envelope;
    let wrong = |what: &str, error: &dyn std::fmt::Display| MailError::new(format!("{what} cannot be used: {error}"));
    let from: Mailbox = from.parse().map_err(|error| wrong("The sender", &error))?;
    let to: Address = to.parse().map_err(|error| wrong("The recipient's address", &error))?;
    let again = if *writing > 1 { format!(".{writing}") } else { String::new() };
    let message_id = format!("<notice.{notice_id}{again}@{host}>");
    let mut builder = Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(&letter.subject)
        .date(time(*at))
        .message_id(Some(message_id.clone()));
    if let Some(claim) = claim_id {
        // A root that is never sent: whichever mail comes first, the others hang on the same one.
        let root = format!("<claim.{claim}@{host}>");
        builder = builder.references(root.clone()).in_reply_to(root);
    }
    let list = kind.as_str().to_lowercase().replace('_', "-");
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("List-Id", format!("<{list}.notices.{host}>")),
        ("Content-Language", letter.language.to_owned()),
    ];
    if let Some(link) = unsubscribe {
        headers.push(("List-Unsubscribe", format!("<{link}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    for (name, value) in headers {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let part = |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    let parts = MultiPart::alternative()
        .boundary(format!("notice-{}", notice_id.simple()))
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    let message = builder.multipart(parts).map_err(|error| wrong("The message", &error))?;
    let bytes = String::from_utf8(message.formatted()).map_err(|error| wrong("The message", &error))?;
    Ok((bytes, message_id))
}

fn time(at: Timestamp) -> SystemTime {
    let since = Duration::from_micros(u64::try_from(at.micros()).unwrap_or_default());
    SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
}
