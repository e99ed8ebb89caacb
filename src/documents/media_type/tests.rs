use domain::proof::{DOC, DOCX, LOCKED, MSG, PDF, PPT, PPTX, XLS, XLSX};
use proptest::prelude::*;

use super::*;

/// A zip file of these parts, deflated or stored.
fn zip_of(parts: &[(&str, Vec<u8>)], deflated: bool) -> Vec<u8> {
    let mut content = Vec::new();
    let mut directory = Vec::new();
    for (name, part) in parts {
        let data = if deflated { miniz_oxide::deflate::compress_to_vec(part, 6) } else { part.clone() };
        let method = [if deflated { 8 } else { 0 }, 0];
        let sizes = [data.len(), part.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes()).concat();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let at = u32::try_from(content.len()).unwrap().to_le_bytes();
        let header = [&[20, 0, 0, 0][..], &method, &[0; 8], &sizes, &length, &[0; 2]].concat();
        content.extend([&b"PK\x03\x04"[..], &header, name.as_bytes(), &data].concat());
        directory.extend([&b"PK\x01\x02"[..], &[20, 0], &header, &[0; 10], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let at = u32::try_from(content.len()).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06"[..], &[0; 4], &count, &count, &size, &at, &7_u16.to_le_bytes(), b"comment"].concat();
    [content, directory, end].concat()
}

const MAIN_TYPES: [(&str, &str); 5] = [
    ("word/document.xml", "wordprocessingml.document.main+xml"),
    ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
    ("word/template.xml", "wordprocessingml.template.main+xml"),
    ("word/embeddings/xl/workbook.xlsx", "spreadsheetml.sheet"),
];

/// The content types of these parts.
fn types_of(names: &[&str]) -> Vec<u8> {
    let declared = MAIN_TYPES.iter().filter(|(name, _)| names.contains(name)).map(|(name, kind)| {
        format!("<Override PartName=\"/{name}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}\"/>")
    });
    format!("<?xml version=\"1.0\"?><Types>{}</Types>", declared.collect::<String>()).into_bytes()
}

/// A zip file with empty parts of these names, and the content types of the main ones if there is such a part.
fn zip(names: &[&str]) -> Vec<u8> {
    let content = |name: &str| if name == "[Content_Types].xml" { types_of(names) } else { Vec::new() };
    let parts: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (*name, content(name))).collect();
    let [stored, deflated] = [false, true].map(|deflated| zip_of(&parts, deflated));
    assert_eq!(detect(&stored), detect(&deflated));
    deflated
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
    assert_eq!(detect(&pdf("", "")), Some(PDF));
}

/// A small PDF with something before its header and something in its trailer.
fn pdf(before: &str, in_trailer: &str) -> Vec<u8> {
    format!(
        "{before}%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R {in_trailer}>>\nstartxref\n9\n%%EOF\n"
    )
    .into_bytes()
}

#[test]
fn a_pdf_may_have_bytes_before_its_header_as_readers_allow() {
    // P1
    for before in
        ["\u{feff}\r\n ", "\n\n", "junk of a scanner\0\n", "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"]
    {
        assert_eq!(detect(&pdf(before, "")), Some(PDF), "{before:?}");
    }
    assert_eq!(detect(&pdf(&"x".repeat(1024 - 8), "")), Some(PDF));
    assert_eq!(detect(&pdf(&"x".repeat(1024), "")), None);
}

#[test]
fn what_only_begins_like_a_pdf_is_refused() {
    // P1
    for content in [
        &b"%PDF-1.7"[..],
        b"%PDF-1.7\n%%EOF\n",
        b"%PDF-1.7\n1 0 obj <<>> endobj\n",
        b"%PDF-x.y\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF",
        b"<html><body>%PDF-1.7</body></html>",
    ] {
        assert_eq!(detect(content), None, "{:?}", String::from_utf8_lossy(content));
    }
}

#[test]
fn what_only_a_password_opens_is_known() {
    // P1
    assert_eq!(detect(&pdf("", "/Encrypt 5 0 R")), Some(LOCKED));
    assert_eq!(detect(&pdf("junk", "/Encrypt<</Filter/Standard/V 4>>")), Some(LOCKED));
    let by_stream = b"%PDF-1.5\n1 0 obj <</Type /Catalog>> endobj\n2 0 obj <</Encrypt 3 0 R /Type /XRef /Size 4>> stream\n...\nendstream endobj\nstartxref\n50\n%%EOF\n";
    assert_eq!(detect(by_stream), Some(LOCKED));
    // Words in a text encrypt nothing.
    for text in ["(/Encrypt me)", "(a trailer, /Encrypted)"] {
        let content = format!(
            "%PDF-1.5\n1 0 obj <</Title {text}>> endobj\ntrailer <</Root 1 0 R /EncryptMetadata false>>\n%%EOF\n"
        );
        assert_eq!(detect(content.as_bytes()), Some(PDF), "{text}");
    }
    assert_eq!(detect(&compound(&["EncryptedPackage", "EncryptionInfo"], &[])), Some(LOCKED));
    assert_eq!(detect(&compound(&["EncryptedSummary", "PowerPoint Document"], &[])), Some(LOCKED));
    // The older formats say it at the beginning of their main stream: here the sector after the directory.
    for (name, start, kind) in [
        ("WordDocument", &[0xec, 0xa5, 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 0x13][..], LOCKED),
        ("WordDocument", &[0xec, 0xa5, 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 0x12], DOC),
        ("Workbook", &[9, 8, 2, 0, 0, 6, 0x2f, 0, 2, 0, 1, 0], LOCKED),
        ("Workbook", &[9, 8, 2, 0, 0, 6, 0x42, 0, 2, 0, 1, 0], XLS),
    ] {
        let mut content = compound(&[name], &[]);
        content[1024 + 128 + 116] = 2;
        content[1536..1536 + start.len()].copy_from_slice(start);
        assert_eq!(detect(&content), Some(kind), "{name} {start:?}");
    }
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
        &["[Content_Types].xml", "word/template.xml"],
        &["[Content_Types].xml", "word/styles.xml"],
    ] {
        assert_eq!(detect(&zip(names)), None, "{names:?}");
    }
    // What it says and what it has are two things.
    for (types, part) in [("word/document.xml", "xl/workbook.xml"), ("xl/workbook.xml", "word/document.xml")] {
        let parts = [("[Content_Types].xml", types_of(&[types])), (part, Vec::new())];
        assert_eq!(detect(&zip_of(&parts, false)), None, "{part}");
    }
    let macros = String::from_utf8(types_of(&["word/document.xml"])).unwrap()
        + "application/vnd.ms-word.document.macroEnabled.main+xml";
    let parts = [("[Content_Types].xml", macros.into_bytes()), ("word/document.xml", Vec::new())];
    assert_eq!(detect(&zip_of(&parts, true)), None);
    let bomb = [("[Content_Types].xml", vec![b' '; 64 * 1024 * 1024]), ("word/document.xml", Vec::new())];
    assert_eq!(detect(&zip_of(&bomb, true)), None);
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
    // P1: embedded names count for nothing
    assert_eq!(detect(&compound(&["VisioDocument"], &["WordDocument"])), None);
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
    // As mail programs keep them in an mbox file.
    assert_eq!(detect(b"From ana@contoso.com Mon Nov  2 10:00:00 2026\nReceived: from a\n\nhello"), Some(EML));
    assert_eq!(
        detect(b"From - Mon Nov  2 10:00:00 2026\r\nX-Mozilla-Status: 0001\r\nFrom: a@b.c\r\n\r\nhello"),
        Some(EML)
    );
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
        b"From time to time\nwe write.\n\n",
        b"From ana@contoso.com Mon Nov  2\n\nFrom: a@b.c\n\n",
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
        b"%PDF-",
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
