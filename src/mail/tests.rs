//! Every kind of notice in every language, as reviewed; and what no text may do.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use domain::policy::Policy;
use uuid::Uuid;

use super::{Envelope, Language, Letter, SAMPLES, Sample, Writer, compose, draft::Draft, pages};

fn writer() -> Writer {
    Writer::new(&in_zone("Europe/Budapest"), None).unwrap()
}

fn in_zone(name: &str) -> Policy {
    let time_zone = jiff::tz::TimeZone::get(name).unwrap();
    Policy { time_zone, time_zone_name: name.to_owned(), ..Policy::default() }
}

/// Compares with the reviewed file; with `UPDATE_SNAPSHOTS` set, writes it again.
#[expect(clippy::disallowed_methods, reason = "whether the reviewed files are to be written anew")]
fn reviewed(name: &str, now: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mail/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(before == now, "{name} is not as reviewed; UPDATE_SNAPSHOTS=1 writes it anew, to be reviewed");
}

fn draft(sample: Sample, language: Language) -> Draft {
    sample.draft(language, "https://claims.vendor.example")
}

// M1 M4
#[test]
fn every_kind_in_every_language_is_as_reviewed() {
    let writer = writer();
    for language in Language::ALL {
        let mut all = String::new();
        for sample in SAMPLES {
            let letter = writer.letter(&draft(sample, language)).unwrap();
            let Letter { subject, text, .. } = letter;
            let _ = write!(all, "=== {}\nSubject: {subject}\n\n{text}\n", sample.name());
        }
        reviewed(&format!("{}.txt", language.tag()), &all);
    }
}

// M1 M2 M5
#[test]
fn the_whole_message_is_as_reviewed() {
    let writer = writer();
    for (sample, language) in [(Sample::Consent, Language::Hungarian), (Sample::Digest, Language::English)] {
        let draft = draft(sample, language);
        let letter = writer.letter(&draft).unwrap();
        let envelope = Envelope {
            from: "Claims <claims@vendor.example>",
            to: "kim@contoso.example",
            notice_id: Uuid::from_u128(7),
            writing: 1,
            kind: draft.told.kind(),
            claim_id: (sample == Sample::Consent).then(|| Uuid::from_u128(8)),
            at: "2026-03-02T09:00:00Z".parse().unwrap(),
            host: "claims.vendor.example",
            unsubscribe: draft.unsubscribe_link.as_deref(),
        };
        let (message, id) = compose(&envelope, &letter).unwrap();
        assert_eq!(compose(&envelope, &letter).unwrap(), (message.clone(), id.clone()), "the same every time");
        assert_eq!(id, "<notice.00000000-0000-0000-0000-000000000007@claims.vendor.example>");
        // Optional mail can be turned off in one click, the rest not at all.
        assert_eq!(message.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), sample == Sample::Digest);
        assert_eq!(message.contains("In-Reply-To: <claim."), sample == Sample::Consent);
        assert!(message.find("text/plain").unwrap() < message.find("text/html").unwrap(), "text first");
        assert!(message.is_ascii() && message.lines().all(|line| line.len() <= 998));
        reviewed(&format!("{}.{}.eml", sample.name(), language.tag()), &message);
    }
}

// M4
#[test]
fn dates_are_written_as_each_language_does_with_the_zone_named() {
    let at = |zone: &str, language: Language, instant: &str| {
        Writer::new(&in_zone(zone), None).unwrap().instant(language, instant.parse().unwrap()).unwrap()
    };
    let midnight = "2026-03-09T23:00:00Z";
    let written = Language::ALL.map(|language| at("Europe/Budapest", language, midnight));
    reviewed("dates.txt", &format!("{}\n", written.join("\n")));
    let [english, turkish, hungarian, swedish] = written;
    assert!(english.contains("March 10, 2026") && english.contains("Central European Standard Time"), "{english}");
    assert!(turkish.contains("10 Mart 2026") && turkish.contains("Orta Avrupa Standart Saati"), "{turkish}");
    assert!(hungarian.contains("2026. március 10.") && hungarian.contains("közép-európai"), "{hungarian}");
    assert!(swedish.contains("10 mars 2026") && swedish.contains("centraleuropeisk normaltid"), "{swedish}");
    let summer = at("Europe/Stockholm", Language::English, "2026-07-01T10:30:00Z");
    assert!(summer.contains("12:30") && summer.contains("Central European Summer Time"), "{summer}");
    let utc = at("UTC", Language::English, "2026-03-10T00:00:00Z");
    assert!(utc.contains("00:00") && utc.contains("Coordinated Universal Time"), "{utc}");
}

