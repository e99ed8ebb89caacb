//! The facts of eligibility (E).

use domain::{
    claim::Subject,
    eligibility::Intent,
    kinds::{ClaimStatus, IncentiveProgram, LineOutcome},
};
use uuid::Uuid;

use super::world::{ADATUM, CONTOSO, ECLAIR, SALES, TEAMS, World, claim};
use crate::store::eligibility::facts;

#[tokio::test]
async fn facts_are_gathered_in_five_statements_for_any_number_of_intents() {
    let world = World::new().await;
    let teams = world.subscription(0xe1, ADATUM, TEAMS).await;
    world.subscription(0xe2, ADATUM, SALES).await;
    world.subscription(0xe3, ECLAIR, TEAMS).await;
    let mine = claim(1, ClaimStatus::Editing);
    world.save(&mine).await;
    let mut known = Intent::of(&mine);
    known.lines[0].typed = Some(SALES.to_string());
    let mut unknown = known.clone();
    (unknown.tenant_id, unknown.mpn_id) = (CONTOSO, "1\0".to_owned());
    world.statements();
    let all = facts(&world.db, &[known, unknown]).await.unwrap();
    assert_eq!(world.statements(), 5);
    let domains: Vec<&str> = ["adatum.example", "datum.example"].to_vec();
    let mut verified: Vec<&str> = all[0].domains.iter().flatten().map(String::as_str).collect();
    verified.sort_unstable();
    assert_eq!(verified, domains);
    let location = all[0].location.as_ref().unwrap();
    assert_eq!(location.enrolled, [IncentiveProgram::OsaSell, IncentiveProgram::OsuMicrosoft365]);
    assert_eq!(all[0].products.keys().collect::<Vec<_>>(), [&TEAMS]);
    assert_eq!(all[0].sku_ids.iter().collect::<Vec<_>>(), [&SALES]);
    assert_eq!(all[0].subscriptions.iter().map(|one| one.subscription_id).collect::<Vec<_>>(), [teams]);
    assert_eq!((&all[1].domains, &all[1].location), (&None, &None));
    assert!(all[1].subscriptions.is_empty());
}

#[tokio::test]
async fn only_other_live_claims_of_the_partner_count() {
    // E9, E15
    let world = World::new().await;
    let subject = Subject::Workload { tenant_id: ADATUM, sku_id: TEAMS };
    for (id, status, outcome, counts) in [
        (1, ClaimStatus::Editing, LineOutcome::Pending, false),
        (2, ClaimStatus::Submitted, LineOutcome::Pending, true),
        (3, ClaimStatus::UnderReview, LineOutcome::Lost, false),
        (4, ClaimStatus::PartnerActionRequired, LineOutcome::Won, true),
        (5, ClaimStatus::Approved, LineOutcome::Won, false),
        (6, ClaimStatus::Rejected, LineOutcome::Pending, false),
    ] {
        let world = World::new().await;
        let mut other = claim(id, status);
        other.lines[0].outcome = outcome;
        world.save(&other).await;
        let mut intent = Intent::of(&claim(9, ClaimStatus::Editing));
        let found = facts(&world.db, std::slice::from_ref(&intent)).await.unwrap();
        assert_eq!(found[0].claimed.contains_key(&subject), counts, "{status}");
        intent.claim_id = Some(Uuid::from_u128(id));
        let found = facts(&world.db, std::slice::from_ref(&intent)).await.unwrap();
        assert!(found[0].claimed.is_empty(), "its own");
    }
    drop(world);
}
