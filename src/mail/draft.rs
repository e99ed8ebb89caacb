//! What a notice is written from.

use domain::{notice::NoticeFacts, time::Timestamp};

use super::Language;

/// The names of what a notice is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The claim's number.
    pub claim: String,
    /// The partner's name.
    pub partner: String,
    /// The customer's name.
    pub customer: String,
    /// The names of the claimed products.
    pub products: Vec<String>,
    /// The name of the one product that the notice is about.
    pub product: String,
}

/// A notice in a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digested {
    /// Its content.
    pub told: NoticeFacts,
    /// What it is about.
    pub names: Names,
    /// When it was written.
    pub at: Timestamp,
}

/// Whom a notice is for, which decides how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The partner's people.
    Partner,
    /// The customer's people.
    Customer,
    /// A reviewer.
    Reviewer,
}

/// All that a mail is written from.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The language.
    pub language: Language,
    /// Whom it is for.
    pub reader: Reader,
    /// Its content.
    pub told: NoticeFacts,
    /// What it is about.
    pub names: Names,
    /// The notices of a digest.
    pub digested: Vec<Digested>,
    /// The link to decline, in a mail to the customer.
    pub decline_link: Option<String>,
    /// The link that turns off optional messages.
    pub unsubscribe_link: Option<String>,
}
