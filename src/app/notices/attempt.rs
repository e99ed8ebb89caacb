//! One attempt to deliver one notice.

use domain::{
    kinds::{NoticeKind, NoticePreference},
    notice::NoticeFacts,
    time::Timestamp,
};
use jiff::{ToSpan, civil::Time};

use super::{
    courier::{Courier, RENEWAL},
    links,
    reading::Sources,
};
use crate::{
    app::AppError,
    ids,
    mail::{Delivery, Envelope, compose},
    store::{
        StoreError,
        notices::{
            self as reads, Notice,
            outbox::{self, Fate, Rendered},
            write as rows,
        },
    },
    telemetry,
};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The pause after each failed attempt. The last one is cut where the 24 hours end.
const PAUSES: [i64; 10] =
    [30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 390 * MINUTE, 12 * HOUR];

/// For how long a delivery is tried (M6).
const TRIED_FOR: i64 = 24 * HOUR;

/// When the digest of a day goes out, in the policy's time zone.
const DIGEST_AT: Time = Time::constant(8, 0, 0, 0);

/// How often storing the result of an attempt is retried while the database does not respond.
const STORING_TRIES: u32 = 8;

/// A notice under way.
pub(super) struct Attempt<'a> {
    pub(super) courier: &'a Courier,
    pub(super) notice: Notice,
}

