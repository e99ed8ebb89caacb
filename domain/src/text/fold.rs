//! The folding for search and comparison (L14). The same function folds stored text and search words.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use crate::identifier::is_dash;

/// Folds a text: NFKC, case folding, no accents, dotted and dotless i alike, every dash a hyphen. Idempotent.
///
/// `İstanbul`, `ISTANBUL` and `ıstanbul` become `istanbul`; `Győr` becomes `gyor`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decompose = DecomposingNormalizerBorrowed::new_nfkd();
    let cased = decompose.normalize(text);
    let folded = CaseMapper::new().fold_string(&cased);
    // Folding may bring composed letters back.
    let bare: String = decompose.normalize(&folded).chars().filter(|c| !is_accent(*c)).map(without_stroke).collect();
    ComposingNormalizerBorrowed::new_nfkc().normalize(&bare).into_owned()
}

/// Combining marks of Latin, Greek and Cyrillic letters. In other scripts a mark changes the word.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Letters that have no decomposition and that people write without their stroke or dot, and dashes.
const fn without_stroke(c: char) -> char {
    match c {
        'ı' => 'i',
        'ø' => 'o',
        'đ' => 'd',
        'ł' => 'l',
        c if is_dash(c) => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_found_however_they_are_typed() {
        // L14
        for (stored, typed) in [
            ("İstanbul Işık Sanayi", ["istanbul", "ISTANBUL", "IŞIK", "ışık", "İŞIK"].as_slice()),
            ("Győr", &["gyor", "GYŐR", "Gyo\u{30b}r", "győr"]),
            ("Åkerströms Måleri", &["akerstroms", "ÅKERSTRÖMS", "A\u{30a}kerstro\u{308}ms"]),
            ("Straße", &["strasse", "STRASSE", "straße"]),
            ("ﬁrma Ｃｏｎｔｏｓｏ", &["firma", "CONTOSO"]),
            ("Ødegård", &["odegard"]),
        ] {
            for typed in typed {
                assert!(fold(stored).contains(&fold(typed)), "{typed} in {stored}: {}", fold(stored));
            }
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
