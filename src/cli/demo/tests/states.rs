//! The tables of the sample claims in `data/README.md`: every status, and what takes time or a rival to come about.

use std::time::Duration;

use domain::{
    claim::Claim,
    kinds::{
        ArbitrationStatus, ClaimAction, ClaimStatus, ConsentStatus, DeadlineKind, DisputeStatus, EvaluationStatus, Role,
    },
    lifecycle,
};

use super::{
    super::{
        cast::{ALDER_ADMIN, BRIGHTWATER_ADMIN, CAST, Person, REVIEWER},
        stage::load_sample,
    },
    empty,
};
use crate::{
    app::App,
    store::{
        self,
        arbitrations::ArbitrationFilter,
        claims::{ClaimFilter, ClaimOrder, Wanted},
        page::PageRequest,
    },
};

fn of_role(role: Role) -> Person {
    *CAST.iter().find(|person| person.role == role).unwrap()
}

async fn claims(app: &App, person: Person, filter: ClaimFilter) -> Vec<Claim> {
    let caller = person.caller().unwrap();
    let request = PageRequest::first(50);
    let page = store::claims::page(app.db(), &caller, &filter, ClaimOrder::default(), &request, Wanted::ROW).await;
    page.unwrap().items.into_iter().map(|(_, row)| row.into_claim()).collect()
}

/// The sample of this reference, as its partner sees it.
async fn sample(app: &App, reference: &str) -> Claim {
    let by = if reference.contains("-A") { ALDER_ADMIN } else { BRIGHTWATER_ADMIN };
    let filter = ClaimFilter { external_reference: Some(reference.to_owned()), ..ClaimFilter::default() };
    claims(app, by, filter).await.pop().unwrap()
}

fn references(claims: &[Claim]) -> Vec<&str> {
    let mut found: Vec<_> = claims.iter().filter_map(|claim| claim.external_reference.as_deref()).collect();
    found.sort_unstable();
    found
}

fn may(claim: &Claim, role: Role, action: ClaimAction, app: &App) -> bool {
    lifecycle::available(claim, &of_role(role).caller().unwrap(), app.now()).contains(&action)
}

/// What the demo has to show.
async fn is_on_show(app: &App) {
    for person in [ALDER_ADMIN, BRIGHTWATER_ADMIN] {
        let mut found: Vec<_> =
            claims(app, person, ClaimFilter::default()).await.iter().map(|claim| claim.status).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, ClaimStatus::ALL, "{}", person.company);
    }
    consents(app).await;
    arbitration(app).await;
    disputes(app).await;
    overdue_review(app).await;
    assert_eq!(app.verify(|_| ()).await.unwrap().broken, None);
}

/// N2, N4, I1
async fn consents(app: &App) {
    let runs = sample(app, "SAMPLE-A6").await;
    assert!(runs.consent_is_open(app.now()));
    assert_eq!(runs.evaluation.unwrap().status, EvaluationStatus::WaitingForConsent);
    assert!(may(&runs, Role::CustomerAdmin, ClaimAction::DeclineConsent, app));
    let lapsed = sample(app, "SAMPLE-A7").await;
    assert_eq!(lapsed.consent.as_ref().unwrap().status, ConsentStatus::GrantedByLapse);
    assert_eq!(lapsed.evaluation.unwrap().status, EvaluationStatus::Sent);
    let caller = ALDER_ADMIN.caller().unwrap();
    let found = store::associations::page(
        app.db(),
        &caller,
        store::associations::AssociationFilter::default(),
        &PageRequest::first(50),
    )
    .await
    .unwrap();
    let official = |claim: &Claim| {
        let of_claim = found.items.iter().find(|(_, association)| association.claim_id == claim.id);
        of_claim.map(|(_, association)| association.official)
    };
    assert_eq!((official(&runs), official(&lapsed)), (Some(false), Some(true)));
}

/// X1, X5
async fn arbitration(app: &App) {
    let lead = of_role(Role::ReviewLead).caller().unwrap();
    let open = ArbitrationFilter { status: Some(ArbitrationStatus::Open), ..ArbitrationFilter::default() };
    let found = store::arbitrations::page(app.db(), &lead, open, &PageRequest::first(50)).await.unwrap().items;
    assert_eq!(found.len(), 1);
    let parties = store::arbitrations::parties(app.db(), &lead, &[found[0].1.id], Wanted::ROW).await.unwrap();
    let parties: Vec<Claim> = parties[&found[0].1.id].iter().map(|row| row.claim().clone()).collect();
    assert_eq!(references(&parties), ["SAMPLE-A8", "SAMPLE-B7"]);
    let (rival, incumbent) = (sample(app, "SAMPLE-A8").await, sample(app, "SAMPLE-B7").await);
    assert_eq!((rival.status, incumbent.status), (ClaimStatus::UnderReview, ClaimStatus::Approved));
    assert_ne!(rival.partner_id, incumbent.partner_id);
    assert!(may(&rival, Role::ReviewLead, ClaimAction::AwardArbitration, app));
}

/// D1, D2
async fn disputes(app: &App) {
    let disputed = sample(app, "SAMPLE-A9").await;
    assert_eq!(disputed.dispute.as_ref().unwrap().status, DisputeStatus::Open);
    assert_eq!((disputed.status, &disputed.reviewer), (ClaimStatus::UnderReview, &None));
    assert!(may(&disputed, Role::ReviewLead, ClaimAction::Approve, app));
    assert!(!may(&disputed, Role::Reviewer, ClaimAction::Approve, app));
    for reference in ["SAMPLE-A5", "SAMPLE-B5"] {
        assert!(sample(app, reference).await.is_disputable(app.now()), "{reference}");
    }
}

/// T2
async fn overdue_review(app: &App) {
    let filter = ClaimFilter { overdue: Some((true, app.now())), ..ClaimFilter::default() };
    let late = claims(app, REVIEWER, filter).await;
    assert_eq!(references(&late), ["SAMPLE-B8"]);
    assert_eq!(late[0].deadline.unwrap().kind, DeadlineKind::Decide);
    assert!(late[0].missed_at.is_some() && late[0].status == ClaimStatus::UnderReview);
}

#[tokio::test]
async fn every_state_is_on_show_and_a_second_start_changes_nothing() {
    let (app, folder) = empty().await;
    assert!(load_sample(&app).await.unwrap());
    is_on_show(&app).await;
    let before = app.clock().offset();
    assert!(!load_sample(&app).await.unwrap(), "a second start loads nothing");
    assert_eq!(app.clock().offset(), before, "nor does it move the clock");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_loading_that_is_cut_short_goes_on_at_the_next_start() {
    let (app, folder) = empty().await;
    let mut delay = Duration::from_millis(5);
    let mut starts = 1;
    while tokio::time::timeout(delay, load_sample(&app)).await.map(Result::unwrap).is_err() {
        delay = delay.mul_f64(1.2);
        starts += 1;
    }
    assert!(starts > 1, "nothing was cut short");
    is_on_show(&app).await;
    assert!(!load_sample(&app).await.unwrap());
    std::fs::remove_dir_all(folder).unwrap();
}
