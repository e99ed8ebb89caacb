//! The outline of a letter: its texts and their order, for each kind of notice (M1).

use domain::{kinds::LineOutcome, notice::NoticeFacts, time::Timestamp};
use fluent_bundle::FluentArgs;
use serde::Serialize;

use super::{
    Language, MailError,
    dates::Zone,
    draft::{Draft, Names, Reader},
    language::Texts,
};

/// A line of facts: a label, and one value or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Fact {
    label: String,
    values: Vec<String>,
    /// Whether a person wrote it, with line breaks of their own.
    quoted: bool,
}

/// A link with what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Action {
    label: String,
    url: String,
    note: String,
}

/// A notice in a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    subject: String,
    lead: String,
    facts: Vec<Fact>,
    at: String,
}

/// The parts of a letter, as templates see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Outline {
    pub(super) language: &'static str,
    pub(super) kind: &'static str,
    pub(super) subject: String,
    lead: String,
    facts: Vec<Fact>,
    next: String,
    action: Option<Action>,
    items: Vec<Item>,
    footer: String,
    unsubscribe: Option<Action>,
}

/// Writes the parts in a language.
pub(super) struct Words<'a> {
    texts: &'a Texts,
    zone: &'a Zone,
    language: Language,
    args: FluentArgs<'static>,
}

impl<'a> Words<'a> {
    pub(super) fn new(texts: &'a Texts, zone: &'a Zone, language: Language, names: &Names) -> Self {
        let mut args = FluentArgs::new();
        args.set("number", names.claim.clone());
        args.set("partner", names.partner.clone());
        args.set("customer", names.customer.clone());
        args.set("product", names.product.clone());
        Self { texts, zone, language, args }
    }

    pub(super) fn text(&self, key: &str) -> Result<String, MailError> {
        self.texts.get(key, &self.args)
    }

    fn fact(&self, label: &str, value: impl Into<String>) -> Result<Fact, MailError> {
        Ok(Fact { label: self.text(label)?, values: vec![value.into()], quoted: false })
    }

    fn list(&self, label: &str, values: Vec<String>) -> Result<Fact, MailError> {
        Ok(Fact { label: self.text(label)?, values, quoted: false })
    }

    fn quote(&self, label: &str, text: &str) -> Result<Fact, MailError> {
        Ok(Fact { label: self.text(label)?, values: vec![text.to_owned()], quoted: true })
    }

    fn until(&self, label: &str, at: Timestamp) -> Result<Fact, MailError> {
        self.fact(label, self.zone.instant(self.language, at)?)
    }

    /// The facts about the claim for its partner and reviewers.
    fn claim(&self, names: &Names) -> Result<Vec<Fact>, MailError> {
        let mut facts = vec![self.fact("label-claim", &names.claim)?, self.fact("label-customer", &names.customer)?];
        if !names.products.is_empty() {
            facts.push(self.list("label-products", names.products.clone())?);
        }
        Ok(facts)
    }
}

/// Subject, first paragraph, facts and last paragraph.
struct Body {
    subject: String,
    lead: String,
    facts: Vec<Fact>,
    next: String,
}

impl Outline {
    pub(super) fn of(draft: &Draft, texts: &Texts, zone: &Zone) -> Result<Self, MailError> {
        let mut words = Words::new(texts, zone, draft.language, &draft.names);
        words.args.set("count", draft.digested.len());
        let Body { subject, lead, facts, mut next } = body(&words, &draft.told, &draft.names)?;
        let action = match &draft.decline_link {
            Some(url) => Some(Action {
                label: words.text("consent-action")?,
                url: url.clone(),
                note: words.text("consent-action-note")?,
            }),
            None => None,
        };
        if matches!(draft.told, NoticeFacts::ConsentRequested { .. }) && action.is_none() {
            next = format!("{next} {}", words.text("consent-without-link")?);
        }
        let items = draft.digested.iter().map(|digested| {
            let words = Words::new(texts, zone, draft.language, &digested.names);
            let Body { subject, lead, facts, .. } = body(&words, &digested.told, &digested.names)?;
            Ok(Item { subject, lead, facts, at: zone.instant(draft.language, digested.at)? })
        });
        let items = items.collect::<Result<_, MailError>>()?;
        let footer = format!("{} {}", words.text(footer(draft))?, words.text("footer-automatic")?);
        let unsubscribe = match &draft.unsubscribe_link {
            Some(url) => Some(Action { label: words.text("unsubscribe")?, url: url.clone(), note: String::new() }),
            None => None,
        };
        let (language, kind) = (draft.language.tag(), draft.told.kind().as_str());
        Ok(Self { language, kind, subject, lead, facts, next, action, items, footer, unsubscribe })
    }
}

const fn footer(draft: &Draft) -> &'static str {
    match (&draft.told, draft.reader) {
        (NoticeFacts::Digest, _) => "footer-digest",
        (NoticeFacts::WebhookDisabled { .. }, _) => "footer-endpoint",
        (_, Reader::Partner) => "footer-partner",
        (_, Reader::Customer) => "footer-customer",
        (_, Reader::Reviewer) => "footer-reviewer",
    }
}

