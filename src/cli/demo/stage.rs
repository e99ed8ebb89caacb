//! Loading the sample: the directory from its files, the claims through the use cases, as callers would do it.

use domain::{
    claim::Claim,
    directory::{CustomerRow, PartnerRow, ProductRow, SubscriptionRow},
    kinds::ClaimStatus,
    lifecycle::Command,
};

use super::{
    cast::{CAST, REVIEWER},
    claims::{Goal, Sample},
    pdf,
    samples::SAMPLES,
};
use crate::{
    app::{
        App,
        claims::{ChangeResult, Upload},
    },
    cli::{
        error::CliError,
        import::{Format, Noun, load, rows},
        progress::Progress,
    },
    store::{
        self,
        claims::{ClaimFilter, ClaimOrder, Wanted},
        page::PageRequest,
    },
};

const PRODUCTS: &str = include_str!("../../../data/products.csv");
const PARTNERS: &str = include_str!("../../../data/partners.csv");
const CUSTOMERS: &str = include_str!("../../../data/customers.csv");
const SUBSCRIPTIONS: &str = include_str!("../../../data/subscriptions.csv");

/// How far the clock is moved for the samples of the past. Eight days end seven calendar days and five business days, on
/// whatever weekday they begin (T, N1).
const PAST: &str = "P8D";

/// Loads what is not there yet, and tells whether that was anything.
///
/// What a caller has changed since stays: once the last sample was approved, nothing is touched any more, nor is the clock.
pub async fn load_sample(app: &App) -> Result<bool, CliError> {
    // A server learns its reviewers from their tokens (R1); the demo's are there from the beginning.
    for person in CAST {
        app.meet(&person.caller()?).await;
    }
    if let Some(last) = SAMPLES.last()
        && find(app, last).await?.is_some_and(|claim| claim.approved_at.is_some())
    {
        return Ok(false);
    }
    directory::<ProductRow>(app, PRODUCTS).await?;
    directory::<PartnerRow>(app, PARTNERS).await?;
    directory::<CustomerRow>(app, CUSTOMERS).await?;
    directory::<SubscriptionRow>(app, SUBSCRIPTIONS).await?;
    for sample in SAMPLES.iter().filter(|sample| sample.past) {
        play(app, sample).await?;
    }
    let_pass(app).await?;
    for sample in SAMPLES.iter().filter(|sample| !sample.past) {
        play(app, sample).await?;
    }
    Ok(true)
}

/// Moves the clock until nothing runs on the samples of the past; not again where an earlier start did (T5).
async fn let_pass(app: &App) -> Result<(), CliError> {
    let mut runs = false;
    for sample in SAMPLES.iter().filter(|sample| sample.past) {
        let clock = find(app, sample).await?.and_then(|claim| claim.deadline);
        runs |= clock.is_some_and(|clock| !clock.is_overdue(app.now()));
    }
    if !runs {
        return Ok(app.settle().await?);
    }
    match app.advance_clock(PAST).await?.problems.first() {
        None => Ok(()),
        Some(problem) => Err(mistake(&format!("the clock was not moved: {}", problem.message))),
    }
}

async fn directory<R: Noun>(app: &App, file: &str) -> Result<(), CliError> {
    let rows = rows::<R>(Format::Csv, file.as_bytes())?;
    match load::<R>(app, Format::Csv, rows, false, &Progress::quiet()).await?.refused {
        0 => Ok(()),
        _ => Err(mistake("the rows above were refused")),
    }
}

/// Makes the claim, or takes up the one that an earlier start left on its way, and brings it to its goal.
async fn play(app: &App, sample: &Sample) -> Result<(), CliError> {
    let mut claim = match find(app, sample).await? {
        Some(claim) => claim,
        None => done(app.create_claim(&sample.by.caller()?, sample.input(), None).await?, sample)?,
    };
    if sample.goal != Goal::Draft && claim.status == ClaimStatus::Editing {
        let attached = app.attach_proof(&sample.by.caller()?, Some(claim.id), proof(sample), None).await?;
        claim = done(attached, sample)?;
    }
    while let Some(next) = next(&claim, sample.goal) {
        claim = change(app, sample, &claim, next).await?;
    }
    Ok(())
}

/// The next step of a claim on its way to the goal; nothing once it is there.
fn next(claim: &Claim, goal: Goal) -> Option<Command> {
    match (claim.status, goal) {
        (_, Goal::Draft) => None,
        (ClaimStatus::Editing, _) => Some(Command::Submit),
        (_, Goal::Submitted) => None,
        (ClaimStatus::Submitted, _) => Some(Command::StartReview),
        (ClaimStatus::UnderReview, Goal::Asked(reason, message)) => {
            Some(Command::RequestPartnerAction { reasons: vec![reason], message: message.to_owned() })
        }
        (ClaimStatus::UnderReview, Goal::Rejected(reason, detail)) => {
            Some(Command::Reject { reason, detail: detail.to_owned() })
        }
        (ClaimStatus::UnderReview, Goal::Disputed(reason, detail, _)) if claim.dispute.is_none() => {
            Some(Command::Reject { reason, detail: detail.to_owned() })
        }
        (ClaimStatus::Rejected, Goal::Disputed(_, _, justification)) if claim.dispute.is_none() => {
            Some(Command::Dispute { justification: Some(justification.to_owned()) })
        }
        (ClaimStatus::UnderReview, Goal::Approved) => {
            Some(Command::Approve { note: Some("The proof is complete.".to_owned()) })
        }
        _ => None,
    }
}

/// Does it as the one whose turn it is: the partner until the claim is handed in and once it is rejected, else the reviewer.
async fn change(app: &App, sample: &Sample, claim: &Claim, command: Command) -> Result<Claim, CliError> {
    let partners_turn = matches!(claim.status, ClaimStatus::Editing | ClaimStatus::Rejected);
    let caller = if partners_turn { sample.by } else { REVIEWER }.caller()?;
    done(app.change_claim(&caller, Some(claim.id), Some(claim.version), command, None).await?, sample)
}

fn done(result: ChangeResult, sample: &Sample) -> Result<Claim, CliError> {
    result.claim.ok_or_else(|| {
        let told: Vec<String> = result.problems.into_iter().map(|problem| problem.message).collect();
        mistake(&format!("{} was refused: {}", sample.reference, told.join(" ")))
    })
}

async fn find(app: &App, sample: &Sample) -> Result<Option<Claim>, CliError> {
    let filter = ClaimFilter { external_reference: Some(sample.reference.to_owned()), ..ClaimFilter::default() };
    let caller = sample.by.caller()?;
    let request = PageRequest::first(1);
    let page = store::claims::page(app.db(), &caller, &filter, ClaimOrder::default(), &request, Wanted::ROW).await;
    Ok(page.map_err(crate::app::AppError::from)?.items.pop().map(|(_, row)| row.into_claim()))
}

fn proof(sample: &Sample) -> Upload {
    let content = pdf::page(&[
        "Proof of execution",
        sample.name,
        &format!("Made by {}", sample.by.company),
        "Accepted by the customer on 2 November 2026",
        "This is a sample: all names are invented.",
    ]);
    Upload { name: format!("{}.pdf", sample.reference.to_lowercase()), content: bytes::Bytes::from(content).into() }
}

fn mistake(what: &str) -> CliError {
    CliError::new(
        format!("The sample cannot be loaded: {what}."),
        "Remove the folder cpor-data and start again, or report it.",
    )
}
