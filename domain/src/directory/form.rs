//! The forms of single values: MPN ids, countries, host names, times.

use serde::{Deserialize, Deserializer};

use crate::{
    identifier,
    problem::Problem,
    text::{self, NAME_MAX},
};

const MPN_ID_MAX: usize = 64;

/// The longest name of a language, in characters (BCP 47).
const LOCALE_MAX: usize = 35;

/// `INVALID_VALUE` at a field path written with points.
pub(super) fn invalid(field: &str, message: impl Into<String>, remedy: &str) -> Problem {
    Problem::invalid(field.split('.'), message).remedy(remedy)
}

/// An MPN id in its one form: 1 to 64 letters, digits, hyphens and underscores.
///
/// # Errors
/// `INVALID_VALUE` at the field, a path written with points.
pub fn mpn_id(field: &str, typed: &str) -> Result<String, Problem> {
    let id = identifier::mpn_id(typed);
    let fits = (1..=MPN_ID_MAX).contains(&id.len());
    if fits && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Ok(id);
    }
    let message =
        format!("{typed:?} is not an MPN id, which has up to {MPN_ID_MAX} letters, digits, hyphens and underscores.");
    let remedy = "Give the location's MPN id as in the partner program.";
    Err(invalid(field, message, remedy).quoted("value", typed).param("limit", MPN_ID_MAX))
}

/// A country: a two-letter code of ISO 3166-1 in capitals, or a name as it is.
///
/// # Errors
/// `INVALID_VALUE` at the field, a path written with points (L13).
pub fn country(field: &str, typed: &str) -> Result<String, Problem> {
    let country = text::required(field, typed, NAME_MAX)?;
    let code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    Ok(if code { country.to_ascii_uppercase() } else { country })
}

/// A domain in its one form ([`identifier::domain`]).
///
/// # Errors
/// `INVALID_VALUE` at the field, a path written with points.
pub fn host_name(field: &str, typed: &str) -> Result<String, Problem> {
    identifier::domain(typed).ok_or_else(|| {
        let message = format!("{typed:?} is not a domain name.");
        invalid(field, message, "Give a domain such as contoso.com.").quoted("value", typed)
    })
}

/// The tag of a language (M4); `None` if it is blank.
///
/// # Errors
/// `INVALID_VALUE` at `locale`.
pub(super) fn locale(typed: Option<&str>) -> Result<Option<String>, Problem> {
    let locale = text::optional("locale", typed, LOCALE_MAX)?;
    let is_language = |tag: &String| {
        tag.split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    if let Some(wrong) = locale.as_ref().filter(|tag| !is_language(tag)) {
        let message = format!("{wrong:?} is not a language tag.");
        return Err(invalid("locale", message, "Give a BCP 47 tag such as en, tr, hu or sv.").param("value", wrong));
    }
    Ok(locale)
}

/// Where notices go and in which language: left out, cleared by a blank, or checked (M1b, M4).
pub(super) fn contact(email: Option<&str>, locale: Option<&str>) -> Result<(Option<String>, Option<String>), Problem> {
    let address = match text::optional("contactEmail", email, NAME_MAX)? {
        Some(address) => Some(text::email("contactEmail", &address)?),
        None => email.map(|_| String::new()),
    };
    let language = self::locale(locale)?.or_else(|| locale.map(|_| String::new()));
    Ok((address, language))
}

/// A text that may be left out, be null (which clears it, as a blank does) or be there.
pub(super) fn null_as_blank<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Option::deserialize(source)?.unwrap_or_default()))
}

/// A list that may be left out, be null (which clears it) or be there.
pub(super) fn null_as_empty<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Vec<String>>, D::Error> {
    Ok(Some(Option::deserialize(source)?.unwrap_or_default()))
}

/// An instant as text, as the API spells it.
pub(super) mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::time::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde fixes the signature")]
    pub(in crate::directory) fn serialize<S: Serializer>(at: &Timestamp, target: S) -> Result<S::Ok, S::Error> {
        target.collect_str(at)
    }

    pub(in crate::directory) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Timestamp, D::Error> {
        String::deserialize(source)?.parse().map_err(D::Error::custom)
    }
}

/// An instant as text, or nothing.
pub(super) mod rfc3339_or_none {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::time::Timestamp;

    #[expect(clippy::ref_option, reason = "serde fixes the signature")]
    pub(in crate::directory) fn serialize<S: Serializer>(at: &Option<Timestamp>, target: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => target.collect_str(at),
            None => target.serialize_none(),
        }
    }

    pub(in crate::directory) fn deserialize<'de, D: Deserializer<'de>>(
        source: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text: Option<String> = Option::deserialize(source)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