fn body(words: &Words<'_>, told: &NoticeFacts, names: &Names) -> Result<Body, MailError> {
    let text = |key: &str| words.text(key);
    Ok(match told {
        NoticeFacts::ConsentRequested { decline_until, .. } => Body {
            subject: text("consent-subject")?,
            lead: text("consent-lead")?,
            facts: vec![
                words.fact("label-partner", &names.partner)?,
                words.list("label-products", names.products.clone())?,
                words.fact("label-organization", &names.customer)?,
                words.fact("label-claim", &names.claim)?,
                words.until("label-decline-before", *decline_until)?,
            ],
            next: text("consent-next")?,
        },
        NoticeFacts::Approved { decline_until } => {
            let mut facts = words.claim(names)?;
            facts.push(words.until("label-customer-before", *decline_until)?);
            let (subject, lead) = (text("approved-subject")?, text("approved-lead")?);
            Body { subject, lead, facts, next: text("approved-next")? }
        }
        NoticeFacts::Rejected { reason, detail, disputable_until } => {
            let mut facts = words.claim(names)?;
            facts.push(words.fact("label-reason", text(&format!("rejection-{reason}"))?)?);
            facts.push(words.quote("label-detail", detail)?);
            if let Some(until) = disputable_until {
                facts.push(words.until("label-dispute-before", *until)?);
            }
            let next = text(if disputable_until.is_some() { "rejected-dispute" } else { "rejected-final" })?;
            Body { subject: text("rejected-subject")?, lead: text("rejected-lead")?, facts, next }
        }
        NoticeFacts::ActionRequired { reasons, message, respond_by, incumbent } => {
            let mut facts = words.claim(names)?;
            let reasons = reasons.iter().map(|reason| text(&format!("asked-{reason}"))).collect::<Result<_, _>>()?;
            facts.push(words.list("label-reasons", reasons)?);
            facts.push(words.quote("label-message", message)?);
            facts.push(words.until("label-respond-before", *respond_by)?);
            let next = text(if *incumbent { "action-incumbent" } else { "action-next" })?;
            Body { subject: text("action-subject")?, lead: text("action-lead")?, facts, next }
        }
        told => brief(words, told, names)?,
    })
}

/// The remaining kinds.
fn brief(words: &Words<'_>, told: &NoticeFacts, names: &Names) -> Result<Body, MailError> {
    let text = |key: &str| words.text(key);
    let product = || -> Result<Vec<Fact>, MailError> {
        Ok(vec![
            words.fact("label-claim", &names.claim)?,
            words.fact("label-customer", &names.customer)?,
            words.fact("label-product", &names.product)?,
        ])
    };
    let of_reviewer = || -> Result<Vec<Fact>, MailError> {
        let mut facts = words.claim(names)?;
        facts.insert(1, words.fact("label-partner", &names.partner)?);
        Ok(facts)
    };
    let (key, mut facts, next) = match told {
        NoticeFacts::ArbitrationOpened { .. } => ("opened", product()?, text("opened-next")?),
        NoticeFacts::ArbitrationSettled { .. } => ("settled", product()?, String::new()),
        NoticeFacts::SubscriptionEnded { .. } => ("ended", product()?, text("ended-next")?),
        NoticeFacts::Responded { .. } => ("responded", of_reviewer()?, text("responded-next")?),
        NoticeFacts::Disputed { .. } => ("disputed", of_reviewer()?, text("disputed-next")?),
        NoticeFacts::WebhookDisabled { url } => {
            ("webhook", vec![words.fact("label-endpoint", url)?], text("webhook-next")?)
        }
        _ => ("digest", Vec::new(), text("digest-next")?),
    };
    match told {
        NoticeFacts::SubscriptionEnded { subscription_id: Some(id), .. } => {
            facts.push(words.fact("label-subscription", id.to_string())?);
        }
        NoticeFacts::Responded { message, decide_by } => {
            if let Some(message) = message {
                facts.push(words.quote("label-response", message)?);
            }
            if let Some(until) = decide_by {
                facts.push(words.until("label-decide-before", *until)?);
            }
        }
        NoticeFacts::Disputed { justification, answer_by } => {
            if let Some(justification) = justification {
                facts.push(words.quote("label-justification", justification)?);
            }
            facts.push(words.until("label-answer-before", *answer_by)?);
        }
        _ => {}
    }
    let lead = match told {
        NoticeFacts::ArbitrationSettled { outcome: Some(LineOutcome::Won), .. } => text("settled-won")?,
        NoticeFacts::ArbitrationSettled { outcome: Some(LineOutcome::Lost), .. } => text("settled-lost")?,
        NoticeFacts::ArbitrationSettled { .. } => text("settled-left")?,
        _ => text(&format!("{key}-lead"))?,
    };
    Ok(Body { subject: text(&format!("{key}-subject"))?, lead, facts, next })
}
