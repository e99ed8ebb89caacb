//! What a claim needs beside eligible products before it may be submitted (E14).

use super::words;
use crate::{
    claim::Claim,
    kinds::{Activity, SolutionArea},
    problem::{Problem, ProblemCode},
};

/// Everything that is still missing on a claim, save its products, which [`super::check`] asks for (E14).
#[must_use]
pub fn missing(claim: &Claim) -> Vec<Problem> {
    let dynamics = claim.solution_area == SolutionArea::BusinessApplications;
    let associates = claim.activities.contains(&Activity::RevenueAssociation);
    let needs = [
        (claim.documents == 0, words::proof_required as fn() -> Problem),
        (claim.customer_contact.is_none(), || words::contact_required(ProblemCode::CustomerContactRequired)),
        (claim.partner_contact.is_none(), || words::contact_required(ProblemCode::PartnerContactRequired)),
        (dynamics && claim.technical_contact.is_none(), || {
            words::contact_required(ProblemCode::TechnicalContactRequired)
        }),
        (associates && claim.solution_seller.is_none(), words::solution_seller_required),
        (associates && claim.partner_solution.is_none(), words::partner_solution_required),
    ];
    needs.into_iter().filter(|(missing, _)| *missing).map(|(_, problem)| problem()).collect()
}
