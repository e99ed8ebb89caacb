//! The separator of a CSV file: as its first line declares it, or as it separates the column names. Spreadsheets write
//! a semicolon where the comma is the decimal sign, and tabs as "Unicode text".

use std::io::{BufRead, Cursor, Read};

use crate::cli::error::CliError;

/// The longest line of column names that is looked at.
const LINE_MAX: u64 = 64 * 1024;
/// What may separate cells without being announced; the first counts if there is none of them.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Finds the separator of an input of plain lines, and gives it back with the whole input. A line `sep=;` becomes a blank one,
/// so that lines keep their numbers.
pub fn separated<'a>(mut input: impl BufRead + 'a) -> Result<(u8, impl BufRead + 'a), CliError> {
    let mut start = Vec::new();
    let mut number = 0;
    let separator = loop {
        let mut line = Vec::new();
        input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)?;
        number += 1;
        if let Some(announced) = announced(&line, number) {
            start.push(b'\n');
            break announced?;
        }
        let is_first = !line.trim_ascii().is_empty();
        start.extend_from_slice(&line);
        if is_first || line.is_empty() {
            break most_frequent(&line);
        }
    };
    Ok((separator, Cursor::new(start).chain(input)))
}

/// The separator of a line such as `sep=;`, if it is one.
fn announced(line: &[u8], number: u64) -> Option<Result<u8, CliError>> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, sign) = line.split_at_checked(4)?;
    if !name.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    Some(match sign {
        [sign] if *sign == b'\t' || (sign.is_ascii_punctuation() && *sign != b'"') => Ok(*sign),
        _ => Err(CliError::new(
            format!("Line {number} announces a separator, column 5, and names none that cells can be separated by."),
            "Write sep=; or sep=, or leave the line out.",
        )),
    })
}

/// The separator that the line has most often outside of quotation marks.
fn most_frequent(line: &[u8]) -> u8 {
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        for (count, separator) in counts.iter_mut().zip(SEPARATORS) {
            *count += usize::from(!quoted && *byte == separator);
        }
    }
    let best = SEPARATORS.into_iter().zip(counts).rev().max_by_key(|(_, count)| *count);
    best.map_or(b',', |(separator, _)| separator)
}
