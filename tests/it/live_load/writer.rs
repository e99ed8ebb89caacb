//! Somebody who writes on a claim without end: comments, edits, proof, reviews, answers, withdrawals, new claims; some of
//! it refused.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::{Value, json};

use super::{
    courier::{Courier, Outcome, Person},
    dice::Dice,
    stage::{COMPANIES, Stage, body, claim_query, input},
};
use crate::support::{Answer, Claim, world::PDF};

/// A writer of a company, and the review lead for its claim.
pub struct Writer {
    number: u32,
    partner: Person,
    lead: Person,
    courier: Courier,
    dice: Dice,
    /// As it was last seen; nobody else changes it, but for comments.
    claim: Claim,
    /// Whether it may have changed since, because an answer did not come.
    unsure: bool,
    /// All claims of the company, for comments beside those of their own writers.
    company: Vec<String>,
    steps: u32,
}

impl Writer {
    pub fn new(stage: &Stage, number: u32, claim: Claim, seed: u64) -> Self {
        Self {
            number,
            partner: stage.partner_of(number).clone(),
            lead: stage.lead.clone(),
            courier: stage.courier.clone(),
            dice: Dice::of(seed, u64::from(number)),
            claim,
            unsure: false,
            company: stage.claims_of(number % COMPANIES),
            steps: 0,
        }
    }

    /// Takes so many steps.
    pub async fn write(mut self, steps: u32) {
        for _ in 0..steps {
            self.step().await;
        }
    }

    /// Takes steps until it is told to stop, with a little time between them.
    pub async fn write_until(mut self, stop: tokio::sync::watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.step().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn step(&mut self) {
        self.steps += 1;
        // Words that are nobody else's.
        let mark = format!("<{}.{}>", self.number, self.steps);
        if self.unsure && !self.look().await {
            return;
        }
        match self.dice.below(100) {
            0..30 => self.comment(&mark, false).await,
            30..42 => self.comment(&mark, true).await,
            42..58 => self.comment_beside(&mark).await,
            58..65 => self.refused(&mark).await,
            _ => self.act(&mark).await,
        }
    }

    /// Reads the claim again; whether it could be read.
    async fn look(&mut self) -> bool {
        let body = claim_query(self.claim.id());
        if let Outcome::Answered(answer) = self.courier.deliver(&self.partner, |caller| caller.posted(&body)).await {
            self.claim = Claim(answer.data()["claim"].clone());
            self.unsure = false;
        }
        !self.unsure
    }

    async fn comment(&mut self, mark: &str, by_lead: bool) {
        let visibility = if by_lead && self.dice.chance(60) { "INTERNAL" } else { "SHARED" };
        // The vendor sees no draft.
        let person = if by_lead && self.claim.status() != "EDITING" { &self.lead } else { &self.partner };
        if self.claim.status() == "EDITING" || (visibility == "INTERNAL" && !by_lead) {
            return self.act(mark).await;
        }
        let input = json!({ "claimId": self.claim.id(), "body": mark, "visibility": visibility });
        let body = body("addComment", input);
        let outcome = self.courier.deliver(person, |caller| caller.posted(&body)).await;
        self.note(outcome, mark);
    }

    /// A comment on a claim that somebody else is writing on.
    async fn comment_beside(&mut self, mark: &str) {
        // Half of them on the same one, where many wait for each other.
        let claim = if self.dice.chance(50) { &self.company[0] } else { self.dice.pick(&self.company) };
        let body = body("addComment", json!({ "claimId": claim, "body": mark, "visibility": "SHARED" }));
        let outcome = self.courier.deliver(&self.partner, |caller| caller.posted(&body)).await;
        drop(self.judged(outcome, mark));
    }

    /// Something that begins a transaction and is then refused: it must leave nothing behind.
    async fn refused(&mut self, mark: &str) {
        let (mutation, more) = match self.dice.below(3) {
            0 => ("updateClaim", json!({ "name": mark, "expectedVersion": self.claim.version() - 1 })),
            1 => ("disputeClaim", json!({ "justification": mark, "expectedVersion": self.claim.version() - 1 })),
            _ => ("addComment", json!({ "body": " \n ", "visibility": "SHARED" })),
        };
        let body = body(mutation, with(json!({ "claimId": self.claim.id() }), more));
        if let Outcome::Answered(answer) = self.courier.deliver(&self.partner, |caller| caller.posted(&body)).await {
            assert!(!answer.refused().is_empty());
            self.courier.tally.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The next step in the life of the claim.
    async fn act(&mut self, mark: &str) {
        let lot = self.dice.below(100);
        match self.claim.status() {
            "EDITING" if self.documents() == 0 => self.attach(mark).await,
            "EDITING" if lot < 70 => self.change(false, "submitClaim", json!({}), mark).await,
            "SUBMITTED" | "PARTNER_ACTION_REQUIRED" if lot < 15 && self.documents() < 15 => self.attach(mark).await,
            "SUBMITTED" if lot > 85 => self.change(true, "startReview", json!({}), mark).await,
            "PARTNER_ACTION_REQUIRED" if lot > 50 => {
                self.change(false, "respondToReview", json!({ "message": mark }), mark).await;
            }
            "UNDER_REVIEW" if lot < 60 => {
                let asked = json!({ "reasons": ["OTHER"], "message": mark });
                self.change(true, "requestPartnerAction", asked, mark).await;
            }
            "UNDER_REVIEW" => self.change(false, "withdrawClaim", json!({ "detail": mark }), mark).await,
            "REJECTED" => self.create(mark).await,
            _ => self.change(false, "updateClaim", json!({ "name": mark }), mark).await,
        }
    }

    fn documents(&self) -> usize {
        self.claim.field("proofOfExecution").as_array().map_or(0, Vec::len)
    }

    async fn change(&mut self, by_lead: bool, mutation: &str, more: Value, mark: &str) {
        let known = json!({ "claimId": self.claim.id(), "expectedVersion": self.claim.version() });
        let body = body(mutation, with(known, more));
        let person = if by_lead { &self.lead } else { &self.partner };
        let outcome = self.courier.deliver(person, |caller| caller.posted(&body)).await;
        self.note(outcome, if body.to_string().contains(mark) { mark } else { "" });
    }

    async fn attach(&mut self, mark: &str) {
        let input = json!({ "claimId": self.claim.id() });
        // The brackets are no part of a file's name.
        let name = format!("{}.pdf", mark.trim_matches(['<', '>']));
        let outcome = self.courier.deliver(&self.partner, |caller| caller.upload(input.clone(), &name, PDF)).await;
        self.note(outcome, &name);
    }

    async fn create(&mut self, mark: &str) {
        let body = body("createClaim", input(self.number, mark));
        let outcome = self.courier.deliver(&self.partner, |caller| caller.posted(&body)).await;
        self.note(outcome, mark);
    }

    /// Takes over the claim as it is after a step of its own.
    fn note(&mut self, outcome: Outcome, mark: &str) {
        match self.judged(outcome, mark) {
            Some(answer) => self.claim = answer.claim(),
            None => self.unsure = true,
        }
    }

    /// The answer of what was done, which is then remembered.
    fn judged(&self, outcome: Outcome, mark: &str) -> Option<Answer> {
        let Outcome::Answered(answer) = outcome else { return None };
        if answer.payload()["claim"].is_null() {
            self.courier.tally.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.courier.tally.acknowledged.lock().unwrap().push(mark.to_owned());
        Some(answer)
    }
}

fn with(mut known: Value, more: Value) -> Value {
    if let (Some(known), Value::Object(more)) = (known.as_object_mut(), more) {
        known.extend(more);
    }
    known
}
