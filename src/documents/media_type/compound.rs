//! Compound files (MS-CFB): the old Office formats and Outlook's messages, distinguished by the names in their root
//! folder.

use domain::proof::{DOC, LOCKED, MSG, PPT, XLS};

use super::{u16_at, u32_at, usize_at};

/// How a compound file begins.
pub(super) const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

const ENTRY_SIZE: usize = 128;
const NAME_MAX: usize = 64;
/// Ids from here on are invalid.
const NO_ID: u32 = 0xffff_fffa;
/// So many sectors of the sector table are named in the header itself, from this place on.
const IN_HEADER: usize = 109;
const IN_HEADER_AT: usize = 76;
/// Far more than a real document has; bounds endless loops.
const SECTORS_MAX: usize = 4096;

/// What must be in the root folder, and what it makes of the file.
const KINDS: [(&str, &str); 5] = [
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("__properties_version1.0", MSG),
];

/// The names in the root folder of a document that needs a password: of one of the newer formats, and of PowerPoint.
const OF_LOCKED: [&str; 2] = ["EncryptedPackage", "EncryptedSummary"];
/// The maximum number of records in a workbook before the one that marks it as encrypted.
const RECORDS_MAX: usize = 8;

/// The media type of a compound file, or [`LOCKED`]; `None` if it is not a document or message, or is damaged.
pub(super) fn detect(content: &[u8]) -> Option<&'static str> {
    let file = File::open(content)?;
    let entries = file.root_entries()?;
    if entries.iter().any(|(name, _)| OF_LOCKED.contains(&name.as_str())) {
        return Some(LOCKED);
    }
    let (name, kind) = KINDS.iter().find(|(name, _)| entries.iter().any(|(found, _)| found == name))?;
    let start = entries.iter().find(|(found, _)| found == name).and_then(|(_, start)| file.sector(*start));
    let is_locked = match *kind {
        DOC => start.is_some_and(is_locked_text),
        XLS => start.is_some_and(is_locked_workbook),
        _ => false,
    };
    Some(if is_locked { LOCKED } else { *kind })
}

/// The flag of a Word document (MS-DOC, `FibBase.fEncrypted`).
fn is_locked_text(start: &[u8]) -> bool {
    u16_at(start, 0) == Some(0xa5ec) && u16_at(start, 10).is_some_and(|flags| flags & 0x0100 != 0)
}

/// The record of a workbook (MS-XLS, `FilePass`), one of the first.
fn is_locked_workbook(start: &[u8]) -> bool {
    let mut at = 0;
    for _ in 0..RECORDS_MAX {
        let (Some(kind), Some(length)) = (u16_at(start, at), u16_at(start, at + 2)) else { return false };
        if kind == 0x002f {
            return true;
        }
        at += 4 + usize::from(length);
    }
    false
}

/// A compound file by its sectors.
struct File<'a> {
    content: &'a [u8],
    sector_size: usize,
    /// The sectors that hold the table of which sector follows which.
    table: Vec<u32>,
}

impl<'a> File<'a> {
    fn open(content: &'a [u8]) -> Option<Self> {
        let sector_size = match u16_at(content, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self { content, sector_size, table: Vec::new() };
        file.table = file.read_table()?;
        Some(file)
    }

    /// The sectors of the table: the first ones are named in the header, the rest in a chain of sectors of their own.
    fn read_table(&self) -> Option<Vec<u32>> {
        let ids = |place: &'a [u8], count: usize| (0..count).map_while(move |index| u32_at(place, index * 4));
        let mut table: Vec<u32> = ids(self.content.get(IN_HEADER_AT..)?, IN_HEADER).collect();
        let in_sector = self.sector_size / 4 - 1;
        let mut next = u32_at(self.content, 68)?;
        while next < NO_ID && table.len() < SECTORS_MAX {
            let sector = self.sector(next)?;
            table.extend(ids(sector, in_sector));
            next = u32_at(sector, in_sector * 4)?;
        }
        Some(table)
    }

    fn sector(&self, id: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(id).ok()?.checked_add(1)?.checked_mul(self.sector_size)?;
        // The last sector of a file may be cut short.
        let end = start.checked_add(self.sector_size)?.min(self.content.len());
        self.content.get(start..end)
    }

    fn follower(&self, id: u32) -> Option<u32> {
        let in_sector = self.sector_size / 4;
        let id = usize::try_from(id).ok()?;
        let sector = self.sector(*self.table.get(id / in_sector)?)?;
        u32_at(sector, id % in_sector * 4)
    }

    /// The entries of all folders, in one list.
    fn entries(&self) -> Option<Vec<&'a [u8]>> {
        let mut entries = Vec::new();
        let mut next = u32_at(self.content, 48)?;
        for _ in 0..SECTORS_MAX {
            if next >= NO_ID {
                break;
            }
            entries.extend(self.sector(next)?.chunks_exact(ENTRY_SIZE));
            next = self.follower(next)?;
        }
        Some(entries)
    }

    /// The names in the root folder alone, each with its first sector, for a document may hold others in folders of their own.
    fn root_entries(&self) -> Option<Vec<(String, u32)>> {
        let entries = self.entries()?;
        let mut unseen = vec![true; entries.len()];
        let mut names = Vec::new();
        // A folder is a tree: an entry names its two neighbours, the root names one that is in it.
        let mut open = vec![usize_at(entries.first()?, 76)?];
        while let Some(id) = open.pop() {
            let (Some(entry), Some(unseen)) = (entries.get(id), unseen.get_mut(id)) else {
                continue; // none
            };
            if std::mem::take(unseen) {
                names.extend(name(entry).zip(u32_at(entry, 116)));
                open.extend([usize_at(entry, 68)?, usize_at(entry, 72)?]);
            }
        }
        Some(names)
    }
}

/// The name of an entry, UTF-16 with a zero at its end.
fn name(entry: &[u8]) -> Option<String> {
    let length = usize::from(u16_at(entry, NAME_MAX)?).checked_sub(2).filter(|length| *length < NAME_MAX)?;
    let units = (0..length / 2).map_while(|index| u16_at(entry, index * 2));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}
