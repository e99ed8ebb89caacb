//! Compound files (MS-CFB): the old Office formats and Outlook's messages, told apart by the names in their root folder.

use domain::proof::{DOC, MSG, PPT, XLS};

use super::{u16_at, u32_at, usize_at};

/// How a compound file begins.
pub(super) const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

const ENTRY_SIZE: usize = 128;
const NAME_MAX: usize = 64;
/// An id from here on up is none.
const NO_ID: u32 = 0xffff_fffa;
/// So many sectors of the sector table are named in the header itself, from this place on.
const IN_HEADER: usize = 109;
const IN_HEADER_AT: usize = 76;
/// Far more than an honest document has: what goes round in circles ends here.
const SECTORS_MAX: usize = 4096;

/// What must be in the root folder, and what it makes of the file.
const KINDS: [(&str, &str); 5] = [
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("__properties_version1.0", MSG),
];

/// The media type of a compound file; nothing where it is no document or message, or is broken.
pub(super) fn detect(content: &[u8]) -> Option<&'static str> {
    let names = File::open(content)?.root_names()?;
    KINDS.iter().find(|(name, _)| names.iter().any(|found| found == name)).map(|(_, kind)| *kind)
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

    /// The names in the root folder alone, for a document may hold others, each in a folder of its own.
    fn root_names(&self) -> Option<Vec<String>> {
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
                names.extend(name(entry));
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
