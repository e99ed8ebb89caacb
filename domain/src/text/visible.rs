//! What can be seen of a text (L13).

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};

/// Whether nothing of the text can be seen: white space, control and format characters, and blank letters leave nothing.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

/// The text without what cannot be seen at its ends, which comes along when something is pasted.
#[must_use]
pub fn trim(text: &str) -> &str {
    if is_blank(text) { "" } else { text.trim_matches(|c: char| c.is_whitespace() || is_joint(c)) }
}

/// Marks that stand between words and never belong to a letter: at the ends of a text they mean nothing.
const fn is_joint(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character shows nothing by itself.
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

/// Whether a character turns the direction of what follows against its own, so that a text reads other than it is.
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
