//! Visible and invisible characters (L13).

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};

/// Whether the text has no visible character: white space, control and format characters and blank letters do not count.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

/// The text without the white space and invisible characters around it, which pasting often adds.
#[must_use]
pub fn trim(text: &str) -> &str {
    if is_blank(text) { "" } else { text.trim_matches(|c: char| c.is_whitespace() || is_joint(c)) }
}

/// Invisible characters that never modify a letter, so that removing them from the ends of a text is safe.
const fn is_joint(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character is invisible on its own.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    // A braille cell without dots is a symbol by its category.
    c.is_whitespace()
        || c == '\u{2800}'
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::Surrogate
        )
}

/// Whether a character overrides the writing direction, which can make a text read differently from its content.
#[must_use]
pub const fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_unseen_characters_is_blank() {
        // L13
        for blank in [
            "",
            " \t\n",
            "\u{2060}",
            "\u{feff}",
            "\u{200b}\u{200d}",
            "\u{a0}",
            "\u{3164}",
            "\u{115f}",
            "\u{ad}",
            "\u{2800}",
            "\u{e0020}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
            assert_eq!(trim(blank), "");
        }
        for seen in ["a", "0", "\u{200b}x", "…", "👩\u{200d}💻", "ा"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn what_belongs_to_a_letter_is_not_trimmed() {
        // L13
        assert_eq!(trim("\u{feff} Contoso\u{200b} "), "Contoso");
        assert_eq!(trim("❤\u{fe0f}"), "❤\u{fe0f}");
        assert_eq!(trim("می\u{200c}"), "می\u{200c}");
    }
}