// M4
#[test]
fn the_language_is_the_recipients_else_english() {
    for (tag, language) in [
        (Some("tr"), Language::Turkish),
        (Some("hu-HU"), Language::Hungarian),
        (Some("SV_se"), Language::Swedish),
        (Some("de"), Language::English),
        (None, Language::English),
    ] {
        assert_eq!(Language::of(tag), language);
    }
    for (header, language) in [
        (Some("de, hu;q=0.5, tr;q=0.8"), Language::Turkish),
        (Some("sv-SE,sv;q=0.9,en;q=0.8"), Language::Swedish),
        (Some("*;q=x,,;"), Language::English),
        (None, Language::English),
    ] {
        assert_eq!(Language::accepted(header), language, "{header:?}");
    }
}

// M3
#[test]
fn what_people_wrote_stays_text() {
    let mut draft = draft(Sample::Consent, Language::English);
    draft.names.partner = "<script>alert(1)</script>\r\nBcc: everybody@example.com".to_owned();
    let letter = writer().letter(&draft).unwrap();
    assert!(!letter.html.contains("<script>") && letter.html.contains("&lt;script&gt;"), "{}", letter.html);
    assert!(!letter.subject.contains(['\r', '\n']), "{:?}", letter.subject);
    let page = pages::Page::Decline { names: draft.names, until: "2026-03-10T00:00:00Z".parse().unwrap(), wrong: None };
    let html = pages::html(&writer(), Language::English, &page).unwrap();
    assert!(!html.contains("<script"), "{html}");
}

// M3 M4
#[test]
fn the_pages_are_as_reviewed() {
    let (writer, names) = (writer(), draft(Sample::Consent, Language::English).names);
    for language in Language::ALL {
        let until = "2026-03-09T23:00:00Z".parse().unwrap();
        let page = pages::Page::Decline { names: names.clone(), until, wrong: None };
        reviewed(&format!("decline.{}.html", language.tag()), &pages::html(&writer, language, &page).unwrap());
    }
    let declined = pages::html(&writer, Language::English, &pages::Page::Declined { names }).unwrap();
    reviewed("declined.en.html", &declined);
    reviewed("gone.en.html", &pages::html(&writer, Language::English, &pages::Page::Gone).unwrap());
}

// M3
#[test]
fn nothing_is_loaded_from_elsewhere() {
    let writer = writer();
    for language in Language::ALL {
        for sample in SAMPLES {
            let html = writer.letter(&draft(sample, language)).unwrap().html;
            assert!(!html.contains("src=") && !html.contains("url(") && !html.contains("<script"), "{html}");
            assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{}\">", language.tag())));
        }
    }
    assert!(pages::security_policy().starts_with("default-src 'none'; style-src 'sha256-"));
}

/// A folder of an operator's own files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cpor-mail-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content) in files {
        std::fs::write(folder.join(name), content).unwrap();
    }
    folder
}

#[test]
fn an_operators_templates_and_texts_replace_ours() {
    let own = folder("own", &[("notice.txt", "OWN {{ subject }}\n"), ("en.ftl", "approved-subject = Well done\n")]);
    let writer = Writer::new(&Policy::default(), Some(&own)).unwrap();
    writer.check().unwrap();
    let letter = writer.letter(&draft(Sample::Approved, Language::English)).unwrap();
    assert_eq!((letter.subject.as_str(), letter.text.as_str()), ("Well done", "OWN Well done\n"));
    let other = writer.letter(&draft(Sample::Approved, Language::Swedish)).unwrap();
    assert_eq!(other.subject, "Anspråk CPOR-7K3M-9Q2D har godkänts");
    std::fs::remove_dir_all(own).unwrap();
}

#[test]
fn a_missing_key_is_found_before_anything_is_sent() {
    for (name, file, content, named) in [
        ("variable", "notice.html", "{{ nonsense }}", "notice.html"),
        ("blank", "tr.ftl", "approved-lead = { $nobody }\n", "approved-lead"),
        (
            "endless",
            "notice.txt",
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            "fuel",
        ),
    ] {
        let own = folder(name, &[(file, content)]);
        let wrong = Writer::new(&Policy::default(), Some(&own)).unwrap().check().unwrap_err();
        assert!(wrong.0.contains(named), "{name}: {wrong:?}");
        std::fs::remove_dir_all(own).unwrap();
    }
    let own = folder("syntax", &[("notice.txt", "{% if %}"), ("hu.ftl", "= x")]);
    assert!(Writer::new(&Policy::default(), Some(&own)).is_err());
    std::fs::remove_dir_all(own).unwrap();
}
