//! What callers see (A3, A4, A6), and what they may filter by.

use domain::{
    caller::Caller,
    claim::{Claim, Reviewer},
    deadline::Deadline,
    kinds::{ActorKind, ClaimStatus, CommentVisibility, DeadlineKind},
};
use entity::{
    association,
    column::{Micros, Word},
    comment,
};
use uuid::Uuid;

use super::world::{
    ADATUM, CONTOSO, ECLAIR, FABRIKAM, TEAMS, World, at, claim, customer_admin, directory_sync, partner_user, reviewer,
};
use crate::store::{
    claims::{self, ClaimFilter, ClaimRow, TimeRange, Wanted},
    comments::{self, CommentFilter},
    customers,
    page::PageRequest,
    partners,
    rows::Columns,
    subscriptions::{self, SubscriptionFilter},
};

const DRAFT: u128 = 1;
const SUBMITTED: u128 = 2;
const APPROVED: u128 = 3;
const RIVAL: u128 = 4;

/// Contoso's draft, submitted and approved claims on A. Datum, and Fabrikam's submitted one on Éclair.
async fn four(world: &World) {
    world.save(&claim(DRAFT, ClaimStatus::Editing)).await;
    let mut submitted = claim(SUBMITTED, ClaimStatus::Submitted);
    submitted.external_reference = Some("Größe_7".to_owned());
    submitted.deadline = Some(Deadline { kind: DeadlineKind::StartReview, started_at: at(2000), due_at: at(5000) });
    submitted.reviewer = Some(Reviewer { subject: "somebody".to_owned(), name: None });
    world.save(&submitted).await;
    world.save(&claim(APPROVED, ClaimStatus::Approved)).await;
    let rival = claim(RIVAL, ClaimStatus::Submitted);
    world.save(&Claim { partner_id: FABRIKAM, mpn_id: "200".to_owned(), tenant_id: ECLAIR, ..rival }).await;
}

async fn found(world: &World, caller: &Caller, filter: ClaimFilter) -> Vec<u128> {
    let all = [DRAFT, SUBMITTED, APPROVED, RIVAL].map(Uuid::from_u128);
    let order = claims::ClaimOrder { descending: false, ..claims::ClaimOrder::default() };
    let request = PageRequest::first(100);
    let page = claims::page(&world.db, caller, &filter, order, &request, Wanted::ROW).await.unwrap();
    let listed: Vec<Uuid> = page.items.iter().map(|(_, one)| one.claim().id).collect();
    let count = claims::count(&world.db, caller, &filter).await.unwrap();
    assert_eq!(count, listed.len() as u64);
    if filter == ClaimFilter::default() {
        let mut named = claims::by_ids(&world.db, caller, &all, Wanted::ROW).await.unwrap();
        named.sort_by_key(|one| one.claim().id);
        assert_eq!(named.iter().map(|one| one.claim().id).collect::<Vec<_>>(), listed);
    }
    listed.iter().map(Uuid::as_u128).collect()
}

fn words(text: &str) -> ClaimFilter {
    ClaimFilter { search: Some(text.to_owned()), ..ClaimFilter::default() }
}

#[tokio::test]
async fn every_side_sees_its_claims_and_what_hangs_on_them() {
    let world = World::new().await;
    four(&world).await;
    let everything = ClaimFilter::default;
    for (caller, seen, tenants, companies) in [
        (partner_user(CONTOSO), &[DRAFT, SUBMITTED, APPROVED][..], &[ADATUM][..], &[CONTOSO][..]),
        (partner_user(FABRIKAM), &[RIVAL], &[ECLAIR], &[FABRIKAM]),
        (reviewer(), &[SUBMITTED, APPROVED, RIVAL], &[ADATUM, ECLAIR], &[CONTOSO, FABRIKAM]),
        (directory_sync(), &[], &[ADATUM, ECLAIR], &[CONTOSO, FABRIKAM]),
        (customer_admin(ADATUM), &[APPROVED], &[ADATUM], &[CONTOSO]),
        (customer_admin(ECLAIR), &[], &[ECLAIR], &[]),
    ] {
        assert_eq!(found(&world, &caller, everything()).await, seen, "{caller:?}");
        let request = PageRequest::first(100);
        let page = customers::page(&world.db, &caller, None, &request).await.unwrap();
        assert_eq!(page.items.iter().map(|(_, one)| one.tenant_id).collect::<Vec<_>>(), tenants, "{caller:?}");
        let page = partners::page(&world.db, &caller, None, &request).await.unwrap();
        assert_eq!(page.items.iter().map(|(_, one)| one.id).collect::<Vec<_>>(), companies, "{caller:?}");
    }
}

