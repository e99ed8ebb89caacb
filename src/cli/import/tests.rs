use domain::kinds::IncentiveProgram;

use super::*;

const PRODUCT: &str = "11111111-0000-4000-8000-00000000000";

/// A line, and the name or the refusal.
type Told = (u64, Result<String, String>);

/// Every entry of a file of products: its line, and the name or the refusal.
fn products(format: Format, text: &[u8]) -> Result<Vec<Told>, String> {
    let told = |failure: CliError| format!("{failure:?}");
    let entries = rows::<ProductRow>(format, text).map_err(told)?;
    entries.map(|entry| entry.map(|entry| (entry.line, entry.row.map(|row| row.name))).map_err(told)).collect()
}

#[test]
fn rows_know_their_lines_whatever_the_system_and_the_blank_lines() {
    // C8
    let text = format!(
        "\n name ,sku_id,solution_area,sku_part_number\n\n\"A \"\"quoted\"\"\nname\",{PRODUCT}1,MICROSOFT_365,A\n\n\nB,nope,MICROSOFT_365,B\n\
         C,{PRODUCT}3,XBOX,C\nD,{PRODUCT}4,MICROSOFT_365\nE,{PRODUCT}5,MICROSOFT_365,E"
    );
    let expected = vec![
        (4, Ok("A \"quoted\"\nname".to_owned())),
        (8, Err("sku_id: \"nope\" is not a UUID.".to_owned())),
        (9, Err("solution_area: \"XBOX\" is not one of BUSINESS_APPLICATIONS, MICROSOFT_365.".to_owned())),
        (10, Err("sku_part_number: the cell is missing; the row has 3 cells, the header names 4 columns.".to_owned())),
        (11, Ok("E".to_owned())),
    ];
    for start in ["", "\u{feff}"] {
        for end in ["", "\n", "\n\n"] {
            let text = format!("{start}{text}{end}");
            assert_eq!(products(Format::Csv, text.as_bytes()), Ok(expected.clone()));
            for line_break in ["\r\n", "\r"] {
                assert_eq!(products(Format::Csv, text.replace('\n', line_break).as_bytes()), Ok(expected.clone()));
            }
        }
    }
}

#[test]
fn a_file_without_its_columns_is_refused_whole() {
    for (header, why) in [
        ("", "The file is empty."),
        ("\n\n", "The file is empty."),
        ("sku_id,name,solution_area\n", "does not name these columns: sku_part_number"),
        ("sku_id,sku_part_number,name,solution_area,price,\n", "line 1 names columns that are not known: price."),
        ("\nsku_id,sku_part_number,name,solution_area, NAME \n", "line 2 names columns twice: name"),
        ("sku_id|sku_part_number|name|solution_area\n", "names columns that are not known"),
        ("sep=ab\nsku_id,sku_part_number,name,solution_area\n", "Line 1 announces a separator, column 5"),
    ] {
        let told = products(Format::Csv, header.as_bytes()).unwrap_err();
        assert!(
            told.contains(why)
                && (header.starts_with("sep") || told.contains("sku_id, sku_part_number, name, solution_area")),
            "{header:?}: {told}"
        );
    }
}

#[test]
fn an_open_quotation_mark_is_suspected() {
    let text = format!(
        "sku_id,sku_part_number,name,solution_area\n{PRODUCT}1,A,\"A,MICROSOFT_365\n{PRODUCT}2,B,B,MICROSOFT_365\n"
    );
    let entries = products(Format::Csv, text.as_bytes()).unwrap();
    assert!(matches!(&entries[..], [(2, Err(why))] if why.contains("quotation mark")), "{entries:?}");
}

