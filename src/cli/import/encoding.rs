//! The encodings of files: UTF-8, with or without a mark, and UTF-16 with one, as spreadsheets write "Unicode text".

use std::io::{self, BufRead, Cursor, Read};

use crate::cli::error::CliError;

/// The input as UTF-8 without a mark. Bytes that are not what the mark promises become one that is not UTF-8, so that
/// whoever reads on refuses it where it stands.
pub fn decoded<'a>(mut input: impl BufRead + 'a) -> Result<Box<dyn Read + 'a>, CliError> {
    let mut start = Vec::new();
    input.by_ref().take(3).read_to_end(&mut start)?;
    let (mark, order): (usize, Option<Order>) = match start.as_slice() {
        [0xef, 0xbb, 0xbf] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => (2, Some(u16::from_be_bytes)),
        _ => (0, None),
    };
    let input = Cursor::new(start.split_off(mark)).chain(input);
    Ok(match order {
        Some(order) => Box::new(Utf16 { input, order, waiting: Vec::new(), unit: None }),
        None => Box::new(input),
    })
}

/// How two bytes become a unit of UTF-16.
type Order = fn([u8; 2]) -> u16;

/// UTF-16, read as UTF-8.
struct Utf16<R> {
    input: R,
    order: Order,
    /// What is decoded and was not taken yet.
    waiting: Vec<u8>,
    /// A unit that was read and belongs to the next character.
    unit: Option<u16>,
}

impl<R: BufRead> Utf16<R> {
    /// The next unit; nothing at the end, and a half one there is none of UTF-16.
    fn unit(&mut self) -> io::Result<Option<Result<u16, ()>>> {
        if let Some(unit) = self.unit.take() {
            return Ok(Some(Ok(unit)));
        }
        let mut bytes = Vec::with_capacity(2);
        self.input.by_ref().take(2).read_to_end(&mut bytes)?;
        Ok(match bytes.as_slice() {
            [] => None,
            [one, other] => Some(Ok((self.order)([*one, *other]))),
            _ => Some(Err(())),
        })
    }

    /// Decodes the next character. Half a pair of units becomes a byte that is not UTF-8.
    fn decode(&mut self) -> io::Result<bool> {
        const INVALID: u8 = 0xff;
        let Some(unit) = self.unit()? else { return Ok(false) };
        let Ok(first) = unit else {
            self.waiting.push(INVALID);
            return Ok(true);
        };
        let is_first_of_two = (0xd800..0xdc00).contains(&first);
        let second = if is_first_of_two { self.unit()?.and_then(Result::ok) } else { None };
        let units = std::iter::once(first).chain(second);
        if let Some(Ok(decoded)) = char::decode_utf16(units).next() {
            self.waiting.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            self.unit = second;
            self.waiting.push(INVALID);
        }
        Ok(true)
    }
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        while self.waiting.len() < target.len() && self.decode()? {}
        let taken = self.waiting.len().min(target.len());
        for (place, byte) in target.iter_mut().zip(self.waiting.drain(..taken)) {
            *place = byte;
        }
        Ok(taken)
    }
}

/// The refusal of a text that is not UTF-8, by the first byte that is not; `place` says where, such as `line 4, column name`.
pub fn not_utf8(place: &str, text: &[u8]) -> CliError {
    let valid = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
    let byte = text.get(valid).copied().unwrap_or_default();
    let guess = match windows_1252(byte) {
        Some(letter) => {
            format!(" It looks like Windows-1252 (\"ANSI\") or a similar encoding, in which the byte is \"{letter}\".")
        }
        None => String::new(),
    };
    CliError::new(
        format!("The file is not UTF-8 text: {place} has the byte 0x{byte:02X}, and nothing after it was read.{guess}"),
        "Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\") and import it again; rows that are already loaded stay unchanged.",
    )
}

/// What a byte is in Windows-1252; nothing for bytes that it shares with ASCII or does not have.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().filter(|letter| *letter != '\0'),
        0xa0..=0xfe => Some(char::from(byte)),
        _ => None,
    }
}
