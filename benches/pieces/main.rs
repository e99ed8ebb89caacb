//! What single pieces take, without a server or a database: a decision, a deadline, the hash chain, a token.
//! `docs/performance.md` says how to read the figures.
//!
//! ```sh
//! cargo bench --bench pieces
//! ```

mod rules;

use std::{collections::BTreeSet, hint::black_box};

use cpor::{
    auth::{Authenticator, Grant},
    config::{Identity, Secret},
};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use domain::{
    calendar::Calendar,
    caller::Actor,
    history::{Entry, Event},
    kinds::{HistoryAction, Role},
    lifecycle::{available, decide},
    policy::{Policy, Term},
    time::Timestamp,
};
use uuid::Uuid;

use rules::Scene;

criterion_group!(pieces, decisions, calendar, chain, tokens);
criterion_main!(pieces);

/// Commands as the server judges them once everything is loaded, and the actions that a claim offers.
fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    for scene in Scene::all() {
        // What is measured is what is meant.
        assert!(scene.decide().is_ok(), "{}", scene.name);
        group.bench_function(scene.name, |bench| {
            bench.iter_batched(
                || (scene.command.clone(), scene.given()),
                |(command, given)| decide(&scene.claim, command, &scene.caller, &given),
                BatchSize::SmallInput,
            );
        });
    }
    let scene = Scene::start_review();
    group.bench_function("available actions", |bench| {
        bench.iter(|| available(black_box(&scene.claim), &scene.caller, scene.now));
    });
    group.finish();
}

/// A policy with a dozen holidays a year for forty years.
fn with_holidays() -> Policy {
    let days =
        (2010..2050).flat_map(|year| (1..=12).map(move |month| jiff::civil::date(year, month, 1 + (month * 7) % 28)));
    Policy { holidays: days.collect::<BTreeSet<_>>(), ..Policy::default() }
}

/// Business days: the deadline of a claim, a term of a year, and how many days lie between two far instants.
fn calendar(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("calendar");
    let policy = with_holidays();
    let calendar = Calendar::new(&policy);
    let (start, end) = (rules::at("2026-03-02T09:00:00Z"), rules::at("2046-03-02T09:00:00Z"));
    for (name, days) in [("5 business days", 5), ("250 business days", 250)] {
        group.bench_function(name, |bench| bench.iter(|| calendar.due(black_box(start), Term::business(days))));
    }
    group.bench_function("business days of twenty years", |bench| {
        bench.iter(|| calendar.business_days_between(black_box(start), black_box(end)));
    });
    group.finish();
}

fn entry(seq: i32, at: Timestamp) -> Entry {
    let actor =
        Actor { subject: "rita@vendor.example".to_owned(), name: Some("Rita Moss".to_owned()), ..Actor::system() };
    let id = Uuid::from_u128(u128::try_from(seq).unwrap_or_default());
    let event = Event { comment_id: Some(id), ..Event::new(HistoryAction::Commented) };
    let comment_body = Some("The customer signed the statement of work on page 4.".to_owned());
    Entry { id, claim_id: Uuid::from_u128(1), seq, actor, at, event, comment_body }
}

/// Entries with a comment each, hashed one after the other: what `cpor verify` does and what every change pays.
fn chain(criterion: &mut Criterion) {
    const ENTRIES: u64 = 100;
    let mut group = criterion.benchmark_group("hash chain");
    let at = rules::at("2026-03-02T09:00:00Z");
    let entries: Vec<Entry> = (1..).take(100).map(|seq| entry(seq, at)).collect();
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("100 entries", |bench| {
        bench.iter(|| {
            entries.iter().fold(None, |previous: Option<String>, entry| Some(entry.hash(previous.as_deref())))
        });
    });
    group.finish();
}

/// A token of a partner's administrator, as every request brings it.
fn tokens(criterion: &mut Criterion) {
    let secret = Secret::from("a secret of the benchmark, which opens nothing else".to_owned());
    let Ok(identity) = Identity::of_secret(secret, "cpor", "cpor") else { return };
    let authenticator = Authenticator::new(&identity);
    let scopes = domain::caller::usable_scopes(Role::GlobalAdmin).to_vec();
    let grant = Grant {
        subject: "gil@alder-finch.example".to_owned(),
        name: Some("Gil Finch".to_owned()),
        roles: vec![Role::GlobalAdmin],
        scopes,
        partner_id: Some(Uuid::from_u128(1)),
        tenant_id: None,
        issued_at: 1_700_000_000,
        expires_at: 4_102_444_800,
        jti: Uuid::from_u128(1),
    };
    let token = authenticator.sign(&grant).unwrap_or_default();
    assert!(authenticator.authenticate_now(&token).is_ok());
    criterion.bench_function("token check", |bench| bench.iter(|| authenticator.authenticate_now(black_box(&token))));
}
