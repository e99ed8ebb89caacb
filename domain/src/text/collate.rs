//! The order of names (L14): CLDR's root collation, as a key that both databases compare byte by byte.

use std::{fmt::Write as _, sync::LazyLock};

use icu_collator::{CollatorBorrowed, CollatorPreferences, options::CollatorOptions};

/// The longest key, in bytes before it is written out; names that begin alike for so long are ordered by id. An entry of
/// an index of PostgreSQL has room for it.
const KEY_MAX: usize = 1_000;

static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> =
    LazyLock::new(|| CollatorBorrowed::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok());

/// The sort key of a name, in hexadecimal digits: names are in the order of their keys. Names that differ only in how
/// their letters are composed have the same key.
///
/// `Äpfel`, `apple` and `Zoo` are in this order, which is not that of their code points.
#[must_use]
pub fn sort_key(name: &str) -> String {
    let mut key = Vec::new();
    match &*COLLATOR {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(name, &mut key);
        }
        None => key.extend(super::fold(name).bytes()),
    }
    key.truncate(KEY_MAX);
    key.iter().fold(String::with_capacity(2 * key.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_in_the_order_of_a_dictionary() {
        // L14
        let ordered = [
            "1st Choice",
            "Ågren",
            "apple",
            "Äpfel",
            "Apricot",
            "Çağrı",
            "Győr",
            "gyro",
            "İstanbul",
            "Işık",
            "Oslo",
            "Østfold",
            "Zebra",
            "Zürich",
            "Αθήνα",
            "Москва",
        ];
        let mut sorted = ordered;
        sorted.sort_by_key(|name| sort_key(name));
        let folded = |name: &str| crate::text::fold(name);
        for pair in sorted.windows(2) {
            assert!(sort_key(pair[0]) < sort_key(pair[1]));
        }
        // Neither case nor accents come before letters.
        let latin: Vec<String> =
            sorted.iter().filter(|name| folded(name).is_ascii()).map(|name| folded(name)).collect();
        assert!(latin.is_sorted(), "{latin:?}");
        assert!(sorted.ends_with(&["Αθήνα", "Москва"]) && sorted.starts_with(&["1st Choice"]), "{sorted:?}");
    }

    #[test]
    fn a_key_fits_into_an_index() {
        // L14
        let longest = "\u{fdfa}".repeat(crate::text::NAME_MAX);
        assert_eq!(sort_key(&longest).len(), 2 * KEY_MAX);
    }

    proptest! {
        #[test]
        fn composed_or_not_a_name_has_one_place(name in "\\PC{0,40}") {
            let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&name).into_owned();
            let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&name).into_owned();
            prop_assert_eq!(sort_key(&composed), sort_key(&decomposed));
        }

        #[test]
        fn keys_order_names_as_the_collation_does(one in "\\PC{0,20}", other in "\\PC{0,20}") {
            let collator = COLLATOR.as_ref().unwrap();
            prop_assert_eq!(sort_key(&one).cmp(&sort_key(&other)), collator.compare(&one, &other));
        }
    }
}
