//! New drafts: who claims what, on subjects that are free or, where a rival is wanted, on one that is not.

use std::sync::{Mutex, PoisonError};

use domain::{
    caller::Caller,
    catalogue,
    claim::{Claim, Contact, Subject},
    directory::{PartnerRow, SubscriptionRow},
    eligibility,
    kinds::{
        Activity::{self, Presales, RevenueAssociation, Usage},
        SolutionArea::{self, BusinessApplications, Microsoft365},
        SubscriptionChannel::{Csp, VolumeLicensing, WebDirect},
        SubscriptionStatus::{Active, Expired, InGrace},
    },
    lifecycle::{self, ClaimContent, Edited, Ids, NewLine},
    number::claim_number,
    patch::Patch,
    problem::Problem,
};
use uuid::Uuid;

use super::{
    plot::Ending,
    span::{begin, later},
    stage::Stage,
    step::facts,
    words, world,
};

/// The sets of activities of Business Applications (C4b).
const BUSINESS: [&[Activity]; 4] = [&[Usage], &[Presales], &[Presales, Usage], &[RevenueAssociation]];

/// How often a free product is looked for before a new subscription is made.
const TRIES: u32 = 8;

/// What a draft is about.
struct Wanted {
    area: SolutionArea,
    lines: Vec<(Uuid, Option<Uuid>)>,
}

/// Makes the draft with this number and returns it with its author.
///
/// # Errors
/// The problems that refuse it, which means that the generator is wrong.
pub(super) fn make(stage: &mut Stage<'_>, number: u64, ending: Ending) -> Result<(Claim, Caller), Vec<Problem>> {
    let world = stage.world;
    let no_partner = || vec![Problem::not_found("partner", "partners")];
    let partner = world.some_partner(&mut stage.dice).ok_or_else(no_partner)?;
    let rival = if ending.seeks_rival() { contested(stage, partner) } else { None };
    let wanted = rival.unwrap_or_else(|| free(stage, partner, ending));
    let activities: &[Activity] = match wanted.area {
        Microsoft365 => &[Usage],
        BusinessApplications => stage.dice.pick(&BUSINESS).copied().unwrap_or(&[Usage]),
    };
    let admin = stage.dice.number();
    let by = world::admin(partner, admin);
    let now = stage.now;
    let claim_number = claim_number(scattered(number.wrapping_add(world.first_number())));
    let content = content(stage, partner, number, activities, &wanted);
    let dice = Mutex::new(&mut stage.dice);
    let ids = || dice.lock().unwrap_or_else(PoisonError::into_inner).id(now);
    let Edited { mut claim, intent } = lifecycle::create(partner.partner_id, content, claim_number, now, Ids(&ids))?;
    let outcome = eligibility::check(&intent, &facts(stage, &intent), now);
    lifecycle::judge_draft(&claim, &outcome, None)?;
    claim.version = 1;
    Ok((claim, by))
}

/// A number of 40 bits for each number below 2^40, never the same one twice (L12): each step can be undone.
fn scattered(number: u64) -> u64 {
    const MASK: u64 = (1 << 40) - 1;
    let mut mixed = number & MASK;
    for odd in [0x9e_3779_b97f_u64 | 1, 0xbf_5847_6d1d, 0x94_d049_bb13] {
        mixed = mixed.wrapping_mul(odd) & MASK;
        mixed ^= mixed >> 21;
    }
    mixed
}

fn content(
    stage: &mut Stage<'_>,
    partner: &PartnerRow,
    number: u64,
    activities: &[Activity],
    wanted: &Wanted,
) -> ClaimContent {
    let programs = catalogue::programs(wanted.area, activities);
    let enrolled: Vec<&str> = partner
        .locations
        .iter()
        .filter(|location| programs.iter().all(|program| location.enrolled_programs.contains(program)))
        .map(|location| location.mpn_id.as_str())
        .collect();
    let mpn_id = stage.dice.pick(&enrolled).copied().unwrap_or_default().to_owned();
    let product = wanted.lines.first().and_then(|(sku_id, _)| stage.world.product(*sku_id));
    let product = product.map_or("", |product| product.name.as_str());
    let (work, unit) = (stage.dice.pick(&words::WORK), stage.dice.pick(&words::UNITS));
    let name = format!("{product}: {} for {}", work.unwrap_or(&""), unit.unwrap_or(&""));
    let domain = stage.customer.domain.clone();
    let host = format!("partner{}.example", partner.locations.first().map_or("", |location| location.mpn_id.as_str()));
    let dice = &mut stage.dice;
    let associates = activities.contains(&RevenueAssociation);
    let seller = associates.then(|| Patch::Set(world::person(dice)));
    let reference = dice.chance(34).then(|| format!("PO-{number:08}"));
    let (tenant_id, area) = (stage.customer.tenant_id, wanted.area);
    ClaimContent {
        name: name.chars().take(200).collect(),
        external_reference: reference,
        mpn_id,
        lines: Patch::Set(wanted.lines.iter().map(new_line).collect()),
        customer_contact: Patch::Set(contact(dice, "Head of IT", &domain)),
        technical_contact: Patch::Set(contact(dice, "Systems engineer", &domain)),
        partner_contact: Patch::Set(contact(dice, "Engagement manager", &host)),
        domain,
        activities: activities.to_vec(),
        solution_seller: seller.unwrap_or_default(),
        partner_solution: if associates { Patch::Set("Finance Accelerator".to_owned()) } else { Patch::default() },
        ..ClaimContent::about(tenant_id, area)
    }
}

