//! The two formats: JSON Lines for programs, CSV for people with spreadsheets.
//!
//! In CSV a cell that a spreadsheet would take for a formula is defused (B4): it begins with one apostrophe more than its
//! text. To restore the text, remove one apostrophe from each cell in which apostrophes stand before what begins a
//! formula. JSON Lines are never changed.

use std::borrow::Cow;

use serde_json::json;

use super::cells::Cell;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values by RFC 4180, with a line of names.
    Csv,
}

impl Format {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::JsonLines, Self::Csv];

    /// The end of a file's name, and the name of the format on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// Writes what comes before the first row.
    pub(super) fn begin(self, out: &mut Vec<u8>, columns: &[&str]) {
        if self == Self::Csv {
            out.extend(columns.join(",").as_bytes());
            out.extend(b"\r\n");
        }
    }

    /// Writes a row.
    pub(super) fn row(self, out: &mut Vec<u8>, columns: &[&str], row: &[Cell]) {
        match self {
            Self::JsonLines => json_row(out, columns, row),
            Self::Csv => csv_row(out, row),
        }
    }
}

fn json_row(out: &mut Vec<u8>, columns: &[&str], row: &[Cell]) {
    for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
        out.push(if place == 0 { b'{' } else { b',' });
        out.extend(json!(camel(column)).to_string().as_bytes());
        out.push(b':');
        let value = match cell {
            Cell::Null => json!(null),
            Cell::Text(text) => json!(text),
            Cell::Number(number) => json!(number),
            Cell::Bool(value) => json!(value),
            Cell::List(items) => json!(items),
            Cell::Changes(_) => {
                out.extend(changes(cell).as_bytes());
                continue;
            }
        };
        out.extend(value.to_string().as_bytes());
    }
    out.extend(b"}\n");
}

/// The name of a column as the API spells it.
fn camel(column: &str) -> String {
    let mut words = column.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// What changed as JSON, in both formats.
fn changes(cell: &Cell) -> String {
    let Cell::Changes(changes) = cell else { return String::new() };
    // Texts: this cannot fail.
    serde_json::to_string(changes).unwrap_or_default()
}

fn csv_row(out: &mut Vec<u8>, row: &[Cell]) {
    for (place, cell) in row.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let text: Cow<'_, str> = match cell {
            Cell::Null => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Cell::List(items) => {
                let items: Vec<&str> = items.iter().map(|item| item.as_deref().unwrap_or_default()).collect();
                Cow::Owned(items.join(";"))
            }
            Cell::Changes(_) => Cow::Owned(changes(cell)),
        };
        csv_cell(out, &text);
    }
    out.extend(b"\r\n");
}

/// Appends a cell of CSV: defused (B4) and quoted where it has to be (RFC 4180).
pub fn csv_cell(out: &mut Vec<u8>, text: &str) {
    quoted(out, &defused(text));
}

/// The text in quotes, where it needs them (RFC 4180).
fn quoted(out: &mut Vec<u8>, text: &str) {
    let plain = !text.contains([',', ';', '"', '\r', '\n', '\t']) && text.trim().len() == text.len();
    if plain {
        return out.extend(text.as_bytes());
    }
    out.push(b'"');
    out.extend(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// The text as no spreadsheet takes it for a formula (B4, OWASP).
fn defused(text: &str) -> Cow<'_, str> {
    if begins_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Whether a spreadsheet could take the text for a formula, also after apostrophes: so that defusing can be undone. Spaces
/// before it are passed over, as some programs do.
fn begins_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let invisible = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    // The second four are the full-width forms, which programs for East Asian languages take for the same.
    text.trim_start_matches(invisible).starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

#[cfg(test)]
mod tests {
    use domain::history::FieldChange;

    use super::*;

    fn written(format: Format, row: &[Cell]) -> String {
        let columns = ["id", "external_reference", "sku_ids", "version", "official", "changes"];
        let mut out = Vec::new();
        format.row(&mut out, &columns[..row.len()], row);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_cell_that_would_be_a_formula_is_defused() {
        // B4
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+41 31 000", "'+41 31 000"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("  =1", "'  =1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("\u{200b}=1", "'\u{200b}=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("\u{ff0b}1", "'\u{ff0b}1"),
            ("\u{ff0d}1", "'\u{ff0d}1"),
            ("\u{ff20}A1", "'\u{ff20}A1"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            // Text that was typed with an apostrophe stays distinct from what was defused.
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("'tis", "'tis"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(written(Format::Csv, &[Cell::text(text)]), format!("{cell}\r\n"), "{text:?}");
            assert_eq!(written(Format::JsonLines, &[Cell::text(text)]), format!("{}\n", json!({ "id": text })));
        }
        // A list is one cell.
        assert_eq!(written(Format::Csv, &[Cell::List(vec![Some("=1".into()), None])]), "\"'=1;\"\r\n");
    }

    #[test]
    fn defusing_can_be_undone() {
        // B4
        let undone = |cell: &str| match cell.strip_prefix('\'') {
            Some(rest) if begins_formula(rest) => rest.to_owned(),
            _ => cell.to_owned(),
        };
        for text in ["", "'", "''", "=1", "'=1", "''=1", "'a", "a", " =1", "' =1", "-", "'-", "\t", "'\t"] {
            assert_eq!(undone(&defused(text)), text, "{text:?}");
        }
    }

    #[test]
    fn rows_are_as_each_format_has_them() {
        // B3
        let change = FieldChange { field: "name".into(), before: None, after: Some("a, \"b\"".into()) };
        let row = [
            Cell::text("a,b"),
            Cell::Null,
            Cell::List(vec![Some("x".into()), None, Some("z".into())]),
            Cell::Number(7),
            Cell::Bool(true),
            Cell::Changes(vec![change]),
        ];
        assert_eq!(
            written(Format::JsonLines, &row),
            "{\"id\":\"a,b\",\"externalReference\":null,\"skuIds\":[\"x\",null,\"z\"],\"version\":7,\"official\":true,\
             \"changes\":[{\"field\":\"name\",\"before\":null,\"after\":\"a, \\\"b\\\"\"}]}\n"
        );
        assert_eq!(
            written(Format::Csv, &row),
            "\"a,b\",,\"x;;z\",7,true,\"[{\"\"field\"\":\"\"name\"\",\"\"before\"\":null,\"\"after\"\":\"\"a, \\\"\"b\\\"\"\"\"}]\"\r\n"
        );
        let mut names = Vec::new();
        Format::Csv.begin(&mut names, &["id", "sku_ids"]);
        assert_eq!(names, b"id,sku_ids\r\n");
    }
}
