//! Office Open XML: zip packages, told apart by the names in the zip's directory.

use domain::proof::{DOCX, PPTX, XLSX};

use super::{u16_at, usize_at};

/// How a zip file that holds something begins.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const DIRECTORY_ENTRY_SIZE: usize = 46;
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
const DIRECTORY_END_SIZE: usize = 22;
/// The comment that may follow the directory has a length of two bytes.
const COMMENT_MAX: usize = 65_535;
/// Large decks have a few thousand parts.
const ENTRIES_MAX: usize = 50_000;

/// The folder of the main part, and what it makes of the package.
const KINDS: [(&[u8], &str); 3] = [(b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)];
/// Every package has this part.
const CONTENT_TYPES: &[u8] = b"[content_types].xml";
/// A package with one of these is of another type: with macros, or a binary workbook.
const FOREIGN: [&[u8]; 2] = [b"vbaproject.bin", b"xl/workbook.bin"];

/// The media type of a zip file; nothing where it is no document.
pub(super) fn detect(content: &[u8]) -> Option<&'static str> {
    let mut package = false;
    let mut kinds = [false; KINDS.len()];
    for name in names(content)? {
        let name = name?.to_ascii_lowercase();
        if FOREIGN.iter().any(|foreign| name.ends_with(foreign)) {
            return None;
        }
        package |= name == CONTENT_TYPES;
        for (found, (folder, _)) in kinds.iter_mut().zip(KINDS) {
            *found |= name.starts_with(folder);
        }
    }
    let mut found = kinds.iter().zip(KINDS).filter(|(found, _)| **found).map(|(_, (_, kind))| kind);
    match (package, found.next(), found.next()) {
        (true, Some(kind), None) => Some(kind),
        _ => None,
    }
}

/// The names in the zip's directory; inside, nothing where the directory is broken.
fn names(content: &[u8]) -> Option<impl Iterator<Item = Option<&[u8]>>> {
    let end = directory_end(content)?;
    let count = Some(usize::from(u16_at(content, end + 10)?)).filter(|count| *count <= ENTRIES_MAX)?;
    let mut at = usize_at(content, end + 16)?;
    Some((0..count).map(move |_| {
        let entry = content.get(at..)?;
        if !entry.starts_with(DIRECTORY_ENTRY) {
            return None;
        }
        let length = |place| u16_at(entry, place).map(usize::from);
        let name = entry.get(DIRECTORY_ENTRY_SIZE..DIRECTORY_ENTRY_SIZE + length(28)?)?;
        at += DIRECTORY_ENTRY_SIZE + name.len() + length(30)? + length(32)?;
        Some(name)
    }))
}

/// Where the record at the end of the directory is, looked for from the back.
fn directory_end(content: &[u8]) -> Option<usize> {
    let last = content.len().checked_sub(DIRECTORY_END_SIZE)?;
    let first = last.saturating_sub(COMMENT_MAX);
    (first..=last).rev().find(|at| content[*at..].starts_with(DIRECTORY_END))
}
