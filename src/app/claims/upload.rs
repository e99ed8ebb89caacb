//! An uploaded file on its way to become a document (P1).

use super::{ChangeResult, attempt::UnitError, carry::content_key, request::ChangeRequest};
use crate::{
    app::{App, AppError},
    documents::Received,
};
use uuid::Uuid;

impl App {
    /// Attaches a document. Its content is stored between two transactions, so that no transaction waits for the
    /// document store while it holds locks: the first checks whether the document would be accepted, the second
    /// attaches it.
    pub(super) async fn upload(
        &self,
        request: &ChangeRequest<'_>,
        document: Uuid,
        content: &Received,
    ) -> Result<ChangeResult, UnitError> {
        if let Some(before) = self.try_without_storing(request).await? {
            return Ok(before);
        }
        let key = content_key(document);
        self.documents().keep(&key, content).await?;
        let done = self.make(request).await;
        let is_unused = match &done {
            Ok(result) => result.document.as_ref().is_none_or(|attached| attached.id != document),
            // The connection may have broken after the commit: content too many is a smaller evil than a document without,
            // and is collected once it is an hour old.
            Err(UnitError::App(AppError::Unavailable(_))) => false,
            Err(UnitError::Store(error)) => !error.is_unavailable(),
            Err(_) => true,
        };
        if is_unused {
            self.remove_content(&key).await;
        }
        done
    }
}
