//! The pages behind the links in mails: to decline a claim, and to turn messages off (M3, M5). Plain HTML, without scripts.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Language, MailError, Names, Writer};

/// The style of every page, which the policy of the pages names by its hash.
const STYLE: &str = include_str!("templates/page.css");

/// What a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The claim, its partner and the deadline, with the button that declines.
    Decline {
        /// What it is about.
        names: Names,
        /// Until when.
        until: Timestamp,
        /// Why a reason that was given cannot be taken.
        wrong: Option<String>,
    },
    /// The claim was declined.
    Declined {
        /// What it is about.
        names: Names,
    },
    /// With the button that turns messages off.
    Unsubscribe,
    /// Messages were turned off.
    Unsubscribed,
    /// A link that opens nothing: unknown, spent and expired alike.
    Gone,
}

/// What the template is given.
#[derive(Debug, Serialize)]
struct Parts {
    language: &'static str,
    style: &'static str,
    title: String,
    paragraphs: Vec<String>,
    facts: Vec<(String, Vec<String>)>,
    warning: Option<String>,
    wrong: Option<String>,
    form: Option<Form>,
    languages_label: String,
    languages: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, Serialize)]
struct Form {
    reason: Option<(String, String)>,
    button: String,
}

/// The sources that browsers may take anything from: none but the style that is in the page itself.
#[must_use]
pub fn security_policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The page as HTML.
///
/// # Errors
/// A text or template that something is missing in.
pub fn html(writer: &Writer, language: Language, page: &Page) -> Result<String, MailError> {
    let nobody = Names::default();
    let names = match page {
        Page::Decline { names, .. } | Page::Declined { names } => names,
        Page::Unsubscribe | Page::Unsubscribed | Page::Gone => &nobody,
    };
    let words = writer.words(language, names)?;
    let text = |key: &str| words.text(key);
    let mut parts = Parts {
        language: language.tag(),
        style: STYLE,
        title: String::new(),
        paragraphs: Vec::new(),
        facts: Vec::new(),
        warning: None,
        wrong: None,
        form: None,
        languages_label: text("page-languages")?,
        languages: Language::ALL.map(|language| (language.tag(), language.name())).to_vec(),
    };
    match page {
        Page::Decline { names, until, wrong } => {
            parts.title = text("page-title")?;
            parts.paragraphs = vec![text("page-lead")?, text("page-next")?];
            parts.facts = vec![
                (text("label-partner")?, vec![names.partner.clone()]),
                (text("label-products")?, names.products.clone()),
                (text("label-organization")?, vec![names.customer.clone()]),
                (text("label-claim")?, vec![names.claim.clone()]),
                (text("label-decline-before")?, vec![writer.instant(language, *until)?]),
            ];
            parts.warning = Some(text("page-warning")?);
            parts.wrong = match wrong {
                Some(wrong) => Some(format!("{}: {wrong}", text("page-invalid-title")?)),
                None => None,
            };
            let reason = Some((text("page-reason")?, text("page-reason-hint")?));
            parts.form = Some(Form { reason, button: text("page-decline")? });
        }
        Page::Declined { .. } => {
            parts.title = text("page-declined-title")?;
            parts.paragraphs = vec![text("page-declined-text")?];
        }
        Page::Unsubscribe => {
            parts.title = text("page-unsubscribe-title")?;
            parts.paragraphs = vec![text("page-unsubscribe-text")?];
            parts.form = Some(Form { reason: None, button: text("page-unsubscribe")? });
        }
        Page::Unsubscribed => {
            parts.title = text("page-unsubscribed-title")?;
            parts.paragraphs = vec![text("page-unsubscribed-text")?];
        }
        Page::Gone => {
            parts.title = text("page-gone-title")?;
            parts.paragraphs = vec![text("page-gone-text")?];
        }
    }
    // After a POST a link to another language would ask for the page again, and find the link spent.
    if matches!(page, Page::Declined { .. } | Page::Unsubscribed) {
        parts.languages.clear();
    }
    writer.layout.page(&parts)
}

/// Writes every page in a language once.
pub(super) fn check(writer: &Writer, language: Language) -> Result<(), MailError> {
    let (names, until) = (Names::default(), jiff::Timestamp::UNIX_EPOCH.into());
    for page in [
        Page::Decline { names: names.clone(), until, wrong: Some(String::new()) },
        Page::Declined { names },
        Page::Unsubscribe,
        Page::Unsubscribed,
        Page::Gone,
    ] {
        html(writer, language, &page)?;
    }
    Ok(())
}
