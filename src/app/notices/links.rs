//! The links in mails: one declines one claim until its window closes (M3), one turns a kind of message off (M5).
//!
//! A token is 32 random bytes, of which the database has the hash. It is valid only for the purpose of its notice.
//! Unknown, used and expired links get the same response.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    caller::{Caller, Side},
    history::hex,
    kinds::{NoticeKind, NoticePreference, Role, Scope},
    lifecycle::Command,
    notice::NoticeFacts,
    problem::Problem,
    time::Timestamp,
};
use sha2::{Digest, Sha256};

use crate::{
    app::{
        App, AppError,
        transact::{Locks, Unit},
    },
    ids,
    mail::{
        Language, Names,
        pages::{self, Page},
    },
    store::notices::{self as reads, Notice, outbox},
};

/// How long a token is in base64url.
const TOKEN_LENGTH: usize = 43;

/// The name under which history has who declined by a link.
const BY_LINK: &str = "Decline link";

/// A new token.
pub(super) fn new_token() -> String {
    let mut bytes = [0_u8; 32];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&ids::random().to_le_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the database has of a token.
pub(super) fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What a link to decline opens.
#[derive(Clone, Debug)]
pub struct Declinable {
    /// What it is about.
    pub names: Names,
    /// Until when.
    pub until: Timestamp,
    /// The language of the mail.
    pub language: Language,
}

/// The result of declining by a link.
#[derive(Clone, Debug)]
pub enum Declined {
    /// The claim was declined.
    Done(Declinable),
    /// The reason that was given cannot be taken; nothing was done.
    Wrong(Declinable, Vec<Problem>),
}

impl App {
    /// What the token opens; `None` if it is unknown, spent or expired. Changes nothing.
    ///
    /// # Errors
    /// Database errors.
    pub async fn declinable(&self, token: &str) -> Result<Option<Declinable>, AppError> {
        Ok(self.open(token).await?.map(|(_, found)| found))
    }

    /// Declines the claim that the token opens, which spends it (M3, N3); `None` if it opens none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn decline_by_link(&self, token: &str, reason: Option<String>) -> Result<Option<Declined>, AppError> {
        let Some((notice, found)) = self.open(token).await? else { return Ok(None) };
        let (Some(claim_id), Some(tenant_id)) = (notice.claim_id, notice.tenant_id) else { return Ok(None) };
        let customer = Caller {
            subject: format!("link:{}", notice.id),
            name: Some(BY_LINK.to_owned()),
            roles: vec![Role::CustomerAdmin],
            scopes: vec![Scope::ClaimsWrite],
            side: Side::Customer(tenant_id),
            stands_in_for: Vec::new(),
        };
        let command = Command::DeclineConsent { reason, by_link: true };
        let answer = Box::pin(self.change_claim(&customer, Some(claim_id), None, command, None)).await?;
        if answer.claim.is_some() {
            return Ok(Some(Declined::Done(found)));
        }
        let of_reason: Vec<Problem> =
            answer.problems.into_iter().filter(|problem| problem.field == Some(vec!["reason".to_owned()])).collect();
        // Anything else means that the claim was changed meanwhile, or that the time has passed.
        Ok((!of_reason.is_empty()).then_some(Declined::Wrong(found, of_reason)))
    }

    async fn open(&self, token: &str) -> Result<Option<(Notice, Declinable)>, AppError> {
        let Some(notice) = self.of_token(token).await? else { return Ok(None) };
        let Some(NoticeFacts::ConsentRequested { requested_at, decline_until }) = notice.told else { return Ok(None) };
        let facts = reads::claim_facts(self.db(), notice.claim_id).await?;
        let open = facts.values().next().and_then(|facts| facts.open_consent);
        if open != Some(requested_at.micros()) || self.now() >= decline_until {
            return Ok(None);
        }
        let names = self.names(&notice).await?;
        let language = Language::of(notice.locale.as_deref());
        Ok(Some((notice, Declinable { names, until: decline_until, language })))
    }

    async fn of_token(&self, token: &str) -> Result<Option<Notice>, AppError> {
        if token.len() != TOKEN_LENGTH {
            return Ok(None);
        }
        Ok(reads::by_token_hash(self.db(), &hash(token)).await?)
    }

    /// The language of the message that the token turns off; `None` if the token is not valid.
    ///
    /// # Errors
    /// Database errors.
    pub async fn unsubscribable(&self, token: &str) -> Result<Option<Language>, AppError> {
        let notice = self.of_token(token).await?.filter(|notice| !notice.kind.is_mandatory());
        Ok(notice.map(|notice| Language::of(notice.locale.as_deref())))
    }

    /// Turns off, for its recipient, the kind of message that contained the token (M5, RFC 8058); `None` if the token
    /// is not valid.
    ///
    /// # Errors
    /// Database errors.
    pub async fn unsubscribe_by_link(&self, token: &str) -> Result<Option<Language>, AppError> {
        let Some(notice) = self.of_token(token).await?.filter(|notice| !notice.kind.is_mandatory()) else {
            return Ok(None);
        };
        let Some(owner) = notice.owner() else { return Ok(None) };
        let kind: NoticeKind = notice.kind;
        let owner = owner.as_str();
        let turn_off = |unit: Unit| async move {
            outbox::prefer(&unit, owner, kind, NoticePreference::Off, self.now()).await?;
            Ok(unit.commit(()))
        };
        self.transact(Locks::Own, turn_off).await?;
        Ok(Some(Language::of(notice.locale.as_deref())))
    }
}