impl Attempt<'_> {
    /// Makes the attempt, and stores its result.
    pub(super) async fn make(self) -> Result<(), AppError> {
        let app = &self.courier.app;
        let now = app.now();
        if self.notice.useless_from.is_some_and(|end| end <= now) {
            return self.end(Fate::Skipped("its deadline has passed".to_owned())).await;
        }
        let Some(sources) = app.sources(&[&self.notice]).await?.remove(&self.notice.id) else {
            return self.end(Fate::Recorded("its data was not stored".to_owned())).await;
        };
        if let Some(NoticeFacts::ConsentRequested { requested_at, .. }) = &self.notice.told
            && sources.open_consent != Some(requested_at.micros())
        {
            return self.end(Fate::Skipped("consent is no longer requested".to_owned())).await;
        }
        if self.notice.message.is_some() {
            return self.send().await;
        }
        match self.wanted().await? {
            NoticePreference::Off => self.end(Fate::Skipped("the recipient turned it off".to_owned())).await,
            NoticePreference::Daily if !self.notice.for_digest => {
                let at = self.next_digest(now);
                self.end(Fate::ForDigest(at)).await
            }
            _ if self.notice.for_digest => Ok(self.digest(now).await?),
            _ => self.write(sources, now).await,
        }
    }

    /// The preference for the notice (M5). A notice that waited for a digest goes into it, whatever the preference is
    /// now, unless digests were turned off.
    async fn wanted(&self) -> Result<NoticePreference, StoreError> {
        let Some(owner) = self.notice.owner().filter(|_| !self.notice.kind.is_mandatory()) else {
            return Ok(NoticePreference::Immediately);
        };
        let kind = if self.notice.for_digest { NoticeKind::Digest } else { self.notice.kind };
        let wanted = reads::preference(self.courier.app.db(), &owner, kind).await?;
        // What an operator has sent again is sent now.
        let is_sent_again = self.notice.tried_since.is_some();
        Ok(match wanted {
            NoticePreference::Daily if kind == NoticeKind::Digest || is_sent_again => NoticePreference::Immediately,
            wanted => wanted,
        })
    }

    fn next_digest(&self, now: Timestamp) -> Timestamp {
        let here = now.to_jiff().to_zoned(self.courier.app.policy().time_zone.clone());
        let on = |day: jiff::civil::Date| day.to_datetime(DIGEST_AT).to_zoned(here.time_zone().clone());
        let today = on(here.date());
        let next = match today {
            Ok(today) if today > here => Ok(today),
            _ => here.date().checked_add(1.day()).and_then(on),
        };
        next.map_or(now, |next| next.timestamp().into())
    }

    /// Puts it and everything else that waits for the recipient's digest into one message.
    async fn digest(&self, now: Timestamp) -> Result<(), StoreError> {
        let row = rows::digest(&self.notice, now);
        outbox::begin_digest(self.courier.app.db(), &self.notice, row, now).await?;
        self.courier.app.outbox().wake();
        Ok(())
    }

    /// Writes the mail once, stores it, and sends what was stored (M2).
    async fn write(mut self, sources: Sources, now: Timestamp) -> Result<(), AppError> {
        let app = &self.courier.app;
        let Sources { mut draft, addresses, .. } = sources;
        if addresses.is_empty() {
            let why = "no address is known".to_owned();
            // A reviewer reads it in the API; a company that cannot be reached is the operator's to look after.
            let of_company = self.notice.partner_id.or(self.notice.tenant_id).is_some();
            let fate = if of_company { Fate::Parked(why) } else { Fate::Recorded(why) };
            return self.end(fate).await;
        }
        let refused = reads::refused(app.db(), &addresses).await?;
        let is_good = |address: &&String| !refused.iter().any(|(bad, _)| bad == *address);
        let Some(address) = addresses.iter().find(is_good).cloned() else {
            let why = refused.into_iter().next().map(|(address, why)| format!("{address} was refused: {why}"));
            return self.end(Fate::Parked(why.unwrap_or_default())).await;
        };
        let text = app.writer().letter(&draft)?;
        let token = links::new_token();
        let link = |path: &str| format!("{}/{path}/{token}", app.public_url().unwrap_or_default());
        let has_owner = self.notice.owner().is_some();
        if self.notice.kind == NoticeKind::ConsentRequested {
            draft.decline_link = Some(link("consent"));
        } else if !self.notice.kind.is_mandatory() && has_owner {
            draft.unsubscribe_link = Some(link("unsubscribe"));
        }
        let letter = app.writer().letter(&draft)?;
        let envelope = Envelope {
            from: &self.courier.from,
            to: &address,
            notice_id: self.notice.id,
            writing: writing(&self.notice),
            kind: self.notice.kind,
            claim_id: self.notice.claim_id,
            at: now,
            host: &self.courier.host,
            unsubscribe: draft.unsubscribe_link.as_deref(),
        };
        let (message, message_id) = compose(&envelope, &letter)?;
        let has_link = draft.decline_link.is_some() || draft.unsubscribe_link.is_some();
        let rendered = Rendered {
            locale: letter.language.to_owned(),
            address: address.clone(),
            subject: letter.subject,
            text: text.text,
            message: message.clone(),
            message_id,
            token_hash: has_link.then(|| links::hash(&token)),
        };
        if !outbox::keep_rendered(app.db(), self.notice.id, self.courier.id, &rendered, now).await? {
            // Another server has it by now.
            return Ok(());
        }
        self.notice.message = Some(message);
        self.notice.address = Some(address);
        self.notice.tried_since = Some(now);
        self.send().await
    }

    /// Hands over the message as it was stored, keeping the lease meanwhile.
    async fn send(mut self) -> Result<(), AppError> {
        let (Some(address), Some(message)) = (self.notice.address.clone(), self.notice.message.take()) else {
            return self.end(Fate::Parked("the stored message has no address".to_owned())).await;
        };
        let delivery = {
            let sending = self.courier.mailer.send(&address, &message);
            tokio::pin!(sending);
            let mut renewals = tokio::time::interval(RENEWAL);
            // The first one comes at once.
            renewals.tick().await;
            loop {
                tokio::select! {
                    delivery = &mut sending => break delivery,
                    _ = renewals.tick() => self.renew().await,
                }
            }
        };
        self.notice.attempts = self.notice.attempts.saturating_add(1);
        let app = &self.courier.app;
        let now = app.now();
        match delivery {
            Delivery::Accepted => {
                telemetry::notice_attempt("sent");
                self.end(Fate::Sent).await
            }
            Delivery::Refused(why) => {
                telemetry::notice_attempt("refused");
                tracing::warn!(notice = %self.notice.id, cause = why, "an address was refused");
                outbox::mark(app.db(), &address, Some(&why), now).await?;
                self.end(Fate::Parked(why)).await
            }
            Delivery::Failed(why) => {
                telemetry::notice_attempt("failed");
                tracing::warn!(notice = %self.notice.id, cause = why, "a delivery failed");
                let fate = self.after_failure(why, now);
                self.end(fate).await
            }
        }
    }

    async fn renew(&self) {
        let (db, lease) = (self.courier.app.db(), self.courier.lease());
        // Where another server has it by now, it sends the same message with the same Message-ID.
        if let Err(error) = outbox::renew(db, self.notice.id, lease).await {
            tracing::warn!(cause = error.for_the_log(), "a lease could not be renewed");
        }
    }

    /// Again after a pause that grows, for 24 hours (M6).
    fn after_failure(&self, why: String, now: Timestamp) -> Fate {
        let since = self.notice.tried_since.unwrap_or(now).micros();
        let end = since.saturating_add(TRIED_FOR);
        if now.micros() >= end {
            return Fate::Parked(why);
        }
        let failed = usize::try_from(self.notice.attempts.max(1) - 1).unwrap_or(usize::MAX);
        let pause = PAUSES.get(failed).or(PAUSES.last()).copied().unwrap_or(TRIED_FOR);
        // A tenth more or less, so that not everything that failed together comes again together.
        let spread = i64::try_from(ids::random() % 200).unwrap_or(100) - 100;
        let at = now.micros().saturating_add(pause + pause / 1_000 * spread).min(end);
        Fate::Again(Timestamp::from_micros(at).unwrap_or(now), why)
    }

    /// Stores the result, with retries while the database does not respond: a message that was sent must not be sent
    /// again.
    async fn end(&self, fate: Fate) -> Result<(), AppError> {
        let app = &self.courier.app;
        if matches!(fate, Fate::Skipped(_)) {
            telemetry::notice_attempt("skipped");
        }
        let mut tries = 0;
        loop {
            match outbox::settle(app.db(), &self.notice, self.notice.attempts, &fate, app.now()).await {
                Err(error) if error.is_unavailable() && tries < STORING_TRIES => {
                    tries += 1;
                    tokio::time::sleep(ids::jitter(tries * 10)).await;
                }
                stored => return Ok(stored?),
            }
        }
    }
}

/// Which writing of the notice it is: the first, or one that an operator asked for after a delivery.
fn writing(notice: &Notice) -> u32 {
    let Some(id) = &notice.message_id else { return 1 };
    let local = id.split('@').next().unwrap_or_default();
    let before: u32 = local.rsplit('.').next().and_then(|last| last.parse().ok()).unwrap_or(1);
    before.saturating_add(1)
}
