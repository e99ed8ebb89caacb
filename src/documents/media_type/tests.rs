use domain::proof::{DOC, DOCX, MSG, PPT, PPTX, XLS, XLSX};
use proptest::prelude::*;

use super::*;

/// A zip file with empty entries of these names.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut directory = Vec::new();
    for name in names {
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let at = u32::try_from(content.len()).unwrap().to_le_bytes();
        content.extend([&b"PK\x03\x04"[..], &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
        directory.extend([&b"PK\x01\x02"[..], &[0; 24], &length, &[0; 12], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let at = u32::try_from(content.len()).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06"[..], &[0; 4], &count, &count, &size, &at, &7_u16.to_le_bytes(), b"comment"].concat();
    [content, directory, end].concat()
}

fn entry(name: &str, left: u32, right: u32, child: u32) -> Vec<u8> {
    let mut entry = vec![0; 128];
    let units: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    entry[..units.len()].copy_from_slice(&units);
    entry[64..66].copy_from_slice(&u16::try_from(units.len()).unwrap().to_le_bytes());
    for (place, id) in [(68, left), (72, right), (76, child)] {
        entry[place..place + 4].copy_from_slice(&id.to_le_bytes());
    }
    entry
}

const NONE: u32 = 0xffff_ffff;

/// The id of the next entry, or none after the last.
fn next_id(index: usize, count: usize) -> u32 {
    if index + 1 < count { u32::try_from(index + 1).unwrap() } else { NONE }
}

/// A compound file whose root holds these names and a folder with the inner ones; its directory is scattered.
fn compound(names: &[&str], inner: &[&str]) -> Vec<u8> {
    let folder = 1 + names.len();
    let count = folder + 1 + inner.len();
    let mut entries = vec![entry("Root Entry", NONE, NONE, 1)];
    entries.extend((1..).zip(names).map(|(index, name)| entry(name, next_id(index, count), NONE, NONE)));
    entries.push(entry("ObjectPool", NONE, NONE, next_id(folder, count)));
    entries.extend((folder + 1..).zip(inner).map(|(index, name)| entry(name, NONE, next_id(index, count), NONE)));
    let sectors: Vec<Vec<u8>> =
        entries.chunks(4).map(|four| [four.concat(), vec![0; 512 - 128 * four.len()]].concat()).collect();
    // Sector 0 is the table; the directory's sectors follow, one unused sector between every two.
    let places: Vec<u32> = (0..sectors.len()).map(|index| u32::try_from(1 + 2 * index).unwrap()).collect();
    let mut table = vec![NONE; 128];
    table[0] = 0xffff_fffd;
    for pair in places.windows(2) {
        table[pair[0] as usize] = pair[1];
    }
    table[*places.last().unwrap() as usize] = 0xffff_fffe;
    let mut header = vec![0; 76];
    header[..8].copy_from_slice(compound::SIGNATURE);
    header[30] = 9;
    header[48..52].copy_from_slice(&places[0].to_le_bytes());
    header[68..72].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    header.extend(0_u32.to_le_bytes());
    header.resize(512, 0xff);
    let table = table.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
    sectors.into_iter().fold([header, table].concat(), |content, sector| [content, sector, vec![0; 512]].concat())
}

#[test]
fn pictures_and_pdf_are_known_by_their_first_bytes() {
    // P1
    assert_eq!(detect(b"\x89PNG\r\n\x1a\n...."), Some(PNG));
    assert_eq!(detect(b"\xff\xd8\xff\xe0...."), Some(JPEG));
    assert_eq!(detect(b"%PDF-1.7\n..."), Some(PDF));
    assert_eq!(detect(b"\xef\xbb\xbf\r\n %PDF-1.4\n"), Some(PDF));
}

#[test]
fn office_packages_are_told_apart_by_their_folders() {
    // P1: wherever the parts stand
    assert_eq!(detect(&zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"])), Some(DOCX));
    assert_eq!(detect(&zip(&["ppt/presentation.xml", "docProps/app.xml", "[Content_Types].xml"])), Some(PPTX));
    assert_eq!(detect(&zip(&["mimetype", "xl/workbook.xml", "[Content_Types].xml"])), Some(XLSX));
    let embedded = ["[Content_Types].xml", "word/document.xml", "word/embeddings/xl/workbook.xlsx"];
    assert_eq!(detect(&zip(&embedded)), Some(DOCX));
}

#[test]
fn other_packages_are_refused() {
    // P1
    for names in [
        &["readme.txt"][..],
        &[],
        &["word/document.xml"],
        &["[Content_Types].xml", "other/part.xml"],
        &["[Content_Types].xml", "word/document.xml", "xl/workbook.xml"],
        &["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"],
        &["[Content_Types].xml", "xl/workbook.bin"],
        &["META-INF/MANIFEST.MF", "com/example/Main.class"],
        &["mimetype", "content.xml", "META-INF/manifest.xml"],
    ] {
        assert_eq!(detect(&zip(names)), None, "{names:?}");
    }
    let whole = zip(&["[Content_Types].xml", "word/document.xml"]);
    assert!((0..whole.len() - 29).all(|cut| detect(&whole[..cut]).is_none()));
}

#[test]
fn compound_files_are_told_apart_by_their_root_folder() {
    // P1
    assert_eq!(detect(&compound(&["CompObj", "1Table", "WordDocument", "Data", "x"], &[])), Some(DOC));
    assert_eq!(detect(&compound(&["Workbook"], &[])), Some(XLS));
    assert_eq!(detect(&compound(&["Book"], &[])), Some(XLS));
    assert_eq!(detect(&compound(&["Current User", "PowerPoint Document"], &[])), Some(PPT));
    assert_eq!(detect(&compound(&["__nameid_version1.0", "__properties_version1.0"], &["WordDocument"])), Some(MSG));
    assert_eq!(detect(&compound(&["WordDocument"], &["a", "b", "Workbook"])), Some(DOC));
}

#[test]
fn other_compound_files_are_refused() {
    // P1: embedded names count for nothing, encrypted packages cannot be read by a reviewer
    assert_eq!(detect(&compound(&["VisioDocument"], &["WordDocument"])), None);
    assert_eq!(detect(&compound(&["EncryptedPackage", "EncryptionInfo"], &[])), None);
    assert_eq!(detect(compound::SIGNATURE), None);
    // The directory and the table of sectors go round in circles.
    let mut circle = compound(&["a", "b", "c", "d", "e"], &[]);
    circle[512 + 4 * 3..512 + 4 * 4].copy_from_slice(&1_u32.to_le_bytes());
    assert_eq!(detect(&circle), None);
    circle[68..72].copy_from_slice(&1_u32.to_le_bytes());
    assert_eq!(detect(&circle), None);
}

#[test]
fn saved_messages_begin_with_their_header() {
    // P1
    let folded = b"Received: from a\r\n\tby b; Mon, 1 Jan 2026\r\nSubject: hello: there\r\n\r\nbody \0\xff";
    assert_eq!(detect(folded), Some(EML));
    assert_eq!(detect(b"\xef\xbb\xbfX-Spam: no\nMESSAGE-ID: <1@contoso.com>\n\n"), Some(EML));
    assert_eq!(detect("From: M\u{fc}ller <m@contoso.com>\n\nhello".as_bytes()), Some(EML));
}

#[test]
fn everything_else_is_refused() {
    // P1
    let endless = format!("From: a@b.c\n{}\n\n", "X-Long: 1\n".repeat(30_000));
    for content in [
        &b""[..],
        b"plain text\n\nmore",
        b"Note: this is no message\n\nmore",
        b"From: a@b.c\nno field\n\n",
        b"From: a@b.c\nDate: today\n",
        b"\tFrom: a@b.c\n\n",
        b"From: a\0@b.c\n\n",
        b"\n\nFrom: a@b.c\n\n",
        b"<html><body>%PDF-1.7</body></html>",
        b"<!doctype html>\n\n",
        b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"#!/bin/sh\nFrom: a@b.c\n\n",
        b"MZ\x90\0\x03",
        b"\x7fELF\x02\x01",
        b"GIF89a",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"%PD",
        endless.as_bytes(),
    ] {
        assert_eq!(detect(content), None, "{:?}", String::from_utf8_lossy(&content[..content.len().min(40)]));
    }
}

proptest! {
    /// Whatever is uploaded, looking at it neither panics nor hangs.
    #[test]
    fn damaged_files_do_no_harm(place in 0..4096_usize, byte: u8, cut in 0..4096_usize, what in 0..2_u8) {
        let mut content = match what {
            0 => zip(&["[Content_Types].xml", "word/document.xml"]),
            _ => compound(&["a", "b", "c", "d", "WordDocument"], &["x", "y"]),
        };
        let place = place % content.len();
        content[place] = byte;
        content.truncate(content.len() - cut % content.len());
        let _ = detect(&content);
    }

    /// The same for arbitrary bytes behind every signature.
    #[test]
    fn arbitrary_bytes_do_no_harm(rest: Vec<u8>, signature in 0..3_usize) {
        let start = [compound::SIGNATURE, package::SIGNATURE, b"From: "][signature];
        let _ = detect(&[start, &rest].concat());
    }
}
