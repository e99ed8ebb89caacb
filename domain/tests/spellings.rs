//! What is stored in its one form is found by every spelling of it (L14, L15), for texts and identifiers by chance.

use domain::{identifier, number, text};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use proptest::{prelude::*, sample::select};
use uuid::Uuid;

/// A way in which the same text is typed.
type Spelling = fn(&str) -> String;

fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

fn decomposed(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
}

fn upper(text: &str) -> String {
    text.to_uppercase()
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Capitals as a Turkish keyboard has them.
fn turkish_upper(text: &str) -> String {
    text.replace('i', "İ").replace('ı', "I").to_uppercase()
}

/// Small letters as a Turkish keyboard has them.
fn turkish_lower(text: &str) -> String {
    text.replace('I', "ı").replace('İ', "i").to_lowercase()
}

fn without_accents(text: &str) -> String {
    decomposed(text).chars().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).collect()
}

fn wide(text: &str) -> String {
    let widened = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(widened).collect()
}

fn pasted(text: &str) -> String {
    format!("\u{feff} {text}\u{200b}\n")
}

fn soft_hyphened(text: &str) -> String {
    text.chars().flat_map(|c| [c, '\u{ad}']).collect()
}

fn dashed(text: &str) -> String {
    text.replace('-', "\u{2011}")
}

/// Names of the languages that customers have names in.
const NAMES: &str = "[A-Za-zÀ-ÖØ-öø-ÿĀ-žȘ-țİıŞşĞğŐőŰűΑ-Ωα-ωά-ώЀ-ӿ0-9 .&-]{1,30}";

const OF_TEXT: [Spelling; 8] =
    [composed, decomposed, upper, lower, turkish_upper, turkish_lower, without_accents, wide];

proptest! {
    // L14
    #[test]
    fn a_name_is_found_by_every_spelling(name in NAMES, spelling in select(OF_TEXT.to_vec()), again in select(OF_TEXT.to_vec())) {
        let typed = again(&spelling(&name));
        prop_assert_eq!(text::fold(&typed), text::fold(&name), "{}", typed);
    }

    // L14: with Turkish capitals, whichever of the two letters was meant.
    #[test]
    fn dotted_and_dotless_letters_find_each_other(name in "[iıIİşŞ a-z]{1,20}", spelling in select(OF_TEXT.to_vec())) {
        let other = name.replace('ı', "i").replace('İ', "I");
        prop_assert_eq!(text::fold(&spelling(&name)), text::fold(&other));
    }

    // L12, L15
    #[test]
    fn a_claims_number_is_found_by_every_spelling(
        random: u64,
        spelling in select(vec![upper as Spelling, lower, wide, pasted, dashed, soft_hyphened, |text| text.replace('-', " "), |text| text.replace('-', ""), |text| text.replace('0', "O"), |text| text.replace('1', "l"), |text| text.trim_start_matches("CPOR-").to_owned()]),
        again in select(vec![upper as Spelling, lower, wide, pasted, dashed]),
    ) {
        let stored = number::claim_number(random);
        prop_assert_eq!(number::normalise(&again(&spelling(&stored))), stored);
    }

    // L15
    #[test]
    fn a_domain_is_found_by_every_spelling(
        labels in prop::collection::vec("[a-zäöüßçşğéőű][a-zäöüßçşğéőű0-9]{0,10}", 2..4),
        spelling in select(vec![composed as Spelling, decomposed, upper_of_most, wide, pasted, punycode]),
    ) {
        if let Some(stored) = identifier::domain(&format!("{}.example", labels.join("."))) {
            prop_assert_eq!(identifier::domain(&spelling(&stored)), Some(stored.clone()));
            let address = format!("Ana.B+x@{stored}");
            prop_assert_eq!(identifier::email(&format!("Ana.B+x@{}", spelling(&stored).trim_start_matches('\u{feff}').trim_start())), address);
        }
    }

    // L15
    #[test]
    fn an_id_is_found_by_every_spelling(id: u128, spelling in select(vec![upper as Spelling, lower, pasted, dashed, wide, soft_hyphened])) {
        let id = Uuid::from_u128(id);
        prop_assert_eq!(identifier::uuid(&spelling(&id.to_string())), Some(id));
    }

    // L15
    #[test]
    fn an_mpn_id_is_found_by_every_spelling(id in "[A-Za-z0-9_-]{1,64}", spelling in select(vec![pasted as Spelling, dashed, wide, soft_hyphened])) {
        prop_assert_eq!(identifier::mpn_id(&spelling(&id)), identifier::mpn_id(&id));
    }

    // L15
    #[test]
    fn references_and_subjects_are_found_by_every_spelling(name in NAMES, spelling in select(vec![composed as Spelling, decomposed, pasted])) {
        let typed = spelling(&name);
        prop_assert_eq!(identifier::reference(&typed), identifier::reference(&name));
        prop_assert_eq!(identifier::subject(&typed), identifier::subject(&name));
        prop_assert_eq!(identifier::reference(&name.replace(' ', "\u{a0} ")), identifier::reference(&name));
    }

    // L13, L15: each form is its own form.
    #[test]
    fn forms_are_idempotent(typed in "\\PC*") {
        for form in [identifier::reference as Spelling, identifier::subject, identifier::mpn_id, identifier::email, number::normalise, text::fold] {
            let once = form(&typed);
            prop_assert_eq!(form(&once), once);
        }
    }
}

/// Capitals but for the letter that has none of its own.
fn upper_of_most(text: &str) -> String {
    text.chars().map(|c| if c == 'ß' { c.to_string() } else { c.to_uppercase().to_string() }).collect()
}

fn punycode(text: &str) -> String {
    idna::domain_to_ascii(text).unwrap_or_else(|_| text.to_owned())
}
