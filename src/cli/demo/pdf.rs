//! A small valid PDF: the proof of the sample claims.

use std::fmt::Write;

/// A page with these lines of text.
pub fn page(lines: &[&str]) -> Vec<u8> {
    let mut text = "BT /F1 14 Tf 20 TL 60 780 Td".to_owned();
    for line in lines {
        text.extend([" (", &escaped(line), ") Tj T*"]);
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    assembled(&objects).into_bytes()
}

/// The file: its objects, and the table that says at which byte each of them begins.
fn assembled(objects: &[String]) -> String {
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (object, number) in objects.iter().zip(1..) {
        // Writing to a text cannot fail.
        writeln!(places, "{:010} 00000 n ", file.len()).unwrap_or_default();
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap_or_default();
    }
    let start = file.len();
    let trailer = format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    file + &places + &trailer
}

/// A text as it may stand between brackets: letters of the font only.
fn escaped(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() { c } else { '?' });
    plain.flat_map(|c| matches!(c, '(' | ')' | '\\').then_some('\\').into_iter().chain([c])).collect()
}
