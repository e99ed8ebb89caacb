//! The languages that notices are written in, and their texts (M4).

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::MailError;

/// A language that notices are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Turkish.
    Turkish,
    /// Hungarian.
    Hungarian,
    /// Swedish.
    Swedish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::English, Self::Turkish, Self::Hungarian, Self::Swedish];

    /// The language of a tag such as `tr` or `tr-CY`; English for every other one, and for none.
    #[must_use]
    pub fn of(tag: Option<&str>) -> Self {
        tag.and_then(Self::known).unwrap_or(Self::English)
    }

    /// The language of a tag, if notices are written in it.
    #[must_use]
    pub fn known(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.tag() == primary)
    }

    /// The preferred language of a browser's `Accept-Language`; English if it names none of them.
    #[must_use]
    pub fn accepted(header: Option<&str>) -> Self {
        let quality = |part: &str| -> f32 {
            let given = part.split(';').skip(1).find_map(|given| given.trim().strip_prefix("q="));
            given.map_or(1.0, |given| given.trim().parse().unwrap_or(0.0))
        };
        let mut best = (Self::English, 0.0);
        for part in header.unwrap_or_default().split(',').take(20) {
            let tag = part.split(';').next().unwrap_or_default().trim();
            if let Some(language) = Self::known(tag)
                && quality(part) > best.1
            {
                best = (language, quality(part));
            }
        }
        best.0
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Turkish => "tr",
            Self::Hungarian => "hu",
            Self::Swedish => "sv",
        }
    }

    /// Its own name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Turkish => "Türkçe",
            Self::Hungarian => "Magyar",
            Self::Swedish => "Svenska",
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("texts/en.ftl"),
            Self::Turkish => include_str!("texts/tr.ftl"),
            Self::Hungarian => include_str!("texts/hu.ftl"),
            Self::Swedish => include_str!("texts/sv.ftl"),
        }
    }
}

/// The texts of a language.
pub(super) struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts of a language, with an operator's own in front of ours, if there are any.
    ///
    /// # Errors
    /// A text that is not fluent.
    pub(super) fn of(language: Language, own: Option<String>) -> Result<Self, MailError> {
        let wrong = |what: String| MailError::new(format!("The texts for {} are invalid: {what}", language.tag()));
        let tag: LanguageIdentifier = language.tag().parse().map_err(|error| wrong(format!("{error}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks around what is filled in would show in plain text; the pages isolate names with markup.
        bundle.set_use_isolating(false);
        let sources = [Some(language.source().to_owned()), own];
        for source in sources.into_iter().flatten() {
            let resource = FluentResource::try_new(source).map_err(|(_, errors)| wrong(format!("{errors:?}")))?;
            bundle.add_resource_overriding(resource);
        }
        Ok(Self { language, bundle })
    }

    /// A text with its blanks filled in.
    ///
    /// # Errors
    /// A text that is not there, or a blank that nothing fills.
    pub(super) fn get(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, MailError> {
        let missing = |what: &str| MailError::new(format!("The text {key} for {} {what}", self.language.tag()));
        let message = self.bundle.get_message(key).ok_or_else(|| missing("is missing."))?;
        let pattern = message.value().ok_or_else(|| missing("has no value."))?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if errors.is_empty() { Ok(text) } else { Err(missing(&format!("cannot be filled in: {errors:?}"))) }
    }
}
