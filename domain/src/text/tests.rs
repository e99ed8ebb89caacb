use proptest::prelude::*;

use super::*;

fn field_of<T>(result: Result<T, Problem>) -> Option<String> {
    result.err().and_then(|problem| problem.field).map(|field| field.join("/"))
}

#[test]
fn text_is_trimmed_and_line_breaks_are_plain() {
    // L13
    assert_eq!(
        required("name", " \u{a0}Contoso\r\nrollout\tone \r\n", NAME_MAX),
        Ok("Contoso\nrollout\tone".to_owned())
    );
    assert_eq!(optional("title", Some(" \t\r\n "), NAME_MAX), Ok(None));
    assert_eq!(optional("title", None, NAME_MAX), Ok(None));
    assert_eq!(optional("title", Some(" x "), NAME_MAX), Ok(Some("x".to_owned())));
}

#[test]
fn blank_is_refused_only_where_text_is_required() {
    // L13
    for blank in ["", "  ", "\r\n\t", "\u{3000}"] {
        assert_eq!(field_of(required("partnerContact.name", blank, NAME_MAX)).as_deref(), Some("partnerContact/name"));
    }
}

#[test]
fn control_characters_are_refused_even_at_the_edges() {
    // L13: NUL, other C0, lone CR, DEL, C1 (NEL counts as white space for trim)
    for control in ['\0', '\u{1}', '\u{b}', '\u{c}', '\r', '\u{1b}', '\u{7f}', '\u{80}', '\u{85}', '\u{9f}'] {
        for text in [format!("a{control}b"), format!("{control}b"), format!("a{control}")] {
            assert_eq!(field_of(required("name", &text, NAME_MAX)).as_deref(), Some("name"), "{control:?}");
            assert_eq!(field_of(optional("name", Some(&text), NAME_MAX)).as_deref(), Some("name"), "{control:?}");
        }
    }
}

#[test]
fn the_limit_counts_characters_after_trimming() {
    // L13
    let full = "ü".repeat(NAME_MAX);
    assert_eq!(required("name", &format!("  {full}  "), NAME_MAX), Ok(full.clone()));
    assert_eq!(field_of(required("name", &format!("{full}x"), NAME_MAX)).as_deref(), Some("name"));
    let long = "x".repeat(LONG_MAX);
    assert_eq!(required("body", &long, LONG_MAX), Ok(long.clone()));
    assert!(required("body", &format!("{long}x"), LONG_MAX).is_err());
}

#[test]
fn email_addresses_are_checked_for_form() {
    // L13
    for good in ["ana@contoso.com", "ana.o'neil+cpor@mail.contoso.co.uk", "müller@bücher.example", " ana@contoso.com "]
    {
        assert_eq!(email("email", good), Ok(good.trim().to_owned()), "{good}");
    }
    let bad = [
        "",
        "ana",
        "ana@",
        "@contoso.com",
        "ana@contoso",
        "ana@@contoso.com",
        "ana@contoso..com",
        "ana@.com",
        "Ana <ana@contoso.com>",
        "<ana@contoso.com>",
        "ana@[127.0.0.1]",
        "ana@contoso.com, bob@contoso.com",
        "ana@contoso.com\nbcc: eve@evil.example",
        "ana @contoso.com",
        "a.@contoso.com",
        "ana@-contoso.com",
    ];
    for bad in bad {
        assert_eq!(field_of(email("email", bad)).as_deref(), Some("email"), "{bad}");
    }
    assert!(email("email", &format!("ana@{}.com", "abcdefgh.".repeat(25))).is_err());
}

#[test]
fn a_contact_tells_all_that_is_wrong_with_it() {
    // L13
    let typed = Contact {
        name: " ".to_owned(),
        title: Some("\0".to_owned()),
        email: "nobody".to_owned(),
        phone: Some("1".repeat(NAME_MAX + 1)),
    };
    let fields = contact("customerContact", &typed).map_err(|problems| {
        problems.into_iter().filter_map(|problem| problem.field).map(|field| field.join("/")).collect::<Vec<_>>()
    });
    let all = ["name", "title", "email", "phone"].map(|field| format!("customerContact/{field}"));
    assert_eq!(fields, Err(all.to_vec()));

    let typed = Contact {
        name: " Ana ".to_owned(),
        title: Some(" ".to_owned()),
        email: " ana@contoso.com".to_owned(),
        phone: Some("+1 555 0100 ".to_owned()),
    };
    let clean = Contact {
        name: "Ana".to_owned(),
        title: None,
        email: "ana@contoso.com".to_owned(),
        phone: Some("+1 555 0100".to_owned()),
    };
    assert_eq!(contact("customerContact", &typed), Ok(clean));
}

#[test]
fn idempotency_keys_are_opaque_but_bounded() {
    // J1
    assert_eq!(idempotency_key(" a key "), Ok(()));
    assert_eq!(idempotency_key(&"k".repeat(KEY_MAX)), Ok(()));
    for bad in [String::new(), "k".repeat(KEY_MAX + 1), "a\nb".to_owned(), "a\0b".to_owned()] {
        assert_eq!(field_of(idempotency_key(&bad)).as_deref(), Some("idempotencyKey"));
    }
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in any::<String>()) {
        if let Ok(once) = required("name", &text, LONG_MAX) {
            prop_assert_eq!(required("name", &once, LONG_MAX), Ok(once.clone()));
            prop_assert!(!once.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