#[tokio::test]
async fn a_search_takes_signs_and_capitals_as_they_are() {
    // L14
    let world = World::new().await;
    four(&world).await;
    let own = partner_user(CONTOSO);
    for (text, seen) in [
        ("claim 2", &[SUBMITTED][..]),
        ("  cpor-0000-0003\t", &[APPROVED]),
        ("GRÖSSE_7", &[SUBMITTED]),
        ("größe_7 DATUM.example", &[SUBMITTED]),
        ("größe%", &[]),
        ("100%", &[DRAFT, SUBMITTED, APPROVED]),
        ("10_%", &[]),
        ("\\", &[]),
        ("cla\0im", &[]),
        ("", &[DRAFT, SUBMITTED, APPROVED]),
    ] {
        assert_eq!(found(&world, &own, words(text)).await, seen, "{text:?}");
    }
    assert_eq!(found(&world, &partner_user(FABRIKAM), words("éclair_group")).await, [RIVAL]);
    // The external reference is the partner's own.
    assert_eq!(found(&world, &reviewer(), words("größe_7")).await, [0_u128; 0]);
    let long = "word ".repeat(10_000);
    assert_eq!(found(&world, &own, words(&long)).await, [0_u128; 0]);
}

#[tokio::test]
async fn nobody_filters_by_what_it_may_not_see() {
    // A3, A4
    let world = World::new().await;
    four(&world).await;
    let (own, review, tenant) = (partner_user(CONTOSO), reviewer(), customer_admin(ADATUM));
    let none = ClaimFilter::default;
    let range = Some(TimeRange { from: Some(at(0)), before: None });
    let cases: [(ClaimFilter, &[u128], &[u128]); 7] = [
        (ClaimFilter { external_reference: Some("Größe_7".to_owned()), ..none() }, &[SUBMITTED], &[]),
        (ClaimFilter { assigned_to_me: Some(true), ..none() }, &[], &[SUBMITTED]),
        (ClaimFilter { unassigned: Some(true), ..none() }, &[], &[APPROVED, RIVAL]),
        (ClaimFilter { overdue: Some((true, at(5000))), ..none() }, &[SUBMITTED], &[SUBMITTED]),
        (
            ClaimFilter { overdue: Some((false, at(4999))), ..none() },
            &[DRAFT, SUBMITTED, APPROVED],
            &[SUBMITTED, APPROVED, RIVAL],
        ),
        (ClaimFilter { due_at: range, ..none() }, &[SUBMITTED], &[SUBMITTED]),
        (ClaimFilter { in_arbitration: Some(true), ..none() }, &[], &[]),
    ];
    for (filter, partners, reviewers) in cases {
        assert_eq!(found(&world, &own, filter.clone()).await, partners, "{filter:?}");
        assert_eq!(found(&world, &review, filter.clone()).await, reviewers, "{filter:?}");
        assert_eq!(found(&world, &tenant, filter.clone()).await, [0_u128; 0], "{filter:?}");
    }
    let statistics = claims::statistics(&world.db, &review, &none(), at(5000)).await.unwrap();
    assert_eq!((statistics.total, statistics.overdue, statistics.approved, statistics.rejected), (3, 1, 1, 0));
}

#[tokio::test]
async fn the_other_filters_name_what_they_say() {
    let world = World::new().await;
    four(&world).await;
    let none = ClaimFilter::default;
    for (filter, seen) in [
        (ClaimFilter { ids: Some(Vec::new()), ..none() }, &[][..]),
        (ClaimFilter { ids: Some([2, 3, 9].map(Uuid::from_u128).to_vec()), ..none() }, &[SUBMITTED, APPROVED]),
        (ClaimFilter { number: Some("cpor oooo 0004".to_owned()), ..none() }, &[RIVAL]),
        (ClaimFilter { status: Some(vec![ClaimStatus::Approved]), ..none() }, &[APPROVED]),
        (ClaimFilter { tenant_id: Some(ECLAIR), ..none() }, &[RIVAL]),
        (ClaimFilter { partner_id: Some(CONTOSO), ..none() }, &[SUBMITTED, APPROVED]),
        (ClaimFilter { sku_id: Some(TEAMS), ..none() }, &[SUBMITTED, APPROVED, RIVAL]),
        (ClaimFilter { sku_id: Some(CONTOSO), ..none() }, &[]),
        (ClaimFilter { activity: Some(domain::kinds::Activity::Usage), ..none() }, &[SUBMITTED, APPROVED, RIVAL]),
        (ClaimFilter { activity: Some(domain::kinds::Activity::RevenueAssociation), ..none() }, &[]),
    ] {
        assert_eq!(found(&world, &reviewer(), filter.clone()).await, seen, "{filter:?}");
    }
}

