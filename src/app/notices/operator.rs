//! What the operator does with notices: looks at those that were sent or given up, and has one sent again (M6).

use domain::{kinds::DeliveryState, time::Timestamp};
use uuid::Uuid;

use crate::{
    app::{App, AppError},
    store::{
        StoreError,
        notices::{self as reads, Notice, outbox},
    },
};

/// A notice as the operator sees it.
pub type Listed = Notice;

/// The result of sending a notice again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resent {
    /// It is tried from now on.
    Waiting,
    /// There is no such notice.
    Unknown,
    /// It waits already.
    WaitsAlready,
    /// Its deadline has passed: it is not sent any more.
    TooLate,
}

impl App {
    /// The latest notices in these states, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn list_notices(&self, states: &[DeliveryState], most: u64) -> Result<Vec<Listed>, AppError> {
        Ok(reads::latest(self.db(), states, most).await?)
    }

    /// Has a notice sent again, and removes the mark from its address; a digest is sent with all its notices.
    ///
    /// # Errors
    /// Database errors.
    pub async fn resend_notice(&self, id: Uuid) -> Result<Resent, AppError> {
        let Some(notice) = reads::find(self.db(), id).await? else { return Ok(Resent::Unknown) };
        let now = self.now();
        if notice.state == DeliveryState::Pending {
            return Ok(Resent::WaitsAlready);
        }
        if notice.useless_from.is_some_and(|end: Timestamp| end <= now) {
            return Ok(Resent::TooLate);
        }
        self.unmark(&notice, now).await?;
        outbox::send_again(self.db(), id, now).await?;
        self.outbox().wake();
        Ok(Resent::Waiting)
    }

    async fn unmark(&self, notice: &Notice, now: Timestamp) -> Result<(), StoreError> {
        let known = self.sources(&[notice]).await?.remove(&notice.id).map(|sources| sources.addresses);
        let addresses: Vec<String> = notice.address.clone().into_iter().chain(known.unwrap_or_default()).collect();
        for (address, _) in reads::refused(self.db(), &addresses).await? {
            outbox::mark(self.db(), &address, None, now).await?;
        }
        Ok(())
    }

    /// Forgets stored mails whose time is over, with the tokens in them.
    ///
    /// # Errors
    /// Database errors.
    pub async fn forget_useless_mails(&self) -> Result<(), AppError> {
        Ok(outbox::forget_useless(self.db(), self.now()).await?)
    }
}
