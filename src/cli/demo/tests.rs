//! The sample keeps what its README promises.

mod by_hand;
mod states;

use std::{collections::HashSet, path::PathBuf};

use domain::{
    directory::{CustomerRow, PartnerRow, ProductRow, SubscriptionRow},
    kinds::{Role, SubscriptionChannel, SubscriptionStatus},
    patch::Patch,
};

use super::{
    cast::{self, CAST},
    samples::SAMPLES,
    *,
};
use crate::{
    app::App,
    cli::import::{Format, Noun, rows},
    server::{self, Purpose},
};

/// An empty demo in a new folder, which the caller removes.
async fn empty() -> (App, PathBuf) {
    let folder = std::env::temp_dir().join(format!("cpor-sample-{}", crate::ids::new()));
    let path = folder.display();
    let storage = StorageOptions {
        database_url: format!("sqlite://{path}/cpor.db"),
        documents: format!("file://{path}/documents"),
        policy: None,
    };
    (server::open(&storage, None, true, Purpose::Sandbox).await.unwrap(), folder)
}

fn file<R: Noun>(text: &str) -> Vec<R> {
    let all = rows::<R>(Format::Csv, text.as_bytes()).unwrap();
    all.map(|entry| entry.unwrap().row.unwrap().check().unwrap()).collect()
}

#[test]
fn the_sample_directory_is_whole() {
    let products: HashSet<_> =
        file::<ProductRow>(include_str!("../../../data/products.csv")).into_iter().map(|row| row.sku_id).collect();
    let customers: HashSet<_> =
        file::<CustomerRow>(include_str!("../../../data/customers.csv")).into_iter().map(|row| row.tenant_id).collect();
    let partners = file::<PartnerRow>(include_str!("../../../data/partners.csv"));
    let subscriptions = file::<SubscriptionRow>(include_str!("../../../data/subscriptions.csv"));
    assert_eq!(products.len(), 256, "C1");
    assert!(subscriptions.iter().all(|row| products.contains(&row.sku_id) && customers.contains(&row.tenant_id)));
    for channel in SubscriptionChannel::ALL {
        assert!(subscriptions.iter().any(|row| row.channel == *channel), "{channel}");
    }
    for status in SubscriptionStatus::ALL {
        assert!(subscriptions.iter().any(|row| row.status == *status), "{status}");
    }
    let locations: Vec<_> = partners.iter().flat_map(|row| &row.locations).collect();
    assert!(locations.iter().any(|location| location.enrolled_programs.is_empty()));
    assert!(locations.iter().any(|location| location.partner_type.is_some()), "C5");
    for sample in &SAMPLES {
        let input = sample.input();
        let Patch::Set(lines) = &input.lines else { panic!("{} has no lines", sample.reference) };
        assert!(lines.iter().all(|line| line.sku_id.is_some_and(|id| products.contains(&id))), "{}", sample.reference);
        for typed in lines.iter().filter_map(|line| line.typed.as_ref()) {
            let row = subscriptions.iter().find(|row| row.subscription_id.to_string() == *typed).unwrap();
            assert_eq!((row.tenant_id, Some(row.sku_id)), (input.tenant_id, lines[0].sku_id), "{}", sample.reference);
        }
    }
}

#[test]
fn everybody_has_a_token_that_is_taken() {
    let identity = Identity::of_secret("0123456789abcdef0123456789abcdef".into(), ISSUER, ISSUER).unwrap();
    let tokens = tokens(&identity).unwrap();
    for role in Role::ALL {
        assert!(CAST.iter().any(|person| person.role == *role), "{role}");
    }
    for (person, token) in tokens {
        let caller = Authenticator::new(&identity).authenticate_now(&token).unwrap().caller;
        assert_eq!(*caller, person.caller().unwrap());
    }
    assert_eq!(cast::subscription(0x109).to_string(), "30000000-0000-4000-8000-000000000109");
}

#[test]
fn the_last_sample_cannot_be_undone() {
    // What tells that all were made must be a claim that nobody can delete or give another reference.
    assert!(SAMPLES.last().is_some_and(|last| last.goal == claims::Goal::Approved));
}

#[test]
fn the_welcome_is_short_and_names_everybody_and_no_token() {
    let address = SocketAddr::from(([127, 0, 0, 1], 8080));
    let text = welcome::text(address, Path::new(FOLDER), Path::new("tokens.env"), TOKEN_DAYS, true);
    assert!(text.lines().count() <= 18, "{text}");
    for person in &CAST {
        let line = text.lines().find(|line| line.contains(&format!(" {} ", person.variable))).unwrap();
        assert!(line.contains(person.name), "{line}");
        assert!(welcome::TRIES.iter().any(|(variable, tries)| *variable == person.variable && line.ends_with(tries)));
    }
    for word in
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|word| word.starts_with("SAMPLE-"))
    {
        assert!(SAMPLES.iter().any(|sample| sample.reference == word), "{word}");
    }
    assert!(text.contains("  . ./tokens.env\n") && text.ends_with("Ctrl-C stops the demo."), "{text}");
}

#[test]
fn the_first_page_reads_the_people_with_their_tokens() {
    let people = welcome::people(&[(cast::REVIEWER, "t".to_owned())]);
    let people: serde_json::Value = serde_json::from_str(&people).unwrap();
    let rita = &people["people"][0];
    assert_eq!((&rita["key"], &rita["role"]), (&"REVIEWER".into(), &"REVIEWER".into()));
    assert_eq!((&rita["name"], &rita["token"]), (&"Rita Moss".into(), &"t".into()));
}

#[test]
fn the_proof_is_a_pdf_whose_table_is_right() {
    let file = pdf::page(&["Proof (of) \\ execution", "Ümlaut"]);
    assert_eq!(crate::documents::media_type::detect(&file), Some(domain::proof::PDF));
    let text = String::from_utf8(file).unwrap();
    let start: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    assert!(text[start..].starts_with("xref\n0 6\n"));
    for (number, line) in (1..=5).zip(text[start..].lines().skip(3)) {
        let place: usize = line[..10].parse().unwrap();
        assert!(text[place..].starts_with(&format!("{number} 0 obj\n")));
    }
}

#[test]
fn a_secret_is_made_once() {
    let folder = std::env::temp_dir().join(format!("cpor-secret-{}", crate::ids::new()));
    secret::folder(&folder).unwrap();
    let path = folder.join("secret");
    let first = secret::secret(&path).unwrap();
    assert!(secret::secret(&path).unwrap() == first && first.as_bytes().len() == 64);
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777,
        0o600
    );
    std::fs::remove_dir_all(folder).unwrap();
}