/// Which link of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The one that declines a claim.
    Consent,
    /// The one that turns a kind of message off.
    Unsubscribe,
}

/// A link that a person opened.
#[derive(Clone, Debug)]
pub struct Link {
    /// Which one.
    pub kind: LinkKind,
    /// Its token.
    pub token: String,
    /// Whether to execute the action of the link, or only to show its page.
    pub acts: bool,
    /// Why the customer declines.
    pub reason: Option<String>,
    /// The language that was chosen on the page.
    pub language: Option<Language>,
    /// The language that the browser likes best.
    pub accepted: Language,
}

/// The page that a link leads to, as HTML.
#[derive(Clone, Debug)]
pub enum Followed {
    /// The page of the link, or the confirmation.
    Page(String),
    /// The form again, because its input was invalid.
    Refused(String),
    /// There is nothing behind it: unknown, spent and expired alike.
    Gone(String),
}

impl App {
    /// Follows a link of a mail. Changes nothing unless the link acts.
    ///
    /// # Errors
    /// Database errors; a page that cannot be written.
    pub async fn follow_link(&self, link: Link) -> Result<Followed, AppError> {
        let found = match link.kind {
            LinkKind::Consent => self.consent_page(&link).await?,
            LinkKind::Unsubscribe if link.acts => {
                self.unsubscribe_by_link(&link.token).await?.map(|language| (language, Page::Unsubscribed))
            }
            LinkKind::Unsubscribe => {
                self.unsubscribable(&link.token).await?.map(|language| (language, Page::Unsubscribe))
            }
        };
        // The page for an invalid link reveals nothing about a notice, not even its language.
        let (language, page) = found.unwrap_or((link.accepted, Page::Gone));
        let html = pages::html(self.writer(), link.language.unwrap_or(language), &page)?;
        Ok(match page {
            Page::Gone => Followed::Gone(html),
            Page::Decline { wrong: Some(_), .. } => Followed::Refused(html),
            _ => Followed::Page(html),
        })
    }

    async fn consent_page(&self, link: &Link) -> Result<Option<(Language, Page)>, AppError> {
        if !link.acts {
            let found = self.declinable(&link.token).await?;
            return Ok(found.map(|found| (found.language, page_of(found, None))));
        }
        Ok(self.decline_by_link(&link.token, link.reason.clone()).await?.map(|declined| match declined {
            Declined::Done(found) => (found.language, Page::Declined { names: found.names }),
            Declined::Wrong(found, problems) => {
                let wrong = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" ");
                (found.language, page_of(found, Some(wrong)))
            }
        }))
    }
}

fn page_of(found: Declinable, wrong: Option<String>) -> Page {
    Page::Decline { names: found.names, until: found.until, wrong }
}
