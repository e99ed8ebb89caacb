//! Mail among what a server is put together of.

use std::sync::Arc;

use super::{StartError, schema_error};
use crate::{
    app::{
        App,
        notices::{Courier, Outbox},
    },
    config::MailSettings,
    mail::{MailError, Writer},
    store::settings,
};

/// The use cases with an operator's texts and templates, all of which are proven to be whole, and with an outbox where
/// notices are delivered. The database remembers whether they are: commands beside the servers ask it.
pub(super) async fn with_mail(app: App, mail: &MailSettings) -> Result<App, StartError> {
    let remedy = "Complete the folder of --mail-templates, or remove the option to use the built-in templates.";
    let writer = Writer::new(app.policy(), mail.templates.as_deref());
    let writer = writer.and_then(|writer| writer.check().map(|()| writer));
    let app = app.with_writer(writer.map_err(|wrong| StartError::new(wrong.0, remedy))?);
    settings::write::deliver_notices(app.db(), mail.sending.is_some()).await.map_err(schema_error)?;
    Ok(if mail.sending.is_some() { app.with_outbox(Outbox::with_channel()) } else { app })
}

/// What delivers notices, if they are.
///
/// # Errors
/// When mail cannot be sent the way it is configured.
pub fn courier(app: &App, mail: &MailSettings) -> Result<Option<Arc<Courier>>, StartError> {
    let courier = mail.sending.clone().map(|sending| Courier::new(app.clone(), sending)).transpose();
    let wrong = |wrong: MailError| StartError::new(wrong.0, "Check --smtp-url and --mail-from.");
    Ok(courier.map_err(wrong)?.map(Arc::new))
}
