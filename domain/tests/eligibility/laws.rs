//! What holds for every intent and all facts.

use domain::{
    claim::Subject,
    eligibility::{Subscription, check},
    kinds::{Activity, SolutionArea, SubscriptionChannel, SubscriptionStatus},
    problem::{Problem, ProblemCode},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;

use crate::world::*;

const SKUS: [Uuid; 4] = [SALES, FINANCE, TEAMS, EXCHANGE];
/// What the line of the second law claims; nothing else touches it.
const FREE_SKU: Uuid = Uuid::from_u128(0xE1);
const FREE_SUBSCRIPTION: Uuid = Uuid::from_u128(0xE2);

fn subscriptions() -> impl Strategy<Value = Vec<Subscription>> {
    let one = (
        select(&SKUS[..]),
        select(SubscriptionChannel::ALL),
        select(SubscriptionStatus::ALL),
        option::of((0..2_000_000).prop_map(at)),
    );
    let numbered = |(number, (sku_id, channel, status, ends_at))| Subscription {
        subscription_id: Uuid::from_u128(0xD0 + number),
        sku_id,
        channel,
        status,
        ends_at,
    };
    vec(one, 0..6).prop_map(move |all| (0_u128..).zip(all).map(numbered).collect())
}

fn typed() -> impl Strategy<Value = Option<String>> {
    let id = (0xD0..0xD8_u128).prop_map(|number| Uuid::from_u128(number).to_string());
    let noise = select(
        &["", " ", "nonsense", "00000000-0000-0000-0000-0000000000b1", "00000000-0000-0000-0000-0000000000c1"][..],
    );
    option::of(prop_oneof![id, noise.prop_map(ToOwned::to_owned)])
}

fn worlds() -> impl Strategy<Value = World> {
    let sku =
        prop_oneof![8 => select(&SKUS[..]).prop_map(Some), 1 => Just(Some(Uuid::from_u128(0xCF))), 1 => Just(None)];
    let claimed = vec((0xD0..0xD8_u128).prop_map(|number| Subject::Subscription(Uuid::from_u128(number))), 0..3);
    let parts = (
        select(SolutionArea::ALL),
        vec(select(Activity::ALL), 0..3),
        subscriptions(),
        vec((sku, typed()), 1..5),
        claimed,
        any::<bool>(),
    );
    parts.prop_map(|(area, activities, subscriptions, lines, claimed, located)| {
        let mut world =
            lines.into_iter().fold(World::new(area), |world, (sku, typed)| world.typed_line(sku, typed.as_deref()));
        world.intent.activities = activities;
        world.facts.subscriptions = subscriptions;
        world.facts.claimed.extend(claimed.into_iter().map(|subject| (subject, Uuid::nil())));
        world.facts.location = world.facts.location.filter(|_| located);
        world
    })
}

fn tenant_code(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::SubscriptionNotFound
            | ProblemCode::ProductNotOnTenant
            | ProblemCode::SubscriptionProductMismatch
            | ProblemCode::SubscriptionChannelNotEligible
            | ProblemCode::SubscriptionNotProvisioned
            | ProblemCode::SubscriptionNotActive
            | ProblemCode::SubscriptionAlreadyClaimed
            | ProblemCode::SubscriptionRequired
            | ProblemCode::DuplicateClaim
    )
}

proptest! {
    /// E1, A4: who does not know a domain of the tenant learns nothing, not even whether the tenant is there.
    #[test]
    fn an_unknown_tenant_and_a_wrong_domain_are_the_same(world in worlds(), facts in worlds()) {
        let mut unknown = world.clone();
        unknown.facts.domains = None;
        unknown.facts.subscriptions.clear();
        unknown.facts.claimed.clear();
        let mut wrong = world;
        "fabrikam.com".clone_into(&mut wrong.intent.domain);
        "fabrikam.com".clone_into(&mut unknown.intent.domain);
        wrong.facts.subscriptions = facts.facts.subscriptions;
        prop_assert_eq!(wrong.outcome(), unknown.outcome());
        prop_assert!(!wrong.outcome().problems.iter().any(|problem| tenant_code(problem.code)));
    }

    /// E: all problems at once, so a line that is in order takes none away and adds none.
    #[test]
    fn a_line_in_order_changes_nothing_else(world in worlds()) {
        let before = world.outcome();
        let area = world.intent.solution_area;
        let mut more = world.subscription(FREE_SUBSCRIPTION, FREE_SKU, WebDirect, Active).line(FREE_SKU);
        let product = domain::eligibility::Product { sku_id: FREE_SKU, name: "Free".to_owned(), solution_area: area };
        more.facts.products.insert(FREE_SKU, product);
        let after = more.outcome();
        prop_assert_eq!(after.problems, before.problems);
        prop_assert_eq!(after.refused, before.refused);
        let resolved = (area == BusinessApplications).then_some(FREE_SUBSCRIPTION);
        prop_assert_eq!(after.resolved, [before.resolved, vec![resolved]].concat());
    }

    /// The order in which the directory gives subscriptions shows nowhere.
    #[test]
    fn the_order_of_the_facts_does_not_matter(world in worlds()) {
        let mut turned = world.clone();
        turned.facts.subscriptions.reverse();
        prop_assert_eq!(turned.outcome(), world.outcome());
    }

    /// What refuses at once is part of what is told, and what a line stands for is one of the tenant's own.
    #[test]
    fn outcomes_are_consistent(world in worlds()) {
        let outcome = world.outcome();
        let told: Vec<&Problem> = outcome.problems.iter().collect();
        prop_assert!(outcome.refused.iter().all(|problem| told.contains(&problem)));
        for (line, resolved) in world.intent.lines.iter().zip(&outcome.resolved) {
            let fits = |id: &Uuid| world.facts.subscriptions.iter().any(|own| own.subscription_id == *id && Some(own.sku_id) == line.sku_id);
            prop_assert!(resolved.as_ref().is_none_or(fits));
        }
        // E8: at a later time nothing that was over is in order again.
        let later = check(&world.intent, &world.facts, at(1_999_999));
        let over = |problems: &[Problem]| problems.iter().filter(|problem| problem.code == ProblemCode::SubscriptionNotActive).count();
        prop_assert!(over(&later.problems) >= over(&outcome.problems));
    }
}
