//! Who bears a token, by the claims that its issuer's mapping names (A5, A7).

use domain::text::visible::is_blank;
use std::{collections::BTreeMap, str::FromStr};

use domain::{
    caller::{Caller, NoStanding},
    identifier,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::refusal::{Reason, Refusal};
use super::token::shown;
use crate::config::identity::{Mapping, Pointer};

/// The longest subject and name, in characters (L13).
const LONGEST_TEXT: usize = 200;
/// The problem of a valid token whose company id cannot be read (A5).
const NO_UUID: &str = "The token's partner_id or tenant_id is not a UUID.";

/// A caller, or what keeps its token from making one.
pub(super) enum Bearer {
    /// A caller.
    Caller(Caller),
    /// The claims are not sufficient; the sentence may be shown.
    NoStanding(&'static str),
    /// The claims cannot be read.
    Unreadable,
}

/// Reads the bearer, and adds every reason to refuse the token.
pub(super) fn read(claims: &Map<String, Value>, mapping: &Mapping, refusals: &mut Vec<Refusal>) -> Bearer {
    let claims = Value::Object(claims.clone());
    let before = refusals.len();
    let mut refuse = |detail: String| refusals.push(Refusal::new(Reason::Claim, detail));
    if claims.get("sub").and_then(Value::as_str).is_none_or(|subject| !is_plain(subject)) {
        refuse(format!("It has no `sub`, or one that is not a plain text of 1 to {LONGEST_TEXT} characters."));
    }
    let parts = mapping.subject.iter().map(|pointer| claims.pointer(pointer).and_then(one_text));
    let subject = parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"));
    // A subject that only looks like another one is refused, not made the same (L15).
    let Some(subject) = subject.filter(|text| is_plain(text) && identifier::subject(text) == *text) else {
        refuse(format!("Its subject cannot be read from {}.", mapping.subject.join(" and ")));
        return Bearer::Unreadable;
    };
    let name = first(&claims, &mapping.name);
    let name = match name.map(|value| value.as_str().filter(|name| is_plain(name))) {
        None => None,
        Some(Some(name)) => Some(name.to_owned()),
        Some(None) => {
            refuse(format!("Its name is not a plain text of 1 to {LONGEST_TEXT} characters."));
            None
        }
    };
    let mut no_standing = None;
    let mut company = |pointers: &[Pointer]| {
        let text = first(&claims, pointers).map(|value| one_text(value).unwrap_or_default());
        match text.map(Uuid::try_parse) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => {
                no_standing = Some(NO_UUID);
                None
            }
        }
    };
    let (partner, tenant) = (company(&mapping.partner_id), company(&mapping.tenant_id));
    if refusals.len() > before {
        return Bearer::Unreadable;
    }
    let roles = known(&words(&claims, &mapping.roles), mapping.role_table.as_ref());
    let scopes = mapping.scopes.iter().find(|group| first(&claims, group).is_some());
    let scopes = known(&scopes.map(|group| words(&claims, group)).unwrap_or_default(), mapping.scope_table.as_ref());
    let bearer = match no_standing {
        Some(why) => Err(why),
        None => Caller::new(subject, name, &roles, scopes, partner, tenant).map_err(NoStanding::message),
    };
    match bearer {
        Ok(caller) => Bearer::Caller(caller),
        Err(why) => {
            let found = shown(&words(&claims, &mapping.roles).join(", "));
            let found = if found.is_empty() { "none".to_owned() } else { found };
            let places = mapping.roles.join(", ");
            refusals.push(Refusal::new(
                Reason::NoStanding,
                format!("{why} Roles are read from {places}; the token has {found}."),
            ));
            Bearer::NoStanding(why)
        }
    }
}

/// The first of these claims that the token has.
fn first<'a>(claims: &'a Value, pointers: &[Pointer]) -> Option<&'a Value> {
    pointers.iter().filter_map(|pointer| claims.pointer(pointer)).find(|value| !value.is_null())
}

/// A text, or the only one of a list: directory extensions of Entra ID are lists.
fn one_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) if items.len() == 1 => items.first()?.as_str(),
        _ => None,
    }
}

/// A text that can be stored and shown: not blank, not long, no control characters.
fn is_plain(text: &str) -> bool {
    !is_blank(text) && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}

/// The words of these claims, each a text or a list of texts; anything else has none (never a default).
fn words<'a>(claims: &'a Value, pointers: &[Pointer]) -> Vec<&'a str> {
    let of = |value: &'a Value| match value {
        Value::String(text) => text.split_ascii_whitespace().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    pointers.iter().filter_map(|pointer| claims.pointer(pointer)).flat_map(of).collect()
}

/// What these words mean here, each meaning once; unknown words mean nothing.
fn known<T: FromStr + Clone + PartialEq>(words: &[&str], table: Option<&BTreeMap<String, Vec<T>>>) -> Vec<T> {
    let meaning = |word: &str, table: &BTreeMap<String, Vec<T>>| table.get(word).cloned().unwrap_or_default();
    let mut found = Vec::new();
    for word in words {
        let meant = match table {
            Some(table) => meaning(word, table),
            None => word.parse().into_iter().collect(),
        };
        for value in meant {
            if !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}
