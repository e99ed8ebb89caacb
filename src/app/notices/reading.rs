//! Notices as they are read: with the text that was sent, or, where none was, written when it is asked for.

use std::collections::HashMap;

use domain::{kinds::NoticeKind, notice::NoticeFacts};
use uuid::Uuid;

use crate::{
    app::{App, AppError},
    mail::{Digested, Draft, Language, MailError, Names, Reader},
    store::{
        StoreError,
        notices::{self as reads, ClaimFacts, Notice},
    },
};

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    /// The address, or the recipient's name if there is no address.
    pub recipient: String,
    /// The language.
    pub locale: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// What a notice is written from, and where it could go.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    pub(super) draft: Draft,
    /// The addresses that are known, best first (M1b).
    pub(super) addresses: Vec<String>,
    /// Whose it is, in words.
    pub(super) name: String,
    /// When the customer was asked, while consent is open.
    pub(super) open_consent: Option<i64>,
}

impl From<MailError> for AppError {
    fn from(error: MailError) -> Self {
        Self::Internal(error.0)
    }
}

impl App {
    /// Notices in words, each in its recipient's language, by id.
    ///
    /// # Errors
    /// Database errors; a text that cannot be written.
    pub async fn worded(&self, notices: &[Notice]) -> Result<HashMap<Uuid, Worded>, AppError> {
        let mut all = HashMap::with_capacity(notices.len());
        let mut unwritten = Vec::new();
        for notice in notices {
            match as_sent(notice) {
                Some(worded) => drop(all.insert(notice.id, worded)),
                None => unwritten.push(notice),
            }
        }
        for (id, sources) in self.sources(&unwritten).await? {
            let letter = self.writer().letter(&sources.draft)?;
            let worded = Worded {
                recipient: sources.addresses.into_iter().next().unwrap_or(sources.name),
                locale: letter.language.to_owned(),
                subject: letter.subject,
                text: letter.text,
            };
            all.insert(id, worded);
        }
        Ok(all)
    }

    /// The facts of notices, by id; notices whose facts were not stored are missing.
    pub(super) async fn sources(&self, notices: &[&Notice]) -> Result<HashMap<Uuid, Sources>, StoreError> {
        let reached = reads::reached(self.db(), notices).await?;
        let digests =
            notices.iter().filter(|notice| notice.kind == NoticeKind::Digest).map(|notice| notice.id).collect();
        let carried = reads::of_digests(self.db(), digests).await?;
        let everything = || notices.iter().copied().chain(&carried);
        let facts = reads::claim_facts(self.db(), everything().filter_map(|notice| notice.claim_id)).await?;
        let products = reads::product_names(self.db(), everything().filter_map(product_of)).await?;
        let known = Known { facts, products };
        let mut all = HashMap::with_capacity(notices.len());
        for notice in notices {
            let Some(told) = notice.told.clone() else { continue };
            let reached = notice.owner().and_then(|owner| reached.get(&owner)).cloned().unwrap_or_default();
            let facts = known.facts_of(notice);
            let (reader, contact) = match (notice.partner_id, notice.tenant_id) {
                (Some(_), _) => (Reader::Partner, facts.partner_contact.clone()),
                (None, Some(_)) => (Reader::Customer, facts.customer_contact.clone()),
                (None, None) => (Reader::Reviewer, None),
            };
            let mut addresses: Vec<String> = reached.address.into_iter().chain(contact).collect();
            addresses.dedup();
            let of_digest = carried.iter().filter(|carried| carried.digest_id == Some(notice.id));
            let draft = Draft {
                language: Language::of(reached.locale.as_deref()),
                reader,
                names: known.names(notice),
                told,
                digested: of_digest.filter_map(|carried| known.digested(carried)).collect(),
                decline_link: None,
                unsubscribe_link: None,
            };
            let nameless = reached.name.is_empty();
            let name = if nameless { notice.reviewer.clone().unwrap_or_default() } else { reached.name };
            all.insert(notice.id, Sources { draft, addresses, name, open_consent: facts.open_consent });
        }
        Ok(all)
    }

    /// The names of what a notice is about.
    pub(super) async fn names(&self, notice: &Notice) -> Result<Names, StoreError> {
        let facts = reads::claim_facts(self.db(), notice.claim_id).await?;
        let products = reads::product_names(self.db(), product_of(notice)).await?;
        Ok(Known { facts, products }.names(notice))
    }
}

/// A notice as it was sent, or is about to be.
fn as_sent(notice: &Notice) -> Option<Worded> {
    let (Some(locale), Some(address), Some(subject), Some(text)) =
        (&notice.locale, &notice.address, &notice.mail_subject, &notice.mail_text)
    else {
        // Written by an older release, which kept no facts.
        let subject = notice.record.clone();
        let old = Worded { recipient: String::new(), locale: "en".to_owned(), text: subject.clone(), subject };
        return notice.told.is_none().then_some(old);
    };
    let (recipient, locale) = (address.clone(), locale.clone());
    Some(Worded { recipient, locale, subject: subject.clone(), text: text.clone() })
}

/// The one product that a notice is about.
fn product_of(notice: &Notice) -> Option<Uuid> {
    match notice.told.as_ref()? {
        NoticeFacts::ArbitrationOpened { sku_id }
        | NoticeFacts::ArbitrationSettled { sku_id, .. }
        | NoticeFacts::SubscriptionEnded { sku_id, .. } => Some(*sku_id),
        _ => None,
    }
}

/// What was read for the texts of some notices.
struct Known {
    facts: HashMap<Uuid, ClaimFacts>,
    products: HashMap<Uuid, String>,
}

impl Known {
    fn facts_of(&self, notice: &Notice) -> ClaimFacts {
        notice.claim_id.and_then(|id| self.facts.get(&id)).cloned().unwrap_or_default()
    }

    fn names(&self, notice: &Notice) -> Names {
        let ClaimFacts { number, partner, customer, products, .. } = self.facts_of(notice);
        let product = product_of(notice).and_then(|id| self.products.get(&id)).cloned().unwrap_or_default();
        Names { claim: number, partner, customer, products, product }
    }

    fn digested(&self, notice: &Notice) -> Option<Digested> {
        Some(Digested { told: notice.told.clone()?, names: self.names(notice), at: notice.created_at })
    }
}
