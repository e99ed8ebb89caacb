//! Canonical forms of identifiers (L15). Every path that stores, filters by or looks up an identifier uses these functions,
//! so that all spellings of an identifier find the same record.

use icu_normalizer::ComposingNormalizerBorrowed;
use uuid::{Uuid, fmt::Hyphenated};

use crate::text::visible;

/// DNS: 253 characters in all.
const HOST_MAX: usize = 253;

/// Normalizes pasted text: NFKC, every dash a hyphen, no invisible characters, no white space at the ends.
pub(crate) fn plain(typed: &str) -> String {
    let seen: String = typed.chars().filter(|c| !visible::is_unseen(*c) || c.is_whitespace()).collect();
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(&seen);
    composed.trim().chars().map(|c| if is_dash(c) { '-' } else { c }).collect()
}

/// The same without any white space.
pub(crate) fn compact(typed: &str) -> String {
    plain(typed).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Dashes that word processors substitute for a hyphen.
pub(crate) const fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Parses a hyphenated UUID in any case. Other dashes count as hyphens.
#[must_use]
pub fn uuid(typed: &str) -> Option<Uuid> {
    let plain = plain(typed);
    // Of the many forms of a UUID only the one with hyphens is 36 characters long.
    Uuid::try_parse(&plain).ok().filter(|_| plain.len() == Hyphenated::LENGTH)
}

/// The canonical form of a domain: lower-case Unicode, at least two labels. Punycode is decoded. `None` if it is invalid.
#[must_use]
pub fn domain(typed: &str) -> Option<String> {
    let typed = visible::trim(typed);
    if typed.chars().any(visible::is_unseen) {
        return None;
    }
    let typed = plain(typed);
    let (name, valid) = idna::domain_to_unicode(&typed);
    let ascii = idna::domain_to_ascii(&name).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let last_is_number = labels.last().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    let fits = ascii.len() <= HOST_MAX && labels.len() > 1 && !last_is_number && labels.into_iter().all(is_label);
    (valid.is_ok() && fits).then_some(name)
}

/// A label of a domain in its ASCII form.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The canonical form of an MPN id. The caller validates its characters.
#[must_use]
pub fn mpn_id(typed: &str) -> String {
    plain(typed)
}

/// The canonical form of a partner's external reference: NFC, single spaces.
#[must_use]
pub fn reference(typed: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(visible::trim(typed)).into_owned();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The canonical form of a token's subject: NFC, without the white space and invisible characters around it. Its case
/// counts: identity providers distinguish subjects by it.
#[must_use]
pub fn subject(typed: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(visible::trim(typed)).into_owned()
}

/// The canonical form of an idempotency key: NFC, without the white space and invisible characters around it, which copying
/// adds. Everything else of it counts.
#[must_use]
pub fn key(typed: &str) -> String {
    subject(typed)
}

/// The canonical form of an e-mail address: the domain as in [`domain`], the local part unchanged. The caller validates it.
#[must_use]
pub fn email(typed: &str) -> String {
    let plain = plain(typed);
    match plain.rsplit_once('@') {
        Some((local, host)) => match domain(host) {
            Some(host) => format!("{local}@{host}"),
            None => plain,
        },
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_domain_has_one_form() {
        // L15
        for typed in ["contoso.com", " Contoso.COM ", "\u{feff}contoso.com\u{200b}", "ｃｏｎｔｏｓｏ．ｃｏｍ"]
        {
            assert_eq!(domain(typed).as_deref(), Some("contoso.com"), "{typed:?}");
        }
        for typed in ["MÜNCHEN.example", "xn--mnchen-3ya.example", "mu\u{308}nchen.example", "XN--MNCHEN-3YA.EXAMPLE"]
        {
            assert_eq!(domain(typed).as_deref(), Some("münchen.example"), "{typed:?}");
        }
        for typed in [
            "",
            "contoso",
            "contoso..com",
            "-contoso.com",
            "10.0.0.1",
            "con toso.com",
            "xn--a.example",
            "a_b.example",
            "a\u{200b}b.example",
        ] {
            assert_eq!(domain(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn a_uuid_has_one_form() {
        // L15
        let id = uuid("f2e48cb3-9da0-42cd-8464-4a54ce198ad0");
        assert!(id.is_some());
        for typed in [
            " F2E48CB3-9DA0-42CD-8464-4A54CE198AD0\n",
            "f2e48cb3\u{2011}9da0\u{2011}42cd\u{2011}8464\u{2011}4a54ce198ad0",
            "f2e48cb3–9da0–42cd–8464–4a54ce198ad0",
            "\u{feff}f2e48cb3-9da0-42cd-8464-4a54ce198ad0\u{200b}",
        ] {
            assert_eq!(uuid(typed), id, "{typed:?}");
        }
        for typed in
            ["f2e48cb3-9da0-42cd-8464", "f2e48cb39da042cd84644a54ce198ad0", "{f2e48cb3-9da0-42cd-8464-4a54ce198ad0}"]
        {
            assert_eq!(uuid(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn references_and_addresses_are_what_was_meant() {
        // L15
        assert_eq!(reference("  PO\u{a0} 4711\u{200b} "), "PO 4711");
        assert_eq!(reference("Gyo\u{30b}r"), "Győr");
        for typed in ["ana@CONTOSO.com", " ana@contoso.com\u{200b}", "an\u{ad}a@ｃｏｎｔｏｓｏ.com"] {
            assert_eq!(email(typed), "ana@contoso.com", "{typed:?}");
        }
        assert_eq!(email("Ana.B@contoso.com"), "Ana.B@contoso.com");
        assert_eq!(mpn_id(" 4007\u{2011}210 "), "4007-210");
    }

    proptest! {
        #[test]
        fn forms_are_their_own_forms(typed in "\\PC*") {
            prop_assert_eq!(reference(&reference(&typed)), reference(&typed));
            prop_assert_eq!(mpn_id(&mpn_id(&typed)), mpn_id(&typed));
            prop_assert_eq!(subject(&subject(&typed)), subject(&typed));
            let once = email(&typed);
            prop_assert_eq!(email(&once), once);
            if let Some(once) = domain(&typed) {
                prop_assert_eq!(domain(&once), Some(once));
            }
        }
    }
}