#[tokio::test]
async fn internal_comments_stay_inside() {
    // K1
    use CommentVisibility::{Internal, Shared};
    let world = World::new().await;
    four(&world).await;
    for (id, claim, visibility) in [(1, SUBMITTED, Shared), (2, SUBMITTED, Internal), (3, APPROVED, Shared)] {
        let row = comment::Model {
            id: Uuid::from_u128(id),
            claim_id: Uuid::from_u128(claim),
            author_kind: Word(ActorKind::Reviewer),
            author_subject: "reviewer".to_owned(),
            author_name: None,
            body: "Hello".to_owned(),
            visibility: Word(visibility),
            created_at: Micros(at(0)),
        };
        world.insert::<comment::Entity>(row).await;
    }
    for (caller, seen, of_submitted) in [
        (partner_user(CONTOSO), &[1, 3][..], 1),
        (partner_user(FABRIKAM), &[], 0),
        (reviewer(), &[1, 2, 3], 2),
        (directory_sync(), &[], 0),
        (customer_admin(ADATUM), &[], 0),
    ] {
        let page = comments::page(&world.db, &caller, CommentFilter::default(), &PageRequest::first(100), Columns::ALL)
            .await
            .unwrap();
        assert_eq!(page.items.iter().map(|(_, one)| one.id.as_u128()).collect::<Vec<_>>(), seen, "{caller:?}");
        let ids = [Uuid::from_u128(SUBMITTED)];
        let claims = claims::by_ids(&world.db, &caller, &ids, Wanted::least()).await.unwrap();
        let claims: Vec<_> = claims.iter().map(ClaimRow::id).collect();
        let counts = comments::counts_of_claims(&world.db, &caller, &claims).await.unwrap();
        assert_eq!(counts.values().sum::<u64>(), of_submitted, "{caller:?}");
    }
}

#[tokio::test]
async fn a_subscription_is_seen_for_an_association_or_a_line() {
    // A6
    let world = World::new().await;
    let (held, named, other) = (
        world.subscription(0xe1, ADATUM, TEAMS).await,
        world.subscription(0xe2, ECLAIR, TEAMS).await,
        world.subscription(0xe3, ECLAIR, TEAMS).await,
    );
    world.save(&claim(APPROVED, ClaimStatus::Approved)).await;
    world
        .insert::<association::Entity>(association::Model {
            id: Uuid::from_u128(1),
            claim_id: Uuid::from_u128(APPROVED),
            line_id: Uuid::from_u128(0x1_0003),
            partner_id: CONTOSO,
            tenant_id: ADATUM,
            sku_id: TEAMS,
            subscription_id: None,
            subject: "workload".to_owned(),
            official: false,
            started_at: Micros(at(0)),
            ended_at: None,
        })
        .await;
    let mut submitted = claim(SUBMITTED, ClaimStatus::Submitted);
    submitted.lines[0].subscription_id = Some(named);
    world.save(&submitted).await;
    for (caller, listed, by_id) in [
        (partner_user(CONTOSO), vec![held], vec![held, named]),
        (partner_user(FABRIKAM), vec![], vec![]),
        (customer_admin(ECLAIR), vec![named, other], vec![named, other]),
        (reviewer(), vec![held, named, other], vec![held, named, other]),
    ] {
        let (filter, request) = (SubscriptionFilter::default(), PageRequest::first(100));
        let page = subscriptions::page(&world.db, &caller, &filter, &request).await.unwrap();
        assert_eq!(page.items.iter().map(|(_, one)| one.subscription_id).collect::<Vec<_>>(), listed, "{caller:?}");
        let found = subscriptions::by_ids(&world.db, &caller, &[held, named, other]).await.unwrap();
        let mut ids: Vec<Uuid> = found.iter().map(|one| one.subscription_id).collect();
        ids.sort();
        assert_eq!(ids, by_id, "{caller:?}");
    }
}

#[tokio::test]
async fn a_customer_is_found_by_tenant_and_domain_together() {
    // A6, E1
    let world = World::new().await;
    for (caller, tenant, domain, there) in [
        (partner_user(CONTOSO), ADATUM, " DATUM.example ", true),
        (partner_user(CONTOSO), ADATUM, "eclair.example", false),
        (partner_user(CONTOSO), ADATUM, "datum\0.example", false),
        (reviewer(), ECLAIR, "eclair.example", true),
        (customer_admin(ADATUM), ADATUM, "adatum.example", true),
        (customer_admin(ADATUM), ECLAIR, "eclair.example", false),
    ] {
        let found = customers::by_tenant_and_domain(&world.db, &caller, tenant, domain).await.unwrap();
        assert_eq!(found.map(|one| one.tenant_id), there.then_some(tenant), "{caller:?} {domain:?}");
    }
}
