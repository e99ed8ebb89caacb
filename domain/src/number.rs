//! The claim's number for people: random, so that it does not reveal the number of claims (L12).

use crate::identifier;

/// Crockford's base 32: no I, L, O or U, so that it survives being read out and written down.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PREFIX: &str = "CPOR";
const SYMBOLS: usize = 8;

/// The number of the lowest 40 bits of a random value, such as `CPOR-7K3M-9Q2D`.
#[must_use]
pub fn claim_number(random: u64) -> String {
    let symbol = |place: usize| {
        let index = (random >> (5 * (SYMBOLS - 1 - place))) & 31;
        ALPHABET.iter().zip(0_u64..).find(|(_, number)| *number == index).map_or('0', |(symbol, _)| char::from(*symbol))
    };
    spelled(&(0..SYMBOLS).map(symbol).collect::<String>())
}

/// The number that a person meant: ignoring case, spaces, dashes and separators, and treating letters that look like
/// digits or like those of another script as those. A text that cannot be a number is returned in capitals and matches
/// nothing.
#[must_use]
pub fn normalise(typed: &str) -> String {
    let compact: String = identifier::compact(typed)
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.' | ':' | '/' | '#'))
        .map(|c| latin(c).to_ascii_uppercase())
        .collect();
    let body = match compact.len() {
        SYMBOLS => Some(compact.as_str()),
        _ => compact.strip_prefix(PREFIX).or_else(|| compact.strip_prefix("CP0R")).filter(|body| body.len() == SYMBOLS),
    };
    let symbols = body.map(|body| body.chars().map(look_alike).collect::<String>());
    match symbols {
        Some(symbols) if symbols.bytes().all(|symbol| ALPHABET.contains(&symbol)) => spelled(&symbols),
        _ => identifier::plain(&identifier::plain(typed).to_uppercase()),
    }
}

/// The Latin letter that a Cyrillic or Greek one looks like.
const fn latin(letter: char) -> char {
    match letter {
        'А' | 'а' | 'Α' | 'α' => 'A',
        'В' | 'в' | 'Β' => 'B',
        'С' | 'с' => 'C',
        'Е' | 'е' | 'Ε' => 'E',
        'Н' | 'н' | 'Η' => 'H',
        'К' | 'к' | 'Κ' | 'κ' => 'K',
        'М' | 'м' | 'Μ' => 'M',
        'О' | 'о' | 'Ο' | 'ο' => 'O',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'P',
        'Т' | 'т' | 'Τ' | 'τ' => 'T',
        'Х' | 'х' | 'Χ' | 'χ' => 'X',
        other => other,
    }
}

const fn look_alike(letter: char) -> char {
    match letter {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    }
}

fn spelled(symbols: &str) -> String {
    let (first, second) = symbols.split_at(SYMBOLS / 2);
    format!("{PREFIX}-{first}-{second}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_spelled_for_people() {
        // L12
        assert_eq!(claim_number(0), "CPOR-0000-0000");
        assert_eq!(claim_number(u64::MAX), "CPOR-ZZZZ-ZZZZ");
        assert_eq!(claim_number(1 << 40), "CPOR-0000-0000");
        assert_eq!(claim_number(31), "CPOR-0000-000Z");
    }

    #[test]
    fn slips_of_the_pen_are_forgiven() {
        // L12
        for typed in [
            "CPOR-7K3M-9Q2D",
            " cpor-7k3m-9q2d\n",
            "CPOR7K3M9Q2D",
            "7k3m 9q2d",
            "cp0r-7K3M-9Q2D",
            "СРOR–7К3М–9Q2D",
            "#CPOR_7K3M.9Q2D",
            "ＣＰＯＲ７Ｋ３Ｍ９Ｑ２Ｄ",
            "CPOR\u{2011}7K3M\u{200b}9Q2D",
        ] {
            assert_eq!(normalise(typed), "CPOR-7K3M-9Q2D", "{typed}");
        }
        assert_eq!(normalise("cpor-oi1l-0000"), "CPOR-0111-0000");
        assert_eq!(normalise("CP0R-0000"), "CPOR-CP0R-0000");
        assert_eq!(normalise(" nonsense€ "), "NONSENSE€");
        assert_eq!(normalise(""), "");
    }

    proptest! {
        #[test]
        fn every_number_is_its_own_normal_form(random: u64) {
            let number = claim_number(random);
            prop_assert_eq!(normalise(&number), number.clone());
            prop_assert_eq!(normalise(&number.to_lowercase()), number);
        }

        #[test]
        fn normalising_takes_anything(typed in "\\PC*") {
            let once = normalise(&typed);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
