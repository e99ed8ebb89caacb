//! The policy file as the operator writes it, and its conversion to a [`Policy`].
//!
//! Numbers are parsed as `i64` and checked afterwards, so that an error names the key and its bounds.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::{Error, MapAccess, Visitor};

use super::{Deadlines, DocumentPolicy, Policy, Term, TermKind};

/// The longest term, in days: about ten years.
const MAX_DAYS: i64 = 3660;
/// The largest limit for one document; a document is in memory while its hash is taken.
const MAX_SIZE_MIB: i64 = 1024;
/// The largest limit for documents on one claim; a claim shows all of them at once.
const MAX_PER_CLAIM: i64 = 1000;

/// The policy file. Keys that are omitted keep their defaults; unknown keys are rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// An IANA name such as `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// The vendor's holidays.
    pub holidays: Option<Vec<IsoDate>>,
    /// The table `[deadlines]`.
    #[serde(default)]
    pub deadlines: DeadlinesFile,
    /// The table `[documents]`.
    #[serde(default)]
    pub documents: DocumentsFile,
}

/// The table `[deadlines]`; the keys are those of [`Deadlines`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlinesFile {
    /// T1.
    pub start_review: Option<TermFile>,
    /// T2.
    pub decide: Option<TermFile>,
    /// T3.
    pub partner_response: Option<TermFile>,
    /// T4.
    pub decision_target: Option<TermFile>,
    /// N1.
    pub consent: Option<TermFile>,
    /// D1.
    pub dispute_window: Option<TermFile>,
    /// D2.
    pub answer_dispute: Option<TermFile>,
}

/// A term, such as `{ days = 5, kind = "business" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table like { days = 5, kind = \"business\" }")]
pub struct TermFile {
    /// 1 to 3660.
    pub days: Option<i64>,
    /// `business` or `calendar`.
    pub kind: Option<TermKind>,
}

/// The table `[documents]`; the keys are those of [`DocumentPolicy`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentsFile {
    /// 1 to 1024.
    pub max_size_mib: Option<i64>,
    /// 1 to 1000.
    pub max_per_claim: Option<i64>,
}

/// A date like `2026-12-25`, in quotes or as TOML's own date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsoDate(pub Date);

impl<'de> Deserialize<'de> for IsoDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IsoDateVisitor)
    }
}

struct IsoDateVisitor;

impl<'de> Visitor<'de> for IsoDateVisitor {
    type Value = IsoDate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date like 2026-12-25")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<IsoDate, E> {
        match text.parse::<Date>() {
            // What jiff reads besides (date-times, week dates, years with a sign) is not spelt so.
            Ok(date) if date.to_string() == text => Ok(IsoDate(date)),
            _ => Err(E::custom(format_args!("{text:?} is not a date like 2026-12-25"))),
        }
    }

    /// A date without quotes is no text to the `toml` crate, but a map with this one key.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<IsoDate, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((key, text)) if key == "$__toml_private_datetime" => self.visit_str(&text),
            _ => Err(A::Error::custom("expected a date like 2026-12-25")),
        }
    }
}

/// An invalid value in the policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyError {
    /// `time_zone` is not in the time zone database.
    UnknownTimeZone {
        /// The name in the file.
        name: String,
    },
    /// A number is outside its bounds.
    OutOfRange {
        /// The key, such as `deadlines.consent.days`.
        key: String,
        /// The number in the file.
        value: i64,
        /// The largest that is allowed; the smallest is always 1.
        max: i64,
    },
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTimeZone { name } => {
                write!(
                    f,
                    "time_zone: {name:?} is not a known time zone; use an IANA name such as \"Europe/Berlin\" or \"UTC\""
                )
            }
            Self::OutOfRange { key, value, max } => {
                write!(f, "{key}: {value} is out of range; use 1 to {max}")
            }
        }
    }
}

impl std::error::Error for PolicyError {}

impl TryFrom<PolicyFile> for Policy {
    type Error = PolicyError;

    fn try_from(file: PolicyFile) -> Result<Self, PolicyError> {
        let mut policy = Self {
            holidays: file.holidays.unwrap_or_default().into_iter().map(|IsoDate(date)| date).collect(),
            deadlines: file.deadlines.resolve()?,
            documents: file.documents.resolve()?,
            ..Self::default()
        };
        if let Some(name) = file.time_zone {
            policy.time_zone = time_zone(&name)?;
            // The database's own spelling, since names are found without regard to case.
            policy.time_zone_name = policy.time_zone.iana_name().map_or(name, str::to_owned);
        }
        Ok(policy)
    }
}

fn time_zone(name: &str) -> Result<TimeZone, PolicyError> {
    match TimeZone::get(name) {
        // "Etc/Unknown" exists in the database, but is always an error here.
        Ok(zone) if !zone.is_unknown() => Ok(zone),
        _ => Err(PolicyError::UnknownTimeZone { name: name.to_owned() }),
    }
}

impl DeadlinesFile {
    fn resolve(self) -> Result<Deadlines, PolicyError> {
        let default = Deadlines::default();
        Ok(Deadlines {
            start_review: term("start_review", self.start_review, default.start_review)?,
            decide: term("decide", self.decide, default.decide)?,
            partner_response: term("partner_response", self.partner_response, default.partner_response)?,
            decision_target: term("decision_target", self.decision_target, default.decision_target)?,
            consent: term("consent", self.consent, default.consent)?,
            dispute_window: term("dispute_window", self.dispute_window, default.dispute_window)?,
            answer_dispute: term("answer_dispute", self.answer_dispute, default.answer_dispute)?,
        })
    }
}

impl DocumentsFile {
    fn resolve(self) -> Result<DocumentPolicy, PolicyError> {
        let default = DocumentPolicy::default();
        Ok(DocumentPolicy {
            max_size_mib: number("documents.max_size_mib", self.max_size_mib, MAX_SIZE_MIB, default.max_size_mib)?,
            max_per_claim: number("documents.max_per_claim", self.max_per_claim, MAX_PER_CLAIM, default.max_per_claim)?,
        })
    }
}

fn term(key: &str, file: Option<TermFile>, default: Term) -> Result<Term, PolicyError> {
    let file = file.unwrap_or_default();
    Ok(Term {
        days: number(&format!("deadlines.{key}.days"), file.days, MAX_DAYS, default.days)?,
        kind: file.kind.unwrap_or(default.kind),
    })
}

/// The given number if it is from 1 to `max`, or the default if none is given.
fn number<N: TryFrom<i64>>(key: &str, given: Option<i64>, max: i64, default: N) -> Result<N, PolicyError> {
    let Some(value) = given else {
        return Ok(default);
    };
    let refused = || PolicyError::OutOfRange { key: key.to_owned(), value, max };
    if !(1..=max).contains(&value) {
        return Err(refused());
    }
    N::try_from(value).map_err(|_| refused())
}
