//! Whom notices go to (M1b).

use domain::{
    notice::{self, Notice, Recipient},
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    app::App,
    store::{
        Reads, StoreError, Transaction,
        notices::write::{self as notices, About},
        reviewers,
    },
};

/// Whose a webhook endpoint is (W1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointOwner {
    /// A partner's.
    Partner(Uuid),
    /// The vendor's: every active lead hears of it.
    Vendor,
}

impl App {
    /// The notices with each reviewer named who is to hear: instead of leads in general every active one, beside a reviewer
    /// who is absent the deputy (M1b, R4).
    pub(in crate::app) async fn with_reviewers(
        &self,
        on: &impl Reads,
        notices: Vec<Notice>,
    ) -> Result<Vec<Notice>, StoreError> {
        let mut all = Vec::with_capacity(notices.len());
        for notice in notices {
            match &notice.recipient {
                Recipient::Partner | Recipient::Customer => all.push(notice),
                Recipient::Leads => all.extend(notice.addressed(&reviewers::active_leads(on).await?)),
                Recipient::Reviewer(subject) => {
                    let subjects: Vec<String> = [subject.clone()].into_iter().chain(self.deputy_now(subject)).collect();
                    all.extend(notice.addressed(&subjects));
                }
            }
        }
        Ok(all)
    }

    /// Records, in the transaction that disables a webhook endpoint, the notice of that to its owner (W4).
    ///
    /// # Errors
    /// Database errors.
    pub async fn record_webhook_disabled(
        &self,
        transaction: &Transaction,
        owner: EndpointOwner,
        url: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (recipient, partner_id) = match owner {
            EndpointOwner::Partner(id) => (Recipient::Partner, Some(id)),
            EndpointOwner::Vendor => (Recipient::Leads, None),
        };
        let all = self.with_reviewers(transaction, vec![notice::webhook_disabled(recipient, url)]).await?;
        let about = About { partner_id, ..About::default() };
        notices::record(transaction, about, &all, self.state_of_new_notices(), now).await
    }
}
