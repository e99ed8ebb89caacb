//! Mail: renders notices in the recipient's language and sends them by SMTP. The only user of lettre, minijinja, fluent
//! and ICU.
//!
//! * [`Writer`] writes a [`Draft`] as a [`Letter`]: subject, text and HTML. Texts are fluent files, one a language; the
//!   layout is a template, which an operator may replace. [`Writer::check`] proves once that nothing is missing.
//! * [`compose()`] makes a letter the one message that is stored and sent, however often.
//! * [`Mailer`] hands a message to the mail server, each within its own time limit, and says the result of it.
//! * [`pages`] are the pages behind the links in mails.

mod compose;
mod dates;
mod draft;
mod language;
mod layout;
mod outline;
pub mod pages;
mod sample;
#[cfg(test)]
mod tests;
mod transport;
mod writer;

pub use compose::{Envelope, compose};
pub use draft::{Digested, Draft, Names, Reader};
pub use language::Language;
pub use sample::{SAMPLES, Sample};
pub use transport::{Delivery, Mailer};
pub use writer::{Letter, MailError, Writer};
