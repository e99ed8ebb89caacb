//! The filters of claims that are measured.

use cpor::store::claims::{ClaimFilter, DeadlineStates, TimeRange};
use domain::{
    deadline,
    kinds::{
        Activity, ClaimStatus, ConsentStatus, DeadlineState, DisputeStatus, EvaluationStatus, RejectionReason,
        SolutionArea,
    },
    policy::Policy,
};

use super::{Facts, micros, now};

pub(super) fn claim_filters(facts: &Facts) -> Vec<(String, ClaimFilter)> {
    let none = ClaimFilter::default;
    let half_year =
        TimeRange { before: facts.month.from.map(|from| micros(from.micros() + 180 * 86_400_000_000)), ..facts.month };
    let mut filters = vec![
        ("all".to_owned(), none()),
        (
            "REJECTED, APPROVED".to_owned(),
            ClaimFilter { status: Some(vec![ClaimStatus::Rejected, ClaimStatus::Approved]), ..none() },
        ),
        ("productId".to_owned(), ClaimFilter { sku_id: Some(facts.sku), ..none() }),
        (
            "productId SUBMITTED".to_owned(),
            ClaimFilter { sku_id: Some(facts.sku), status: Some(vec![ClaimStatus::Submitted]), ..none() },
        ),
        ("customerId".to_owned(), ClaimFilter { tenant_id: Some(facts.tenant), ..none() }),
        ("partnerId".to_owned(), ClaimFilter { partner_id: facts.partners.first().copied(), ..none() }),
        (
            "partnerId SUBMITTED".to_owned(),
            ClaimFilter {
                partner_id: facts.partners.first().copied(),
                status: Some(vec![ClaimStatus::Submitted]),
                ..none()
            },
        ),
        ("ids".to_owned(), ClaimFilter { ids: Some(vec![facts.claim]), ..none() }),
        ("number".to_owned(), ClaimFilter { number: Some("CLM-00000777".to_owned()), ..none() }),
        ("externalReference".to_owned(), ClaimFilter { external_reference: Some("REF-777".to_owned()), ..none() }),
        ("submittedAt half a year".to_owned(), ClaimFilter { submitted_at: Some(half_year), ..none() }),
        ("submittedAt since".to_owned(), ClaimFilter { submitted_at: Some(facts.since()), ..none() }),
        (
            "submittedAt a month SUBMITTED".to_owned(),
            ClaimFilter { submitted_at: Some(facts.month), status: Some(vec![ClaimStatus::Submitted]), ..none() },
        ),
        (
            "USAGE SUBMITTED".to_owned(),
            ClaimFilter { activity: Some(Activity::Usage), status: Some(vec![ClaimStatus::Submitted]), ..none() },
        ),
    ];
    filters.extend(
        ClaimStatus::ALL
            .iter()
            .map(|status| (status.to_string(), ClaimFilter { status: Some(vec![*status]), ..none() })),
    );
    filters.extend(
        SolutionArea::ALL.iter().map(|area| (area.to_string(), ClaimFilter { solution_area: Some(*area), ..none() })),
    );
    filters.extend(
        Activity::ALL
            .iter()
            .map(|activity| (activity.to_string(), ClaimFilter { activity: Some(*activity), ..none() })),
    );
    for flag in [true, false] {
        filters.extend([
            (format!("assignedToMe {flag}"), ClaimFilter { assigned_to_me: Some(flag), ..none() }),
            (format!("unassigned {flag}"), ClaimFilter { unassigned: Some(flag), ..none() }),
            (format!("overdue {flag}"), ClaimFilter { overdue: Some((flag, now())), ..none() }),
            (format!("inArbitration {flag}"), ClaimFilter { in_arbitration: Some(flag), ..none() }),
        ]);
    }
    filters.extend([
        ("submittedAt a month".to_owned(), ClaimFilter { submitted_at: Some(facts.month), ..none() }),
        ("createdAt a month".to_owned(), ClaimFilter { created_at: Some(facts.month), ..none() }),
        ("dueAt a month".to_owned(), ClaimFilter { due_at: Some(facts.month), ..none() }),
    ]);
    filters.extend(outcomes(facts));
    for word in ["customer", "claim", "000123", "customer 1234", "zqqz", "zq", "e", "ltd"] {
        filters.push((format!("search {word:?}"), ClaimFilter { search: Some(word.to_owned()), ..none() }));
    }
    filters
}

/// By what became of the claims, and by what hangs on them.
fn outcomes(facts: &Facts) -> Vec<(String, ClaimFilter)> {
    let none = ClaimFilter::default;
    let now = now();
    let at_risk_until = deadline::at_risk_until(now, &Policy::default());
    let mut filters = vec![
        ("mpnId".to_owned(), ClaimFilter { mpn_id: Some(facts.mpn_id.clone()), ..none() }),
        ("reviewerSubject".to_owned(), ClaimFilter { reviewer_subject: Some("reviewer7".to_owned()), ..none() }),
        (
            "externalReferences".to_owned(),
            ClaimFilter { external_references: Some(vec!["REF-777".to_owned(), "REF-778".to_owned()]), ..none() },
        ),
        ("createdByMe true".to_owned(), ClaimFilter { created_by_me: Some(true), ..none() }),
        ("createdByMe false".to_owned(), ClaimFilter { created_by_me: Some(false), ..none() }),
        ("updatedAt a month".to_owned(), ClaimFilter { updated_at: Some(facts.month), ..none() }),
        ("updatedAt since".to_owned(), ClaimFilter { updated_at: Some(facts.since()), ..none() }),
        (
            "updatedAt a month SUBMITTED".to_owned(),
            ClaimFilter { updated_at: Some(facts.month), status: Some(vec![ClaimStatus::Submitted]), ..none() },
        ),
        ("decidedAt a month".to_owned(), ClaimFilter { decided_at: Some(facts.month), ..none() }),
        ("decidedAt since".to_owned(), ClaimFilter { decided_at: Some(facts.since()), ..none() }),
        ("lastActivityAt since".to_owned(), ClaimFilter { last_activity_at: Some(facts.since()), ..none() }),
        ("submittedAt a day".to_owned(), ClaimFilter { submitted_at: Some(facts.day()), ..none() }),
        ("updatedAt a day".to_owned(), ClaimFilter { updated_at: Some(facts.day()), ..none() }),
        ("lastActivityAt a month".to_owned(), ClaimFilter { last_activity_at: Some(facts.month), ..none() }),
    ];
    filters.extend(DeadlineState::ALL.iter().map(|state| {
        let states = DeadlineStates { states: vec![*state], now, at_risk_until };
        (format!("deadlineState {state}"), ClaimFilter { deadline_state: Some(states), ..none() })
    }));
    filters.extend(RejectionReason::ALL.iter().map(|reason| {
        (format!("rejectionReason {reason}"), ClaimFilter { rejection_reason: Some(vec![*reason]), ..none() })
    }));
    filters.extend(ConsentStatus::ALL.iter().map(|status| {
        (format!("consentStatus {status}"), ClaimFilter { consent_status: Some(vec![*status]), ..none() })
    }));
    filters.extend(DisputeStatus::ALL.iter().map(|status| {
        (format!("disputeStatus {status}"), ClaimFilter { dispute_status: Some(vec![*status]), ..none() })
    }));
    filters.extend(EvaluationStatus::ALL.iter().map(|status| {
        (format!("evaluationStatus {status}"), ClaimFilter { evaluation_status: Some(vec![*status]), ..none() })
    }));
    filters
}