fn new_line((sku_id, subscription): &(Uuid, Option<Uuid>)) -> NewLine {
    NewLine { sku_id: Some(*sku_id), typed: subscription.map(|id| id.to_string()) }
}

fn contact(dice: &mut crate::ids::Seeded, title: &str, host: &str) -> Contact {
    let name = world::person(dice);
    let email = format!("{}@{host}", name.to_lowercase().replace(' ', "."));
    Contact { name, title: Some(title.to_owned()), email, phone: None }
}

/// A subject that another partner's claim contends for now, if there is one.
fn contested(stage: &mut Stage<'_>, partner: &PartnerRow) -> Option<Wanted> {
    let others = stage.claims.values().map(|kept| &kept.claim).filter(|claim| claim.partner_id != partner.partner_id);
    let lines = others.flat_map(|claim| {
        let contends = claim.lines.iter().filter(|line| claim.contends(line));
        contends.map(|line| (claim.solution_area, line.sku_id, line.subscription_id))
    });
    let lines: Vec<_> = lines.collect();
    let (area, sku_id, subscription) = *stage.dice.pick(&lines)?;
    let subject = Subject::of(area, stage.customer.tenant_id, sku_id, subscription)?;
    let mine = stage.is_claimed(&subject, Uuid::nil(), |claim| claim.partner_id == partner.partner_id);
    (!mine).then(|| Wanted { area, lines: vec![(sku_id, subscription)] })
}

/// One or two products that no live claim is on.
fn free(stage: &mut Stage<'_>, partner: &PartnerRow, ending: Ending) -> Wanted {
    let one = ending == Ending::Ended;
    let area = if one || stage.dice.chance(50) { BusinessApplications } else { Microsoft365 };
    let count = if one { 1 } else { 1 + stage.dice.below(2) };
    let mut lines: Vec<(Uuid, Option<Uuid>)> = Vec::new();
    if area == Microsoft365 {
        for _ in 0..TRIES {
            if lines.len() < usize::try_from(count).unwrap_or(1) {
                lines.extend(free_workload(stage, partner, &lines));
            }
        }
        if !lines.is_empty() {
            return Wanted { area, lines };
        }
    }
    for _ in 0..count {
        lines.extend(new_subscription(stage, BusinessApplications).map(|(sku_id, id)| (sku_id, Some(id))));
    }
    Wanted { area: BusinessApplications, lines }
}

/// A workload that no live claim is on: one that the customer has a subscription to, or a new one.
fn free_workload(
    stage: &mut Stage<'_>,
    partner: &PartnerRow,
    chosen: &[(Uuid, Option<Uuid>)],
) -> Option<(Uuid, Option<Uuid>)> {
    let tenant_id = stage.customer.tenant_id;
    let sku_id = stage.dice.pick(&stage.world.of_area(Microsoft365))?.sku_id;
    let subject = Subject::Workload { tenant_id, sku_id };
    let drafted =
        |claim: &Claim| claim.partner_id == partner.partner_id && claim.lines.iter().any(|l| l.sku_id == sku_id);
    let taken = chosen.iter().any(|(chosen, _)| *chosen == sku_id)
        || stage.is_claimed(&subject, Uuid::nil(), |_| true)
        || stage.claims.values().any(|kept| drafted(&kept.claim));
    if taken {
        return None;
    }
    let usable = |row: &SubscriptionRow| row.sku_id == sku_id && matches!(row.status, Active | InGrace);
    if !stage.subscriptions.iter().any(usable) {
        subscribe(stage, sku_id);
    }
    Some((sku_id, None))
}

/// A new subscription of the customer to a product of the area.
fn new_subscription(stage: &mut Stage<'_>, area: SolutionArea) -> Option<(Uuid, Uuid)> {
    let sku_id = stage.dice.pick(&stage.world.of_area(area))?.sku_id;
    Some((sku_id, subscribe(stage, sku_id)))
}

fn subscribe(stage: &mut Stage<'_>, sku_id: Uuid) -> Uuid {
    let dice = &mut stage.dice;
    let id = dice.id(begin());
    let seats = i32::try_from(5 + dice.below(500)).unwrap_or(5);
    let row = SubscriptionRow {
        subscription_id: id,
        tenant_id: stage.customer.tenant_id,
        sku_id,
        channel: if dice.chance(50) { VolumeLicensing } else { WebDirect },
        status: if dice.chance(10) { InGrace } else { Active },
        seats,
        starts_at: begin(),
        ends_at: None,
    };
    // Some customers also have what cannot be claimed: bought elsewhere, or over.
    if dice.chance(10) {
        let (subscription_id, status) = (dice.id(begin()), if dice.chance(50) { Active } else { Expired });
        let ends_at = (status == Expired).then(|| later(begin(), super::span::DAY));
        stage.subscriptions.push(SubscriptionRow { subscription_id, channel: Csp, status, ends_at, ..row.clone() });
    }
    stage.subscriptions.push(row);
    id
}