#[test]
fn other_encodings_are_named_with_their_line() {
    let header = b"sku_id,sku_part_number,name,solution_area\n".as_slice();
    for (format, text, place) in [
        (Format::Csv, [header, b"x,x,x,x\n\nx,x,H\xe4,x\n"].concat(), "line 4, column name, has the byte 0xE4"),
        (Format::Csv, b"sku_id,n\xe4me\n".to_vec(), "line 1, column 2, has the byte 0xE4"),
        (Format::Jsonl, b"{}\n\n{\"a\":\"\xe4\n".to_vec(), "line 3, character 7, has the byte 0xE4"),
        // Half a character.
        (
            Format::Csv,
            [b"\xff\xfe", utf16("sku_id", u16::to_le_bytes).as_slice(), b"\x00\xd8"].concat(),
            "line 1, column 1, has the byte 0xFF",
        ),
    ] {
        let told = products(format, &text).unwrap_err();
        assert!(told.contains("UTF-8") && told.contains(place), "{told}");
        assert_eq!(told.contains("Windows-1252") && told.contains('ä'), place.contains("E4"), "{told}");
    }
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[test]
fn files_are_read_as_spreadsheets_write_them() {
    // C8: separators, a line that announces one, marks, line breaks, blank rows and cells, quoted line breaks, UTF-16,
    // column names as people write them.
    let names = ["SKU ID", "sku-part-number", "Name", "Solution_Area", "", ""];
    let rows = [
        vec![
            format!("{PRODUCT}1"),
            "A".into(),
            "\"Győr; \"\"one\"\",\ttwo\nlines 💻\"".into(),
            "MICROSOFT_365".into(),
            String::new(),
            String::new(),
        ],
        vec![String::new(); 6],
        vec![" ".into()],
        vec![
            format!(" {} ", format!("{PRODUCT}2").to_uppercase().replace('-', "\u{2011}")),
            "B".into(),
            "B".into(),
            "MICROSOFT_365".into(),
        ],
    ];
    for separator in [",", ";", "\t", "|"] {
        for line_break in ["\n", "\r\n", "\r"] {
            for announced in ["", "sep=", "SEP=", "\"sep="] {
                if announced.is_empty() && separator == "|" {
                    continue;
                }
                let header = names.join(separator);
                let mut lines: Vec<String> = Vec::new();
                if !announced.is_empty() {
                    let end = if announced.starts_with('"') { "\"" } else { "" };
                    lines.push(format!("{announced}{separator}{end}"));
                }
                lines.push(header);
                lines.extend(rows.iter().map(|row| row.join(separator)));
                let text = lines.join("\n").replace('\n', line_break);
                let first = if announced.is_empty() { 2 } else { 3 };
                let expected =
                    Ok(vec![(first, Ok("Győr; \"one\",\ttwo\nlines 💻".to_owned())), (first + 4, Ok("B".to_owned()))]);
                for bytes in [
                    text.clone().into_bytes(),
                    format!("\u{feff}{text}").into_bytes(),
                    [b"\xff\xfe".to_vec(), utf16(&text, u16::to_le_bytes)].concat(),
                    [b"\xfe\xff".to_vec(), utf16(&text, u16::to_be_bytes)].concat(),
                ] {
                    assert_eq!(products(Format::Csv, &bytes), expected, "{separator:?} {line_break:?} {announced:?}");
                }
            }
        }
    }
}

#[test]
fn cells_beside_the_columns_are_refused_with_their_place() {
    let text = format!(
        "sku_id;sku_part_number;name;solution_area;\n{PRODUCT}1;A;A;MICROSOFT_365;note\n{PRODUCT}2;B;B;MICROSOFT_365;;x\n\
         {PRODUCT}3;C;C;MICROSOFT_365;;;\n"
    );
    let counts =
        |count| format!("the header has no name for this cell; the row has {count} cells, the header names 5 columns.");
    let expected = vec![
        (2, Err(format!("column 5: {}", counts(5)))),
        (3, Err(format!("column 6: {}", counts(6)))),
        (4, Ok("C".to_owned())),
    ];
    assert_eq!(products(Format::Csv, text.as_bytes()), Ok(expected));
}

/// Very much of one letter, with something before and after it.
struct Huge {
    before: Vec<u8>,
    left: u64,
    after: Vec<u8>,
}

impl Read for Huge {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        for part in [&mut self.before, &mut self.after] {
            if !part.is_empty() {
                let taken = part.len().min(target.len());
                target[..taken].copy_from_slice(&part[..taken]);
                part.drain(..taken);
                return Ok(taken);
            }
            if self.left > 0 {
                let taken = target.len().min(usize::try_from(self.left).unwrap());
                target[..taken].fill(b'x');
                self.left -= taken as u64;
                return Ok(taken);
            }
        }
        Ok(0)
    }
}

#[test]
fn a_huge_cell_is_refused_with_its_place_and_the_rows_after_it_are_read() {
    // C8: `a_cell_of_any_size_takes_no_memory` of the integration tests measures the memory.
    let header = "sku_id,sku_part_number,name,solution_area\n";
    let file = Huge {
        before: format!("{header}{PRODUCT}1,A,").into_bytes(),
        left: 8 * 1024 * 1024,
        after: format!(",MICROSOFT_365\n{PRODUCT}2,B,B,MICROSOFT_365\n").into_bytes(),
    };
    let read: Vec<_> = rows::<ProductRow>(Format::Csv, file).unwrap().map(Result::unwrap).collect();
    assert_eq!(read.len(), 2);
    assert!(read[0].row.as_ref().is_err_and(|why| why.starts_with("name: the cell has more than")), "{:?}", read[0]);
    assert_eq!((read[0].line, read[1].line, read[1].row.as_ref().unwrap().name.as_str()), (2, 3, "B"));
    let endless = Huge { before: header.into(), left: 2 * 1024 * 1024, after: Vec::new() };
    let read: Vec<_> = rows::<ProductRow>(Format::Csv, endless).unwrap().map(Result::unwrap).collect();
    assert!(matches!(&read[..], [Entry { line: 2, row: Err(_) }]), "{read:?}");
}

