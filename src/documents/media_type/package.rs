//! Office Open XML: zip packages, distinguished by the content types that they declare for their parts.

use domain::proof::{DOCX, LOCKED, PPTX, XLSX};
use memchr::memmem;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::{u16_at, usize_at};

/// How a zip file that holds something begins.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

const ENTRY_SIZE: usize = 30;
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const DIRECTORY_ENTRY_SIZE: usize = 46;
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
const DIRECTORY_END_SIZE: usize = 22;
/// The comment that may follow the directory has a length of two bytes.
const COMMENT_MAX: usize = 65_535;
/// Large decks have a few thousand parts.
const ENTRIES_MAX: usize = 50_000;
/// The content types of so many parts take less.
const TYPES_MAX: usize = 8 * 1024 * 1024;

/// The content type of the main part, the folder that it is in, and what both make of the package.
const KINDS: [(&[u8], &[u8], &str); 4] = [
    (b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", b"word/", DOCX),
    (b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"xl/", XLSX),
    (b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", b"ppt/", PPTX),
    (b"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml", b"ppt/", PPTX),
];
/// Every package declares its content types in this part.
const CONTENT_TYPES: &[u8] = b"[content_types].xml";
/// A package with one of these is of another type: with macros, or a binary workbook.
const FOREIGN: [&[u8]; 2] = [b"vbaproject.bin", b"xl/workbook.bin"];
const WITH_MACROS: &[u8] = b"macroEnabled";

/// The media type of a zip file, or [`LOCKED`]; `None` if it is not a document, or not of the type that it declares.
pub(super) fn detect(content: &[u8]) -> Option<&'static str> {
    let mut types = None;
    let mut folders = [false; KINDS.len()];
    for entry in entries(content)? {
        let entry = entry?;
        let name = entry.name.to_ascii_lowercase();
        if FOREIGN.iter().any(|foreign| name.ends_with(foreign)) {
            return None;
        }
        for (found, (_, folder, _)) in folders.iter_mut().zip(KINDS) {
            *found |= name.starts_with(folder);
        }
        if name == CONTENT_TYPES {
            if entry.is_locked() {
                return Some(LOCKED);
            }
            types = Some(entry.read(content)?);
        }
    }
    let types = types?;
    if memmem::find(&types, WITH_MACROS).is_some() {
        return None;
    }
    let declared = |(_, (kind, ..)): &(&bool, (&[u8], &[u8], &str))| memmem::find(&types, kind).is_some();
    let mut found = folders.iter().zip(KINDS).filter(declared);
    match (found.next(), found.next()) {
        (Some((has_folder, (.., kind))), None) => has_folder.then_some(kind),
        _ => None,
    }
}

/// A part, by its entry in the directory.
struct Entry<'a> {
    name: &'a [u8],
    /// The entry from its beginning.
    record: &'a [u8],
}

impl Entry<'_> {
    fn is_locked(&self) -> bool {
        u16_at(self.record, 8).is_some_and(|flags| flags & 1 != 0)
    }

    /// The content of the part, stored or deflated.
    fn read(&self, package: &[u8]) -> Option<Vec<u8>> {
        let (method, length) = (u16_at(self.record, 10)?, usize_at(self.record, 20)?);
        let local = package.get(usize_at(self.record, 42)?..)?;
        if !local.starts_with(SIGNATURE) || length > TYPES_MAX {
            return None;
        }
        let start = ENTRY_SIZE + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
        let data = local.get(start..start.checked_add(length)?)?;
        match method {
            0 => Some(data.to_vec()),
            8 => decompress_to_vec_with_limit(data, TYPES_MAX).ok(),
            _ => None,
        }
    }
}

/// The entries of the zip's directory; inside, `None` if the directory is broken.
fn entries(content: &[u8]) -> Option<impl Iterator<Item = Option<Entry<'_>>>> {
    let end = directory_end(content)?;
    let count = Some(usize::from(u16_at(content, end + 10)?)).filter(|count| *count <= ENTRIES_MAX)?;
    let mut at = usize_at(content, end + 16)?;
    Some((0..count).map(move |_| {
        let record = content.get(at..)?;
        if !record.starts_with(DIRECTORY_ENTRY) {
            return None;
        }
        let length = |place| u16_at(record, place).map(usize::from);
        let name = record.get(DIRECTORY_ENTRY_SIZE..DIRECTORY_ENTRY_SIZE + length(28)?)?;
        at += DIRECTORY_ENTRY_SIZE + name.len() + length(30)? + length(32)?;
        Some(Entry { name, record })
    }))
}

/// Where the record at the end of the directory is, looked for from the back.
fn directory_end(content: &[u8]) -> Option<usize> {
    let last = content.len().checked_sub(DIRECTORY_END_SIZE)?;
    let first = last.saturating_sub(COMMENT_MAX);
    (first..=last).rev().find(|at| content[*at..].starts_with(DIRECTORY_END))
}
