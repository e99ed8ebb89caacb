//! Writing letters: an outline in a language, laid out by templates.

use std::{collections::HashMap, path::Path};

use domain::{policy::Policy, time::Timestamp};

use super::{
    Language,
    dates::Zone,
    draft::Draft,
    language::Texts,
    layout::Layout,
    outline::{Outline, Words},
    sample::SAMPLES,
};
use crate::mail::Names;

/// Why a letter cannot be written: for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailError(pub String);

impl MailError {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// A letter as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The language's tag.
    pub language: &'static str,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Writes letters and pages.
pub struct Writer {
    texts: HashMap<Language, Texts>,
    zone: Zone,
    pub(super) layout: Layout,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("zone", &self.zone).finish_non_exhaustive()
    }
}

impl Writer {
    /// Writes in the policy's time zone, with the built-in templates and texts.
    ///
    /// They are part of the program: a mistake in them shows when something is written, and in the tests.
    #[must_use]
    pub fn built_in(policy: &Policy) -> Self {
        Self::new(policy, None).unwrap_or_else(|_| {
            let zone = Zone::new(policy.time_zone.clone(), policy.time_zone_name.clone());
            Self { texts: HashMap::new(), zone, layout: Layout::none() }
        })
    }

    /// Writes in the policy's time zone, with the templates and texts of a folder instead of the built-in ones where it has
    /// any: `notice.txt`, `notice.html`, and `en.ftl`, `tr.ftl`, `hu.ftl`, `sv.ftl` with the texts that are to be others.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be.
    pub fn new(policy: &Policy, folder: Option<&Path>) -> Result<Self, MailError> {
        let read = |name: &str| -> Result<Option<String>, MailError> {
            let Some(path) = folder.map(|folder| folder.join(name)) else { return Ok(None) };
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(MailError::new(format!("{} cannot be read: {error}.", path.display()))),
            }
        };
        let mut texts = HashMap::new();
        for language in Language::ALL {
            texts.insert(language, Texts::of(language, read(&format!("{}.ftl", language.tag()))?)?);
        }
        let zone = Zone::new(policy.time_zone.clone(), policy.time_zone_name.clone());
        Ok(Self { texts, zone, layout: Layout::new(read("notice.txt")?, read("notice.html")?)? })
    }

    /// Writes every kind of notice in every language once.
    ///
    /// # Errors
    /// The first text or template that something is missing in.
    pub fn check(&self) -> Result<(), MailError> {
        for language in Language::ALL {
            for sample in SAMPLES {
                self.letter(&sample.draft(language, "https://cpor.example"))?;
            }
            super::pages::check(self, language)?;
        }
        Ok(())
    }

    /// Writes a letter.
    ///
    /// # Errors
    /// A text or template that something is missing in.
    pub fn letter(&self, draft: &Draft) -> Result<Letter, MailError> {
        let outline = Outline::of(draft, self.texts(draft.language)?, &self.zone)?;
        let (text, html) = (self.layout.text(&outline)?, self.layout.html(&outline)?);
        // A subject is one line, whatever is in a name.
        let subject = outline.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Letter { language: outline.language, subject, text, html })
    }

    fn texts(&self, language: Language) -> Result<&Texts, MailError> {
        self.texts.get(&language).ok_or_else(|| MailError::new(format!("There are no texts for {}.", language.tag())))
    }

    /// What writes in a language about this.
    pub(super) fn words(&self, language: Language, names: &Names) -> Result<Words<'_>, MailError> {
        Ok(Words::new(self.texts(language)?, &self.zone, language, names))
    }

    /// An instant in words (M4).
    ///
    /// # Errors
    /// An instant that cannot be written.
    pub fn instant(&self, language: Language, at: Timestamp) -> Result<String, MailError> {
        self.zone.instant(language, at)
    }
}
