//! What may be a proof document: types, sizes, numbers and names of files (P1).

use crate::{
    policy::DocumentPolicy,
    problem::{Problem, ProblemCode},
    text::{NAME_MAX, visible},
};

/// Portable document format.
pub const PDF: &str = "application/pdf";
/// Word, the old binary format.
pub const DOC: &str = "application/msword";
/// Word.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// PowerPoint, the old binary format.
pub const PPT: &str = "application/vnd.ms-powerpoint";
/// PowerPoint.
pub const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
/// Excel, the old binary format.
pub const XLS: &str = "application/vnd.ms-excel";
/// Excel.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// A PNG picture.
pub const PNG: &str = "image/png";
/// A JPEG picture.
pub const JPEG: &str = "image/jpeg";
/// A saved e-mail, `.eml`.
pub const EML: &str = "message/rfc822";
/// A saved e-mail of Outlook, `.msg`.
pub const MSG: &str = "application/vnd.ms-outlook";

/// Stands for the media type of a document that needs a password to open; it may not be attached.
pub const LOCKED: &str = "application/x-encrypted";

/// Every media type that may be attached (P1).
pub const MEDIA_TYPES: &[&str] = &[PDF, DOC, DOCX, PPT, PPTX, XLS, XLSX, PNG, JPEG, EML, MSG];

/// The name of a file that came without a usable one.
const UNNAMED: &str = "document";
/// What follows the last point counts as the extension up to this many characters.
const EXTENSION_MAX: usize = 16;

/// Whether a file may be attached, by its size, its type as found by content, and the number of documents.
#[must_use]
pub fn check(size: u64, media_type: Option<&str>, documents_already: u32, policy: &DocumentPolicy) -> Vec<Problem> {
    let mut problems = Vec::new();
    let too_large = size > policy.max_size_bytes();
    if size == 0 {
        problems.push(refusal(ProblemCode::FileEmpty, "The file is empty.", "Check the file, and attach it again."));
    }
    if too_large {
        let message = format!("The file is larger than {} MiB.", policy.max_size_mib);
        let remedy = "Reduce its size, or split it into several files.";
        problems.push(refusal(ProblemCode::FileTooLarge, message, remedy).param("maxSizeMib", policy.max_size_mib));
    }
    // Of a empty file no type can be told, nor of one that may have been cut off.
    let known = media_type.is_some_and(|media_type| MEDIA_TYPES.contains(&media_type));
    if media_type == Some(LOCKED) {
        let message = "The document is encrypted, so reviewers cannot open it.";
        let remedy = "Save it without a password or restrictions, for example by printing it to a new PDF.";
        problems.push(refusal(ProblemCode::FileTypeNotAllowed, message, remedy));
    } else if !known && size > 0 && !(too_large && media_type.is_none()) {
        let message = "The file's content is not of an accepted type.";
        let remedy = "Attach a PDF, Word, PowerPoint, Excel, PNG or JPEG file, or a saved e-mail (.eml, .msg).";
        problems.push(refusal(ProblemCode::FileTypeNotAllowed, message, remedy));
    }
    if documents_already >= policy.max_per_claim {
        let message = format!(
            "The claim already has {documents_already} documents; at most {} are allowed.",
            policy.max_per_claim
        );
        problems.push(
            refusal(ProblemCode::TooManyFiles, message, "Combine several proofs into one file.")
                .param("count", documents_already)
                .param("limit", policy.max_per_claim),
        );
    }
    problems
}

fn refusal(code: ProblemCode, message: impl Into<String>, remedy: &str) -> Problem {
    Problem::new(code, message).at(["file"]).remedy(remedy)
}

/// The file's name without its path and without anything that could mislead a reader; never empty, at most 200
/// characters, its extension kept.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let short = shorten(shown.trim());
    let is_named = short.chars().any(|c| c != '.' && !visible::is_unseen(c));
    if is_named { short } else { UNNAMED.to_owned() }
}

fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME_MAX {
        return name.to_owned();
    }
    let extension =
        name.rsplit_once('.').map(|(_, extension)| extension).filter(|end| end.chars().count() <= EXTENSION_MAX);
    let tail = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
    let stem: String = name.chars().take(NAME_MAX - tail.chars().count()).collect();
    format!("{}{tail}", stem.trim_end())
}

/// Characters that change the direction or the look of a name without being seen, so that `exe` can pose as `pdf`. Joiners
/// stay: without them Persian words and many emoji are others.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: DocumentPolicy = DocumentPolicy { max_size_mib: 1, max_per_claim: 2 };
    const MIB: u64 = 1024 * 1024;

    fn codes(size: u64, media_type: Option<&str>, already: u32) -> Vec<ProblemCode> {
        let problems = check(size, media_type, already, &POLICY);
        assert!(
            problems.iter().all(|problem| problem.remedy.is_some() && problem.field == Some(vec!["file".to_owned()]))
        );
        problems.into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn every_limit_of_a_file_is_checked() {
        // P1
        assert_eq!(codes(1, Some(PDF), 0), []);
        assert_eq!(codes(MIB, Some(MSG), 1), []);
        assert_eq!(codes(0, None, 0), [ProblemCode::FileEmpty]);
        assert_eq!(codes(MIB + 1, Some(PNG), 0), [ProblemCode::FileTooLarge]);
        assert_eq!(codes(MIB + 1, None, 0), [ProblemCode::FileTooLarge]);
        assert_eq!(codes(1, None, 0), [ProblemCode::FileTypeNotAllowed]);
        assert_eq!(codes(1, Some("text/html"), 0), [ProblemCode::FileTypeNotAllowed]);
        assert_eq!(codes(1, Some(JPEG), 2), [ProblemCode::TooManyFiles]);
    }

    #[test]
    fn all_that_is_wrong_with_a_file_is_told_at_once() {
        // P1
        let all = [ProblemCode::FileTooLarge, ProblemCode::FileTypeNotAllowed, ProblemCode::TooManyFiles];
        assert_eq!(codes(MIB + 1, Some("text/html"), 3), all);
        assert_eq!(codes(0, None, 2), [ProblemCode::FileEmpty, ProblemCode::TooManyFiles]);
    }

    #[test]
    fn names_lose_paths_and_tricks() {
        // P1
        for (given, clean) in [
            ("proof.pdf", "proof.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\proofs\Ana's proof.docx", "Ana's proof.docx"),
            ("  signed\r\n.pdf ", "signed.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("", "document"),
            ("folder/", "document"),
            ("..", "document"),
            ("\u{200b}\u{7f} ", "document"),
            ("Überblick – 2026.xlsx", "Überblick – 2026.xlsx"),
            ("👩\u{200d}💻 می\u{200c}خواهم.pdf", "👩\u{200d}💻 می\u{200c}خواهم.pdf"),
            ("\u{200d}\u{200c}.", "document"),
        ] {
            assert_eq!(clean_name(given), clean);
        }
        let long = clean_name(&format!("{}.pdf", "x".repeat(500)));
        assert_eq!(long.chars().count(), NAME_MAX);
        assert!(long.ends_with("x.pdf"));
        assert_eq!(clean_name(&format!("a.{}", "x".repeat(500))).chars().count(), NAME_MAX);
    }

    proptest! {
        #[test]
        fn a_clean_name_is_always_usable(name in any::<String>()) {
            let clean = clean_name(&name);
            prop_assert!(!clean.is_empty() && clean.chars().count() <= NAME_MAX);
            prop_assert!(!clean.contains(['/', '\\']) && !clean.chars().any(char::is_control));
            prop_assert_eq!(clean_name(&clean), clean);
        }
    }
}