#[test]
fn json_lines_are_objects_with_the_names_of_the_api() {
    // C8
    let good = format!(r#"{{"skuId":"{PRODUCT}1","skuPartNumber":"A","name":"A","solutionArea":"MICROSOFT_365"}}"#);
    let list = format!(r#"["{PRODUCT}1","A","A","MICROSOFT_365"]"#);
    let unknown = good.replace("name", "nom");
    let entries =
        products(Format::Jsonl, format!("\u{feff}{good}\r\n\n{list}\n{unknown}\nnull\n  {good}").as_bytes()).unwrap();
    let lines: Vec<(u64, bool)> = entries.iter().map(|(line, row)| (*line, row.is_ok())).collect();
    assert_eq!(lines, [(1, true), (3, false), (4, false), (5, false), (6, true)]);
    assert!(
        entries[2].1.as_ref().is_err_and(|why| why.contains("unknown field `nom`") && !why.contains("line")),
        "{entries:?}"
    );
}

/// An empty database, and the folder that holds it.
async fn empty() -> (App, PathBuf) {
    let folder = std::env::temp_dir().join(format!("cpor-import-{}", crate::ids::new()));
    let path = folder.display();
    let storage = StorageOptions {
        database_url: format!("sqlite://{path}/cpor.db"),
        documents: format!("file://{path}/documents"),
        policy: None,
    };
    (server::open(&storage, None, true, server::Purpose::Maintain).await.unwrap(), folder)
}

async fn loaded<R: Noun>(app: &App, format: Format, text: &str, dry_run: bool) -> Report {
    load::<R>(app, format, rows(format, text.as_bytes()).unwrap(), dry_run, &Progress::quiet()).await.unwrap()
}

const PARTNERS: &str = "\
partner_id,partner_name,mpn_id,location_name,country,enrolled_programs,partner_type
10000000-0000-4000-8000-000000000002,Two,201,B,NL,,FRP FastTrack
10000000-0000-4000-8000-000000000001,One,101,A,gb,OSU_MICROSOFT_365; OSA_SELL,
10000000-0000-4000-8000-000000000001,One,102,C,,,
10000000-0000-4000-8000-000000000001,One,103,D,IE,,
10000000-0000-4000-8000-000000000001,One,201,E,IE,,
";

#[tokio::test]
async fn partners_are_put_together_and_lose_only_their_bad_locations() {
    // C5, C8
    let (app, folder) = empty().await;
    let report = |inserted, unchanged| Report { rows: 5, inserted, updated: 0, unchanged, refused: 2 };
    assert_eq!(loaded::<PartnerRow>(&app, Format::Csv, PARTNERS, true).await, report(2, 0));
    assert_eq!(loaded::<PartnerRow>(&app, Format::Csv, PARTNERS, false).await, report(2, 0));
    assert_eq!(loaded::<PartnerRow>(&app, Format::Csv, PARTNERS, false).await, report(0, 2));
    let ids = ["101", "102", "103", "201"];
    let mut locations = crate::store::partners::locations(app.db(), &ids).await.unwrap();
    locations.sort_by(|one, other| one.mpn_id.cmp(&other.mpn_id));
    let told: Vec<_> = locations.iter().map(|location| (location.mpn_id.as_str(), location.name.as_str())).collect();
    assert_eq!(told, [("101", "A"), ("103", "D"), ("201", "B")]);
    assert_eq!(locations[0].enrolled_programs, [IncentiveProgram::OsaSell, IncentiveProgram::OsuMicrosoft365]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn many_rows_go_in_batches_and_of_the_same_key_the_last_stays() {
    // C8
    let (app, folder) = empty().await;
    let row =
        |number: u32, name: &str| format!("00000000-0000-4000-8000-{number:012},P{number},{name},MICROSOFT_365\n");
    let many: String = (0..2_500).map(|number| row(number, "first")).collect();
    let text = format!("sku_id,sku_part_number,name,solution_area\n{many}{}{}", row(2_499, "second"), row(2_499, " "));
    let expected = Report { rows: 2_502, inserted: 2_500, updated: 1, unchanged: 0, refused: 1 };
    assert_eq!(loaded::<ProductRow>(&app, Format::Csv, &text, false).await, expected);
    std::fs::remove_dir_all(folder).unwrap();
}
