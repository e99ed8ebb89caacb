//! Normalizes and checks texts that people type: trimmed, bounded, without control characters (L13).

mod collate;
mod fold;
pub mod visible;

use email_address::{EmailAddress, Options};

pub use collate::sort_key;
pub use fold::fold;

use crate::{claim::Contact, identifier, problem::Problem};

/// Names, titles, references and the fields of a contact, in characters (L13).
pub const NAME_MAX: usize = 200;
/// Comments, messages, details, justifications and rationales, in characters (L13).
pub const LONG_MAX: usize = 10_000;
/// An idempotency key, in characters (J1).
pub const KEY_MAX: usize = 255;

/// `INVALID_VALUE` at a field path written with points.
fn invalid(field: &str, message: impl Into<String>, remedy: &str) -> Problem {
    Problem::invalid(field.split('.'), message).remedy(remedy)
}

/// The text with normalized line breaks, without control characters, and without invisible characters around it.
fn clean(field: &str, text: &str, max: usize) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n");
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        let message = "The text contains a control character.";
        return Err(invalid(field, message, "Remove all control characters except line breaks and tabs."));
    }
    if let Some(found) = text.chars().find(|c| visible::is_override(*c)) {
        let code = u32::from(found);
        let message = format!(
            "The text contains the bidirectional override U+{code:04X}, which changes the order in which it is read."
        );
        let problem = invalid(field, message, "Remove U+202D and U+202E. Isolates (U+2066 to U+2069) are allowed.");
        return Err(problem.param("character", format!("U+{code:04X}")));
    }
    let text = visible::trim(&text);
    let length = text.chars().count();
    if length > max {
        let message = format!("The text has {length} characters; at most {max} are allowed.");
        return Err(invalid(field, message, "Shorten the text.").param("length", length).param("limit", max));
    }
    Ok(text.to_owned())
}

/// A text that must be there, normalized. `field` is a path written with points, such as `customerContact.name`.
///
/// # Errors
/// `INVALID_VALUE` when it is blank, too long or has control characters (L13).
pub fn required(field: &str, text: &str, max: usize) -> Result<String, Problem> {
    let text = clean(field, text, max)?;
    if text.is_empty() { Err(invalid(field, "The text is blank.", "Enter a text.")) } else { Ok(text) }
}

/// A text that may be missing, normalized; a blank one is missing. `field` as in [`required`].
///
/// # Errors
/// `INVALID_VALUE` when it is too long or has control characters (L13).
pub fn optional(field: &str, text: Option<&str>, max: usize) -> Result<Option<String>, Problem> {
    let text = text.map(|text| clean(field, text, max)).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// An e-mail address, checked for form only (L13). `field` as in [`required`].
///
/// # Errors
/// `INVALID_VALUE` if it is not an address at a named host on the internet.
pub fn email(field: &str, text: &str) -> Result<String, Problem> {
    let text = identifier::email(&required(field, text, NAME_MAX)?);
    let form = Options { minimum_sub_domains: 2, allow_domain_literal: false, allow_display_text: false };
    if EmailAddress::parse_with_options(&text, form).is_err() {
        let message = format!("{text:?} is not an e-mail address.");
        return Err(invalid(field, message, "Give one address, such as ana@contoso.com.").quoted("value", &text));
    }
    Ok(text)
}

/// The subject of somebody's token, in its one form (L15). `field` as in [`required`].
///
/// # Errors
/// As [`required`].
pub fn subject(field: &str, text: &str) -> Result<String, Problem> {
    required(field, text, NAME_MAX).map(|text| identifier::subject(&text))
}

/// A contact with every field normalized. `field` is the path of the contact, as in [`required`].
///
/// # Errors
/// Every field of it that is not acceptable, all at once.
pub fn contact(field: &str, contact: &Contact) -> Result<Contact, Vec<Problem>> {
    let name = required(&format!("{field}.name"), &contact.name, NAME_MAX);
    let title = optional(&format!("{field}.title"), contact.title.as_deref(), NAME_MAX);
    let address = email(&format!("{field}.email"), &contact.email);
    let phone = optional(&format!("{field}.phone"), contact.phone.as_deref(), NAME_MAX);
    match (name, title, address, phone) {
        (Ok(name), Ok(title), Ok(email), Ok(phone)) => Ok(Contact { name, title, email, phone }),
        (name, title, address, phone) => {
            Err([name.err(), title.err(), address.err(), phone.err()].into_iter().flatten().collect())
        }
    }
}

/// Checks an idempotency key (J1); its one form is [`identifier::key`].
///
/// # Errors
/// `INVALID_VALUE` when it is blank, too long or has control characters.
pub fn idempotency_key(key: &str) -> Result<(), Problem> {
    let is_long_enough = !visible::is_blank(key) && key.chars().count() <= KEY_MAX;
    if is_long_enough && !key.chars().any(char::is_control) {
        return Ok(());
    }
    let message =
        format!("An idempotency key has at most {KEY_MAX} characters, is not blank, and has no control characters.");
    let remedy = "Generate a new key for each operation, such as a random UUID.";
    Err(invalid("idempotencyKey", message, remedy).param("limit", KEY_MAX))
}

#[cfg(test)]
mod tests;
