//! Webhook endpoints at the root, and by their ids.

use async_graphql::{Context, Object};
use domain::{kinds::Scope, webhook};
use uuid::Uuid;

use super::types::WebhookEndpointConnection;
use crate::{
    app::webhooks::managed_by,
    graphql::{
        error::ApiError,
        guard::Root,
        loader::Reader,
        page::{self, PageArgs, Total},
    },
    store::webhooks::{self, Delivery, Endpoint},
};

/// Webhook endpoints at the root.
#[derive(Default)]
pub struct WebhookQuery;

#[Object(guard = "Root")]
impl WebhookQuery {
    /// The caller's webhook endpoints, oldest first. A partner's admins see their company's, a `REVIEW_LEAD` the
    /// vendor's; for others the error is `FORBIDDEN`. Needs the scope `webhooks:read`.
    async fn webhook_endpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only endpoints after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only endpoints before this cursor.")] before: Option<String>,
    ) -> Result<WebhookEndpointConnection, ApiError> {
        let owner = managed_by(&Reader::of(ctx)?.caller, Scope::WebhooksRead)?;
        let request = PageArgs { first, after, last, before }.of(ctx, &webhooks::ENDPOINTS)?;
        let page =
            page::asked(ctx, move |reader| async move { webhooks::page(reader.db(), owner, &request).await }).await?;
        let total = Total::asked(move |reader| async move { webhooks::count(reader.db(), owner).await });
        Ok(WebhookEndpointConnection::new(page, total))
    }
}

/// Those of the endpoints that the caller manages.
///
/// # Errors
/// Database errors.
pub async fn endpoints(reader: &Reader, ids: &[Uuid]) -> Result<Vec<Endpoint>, ApiError> {
    // A caller who may not manage endpoints sees none.
    let Ok(owner) = managed_by(&reader.caller, Scope::WebhooksRead) else { return Ok(Vec::new()) };
    let found = webhooks::by_ids(reader.db(), ids).await?;
    Ok(found.into_iter().filter(|endpoint| endpoint.partner_id == owner).collect())
}

/// Those of the deliveries that are to endpoints which the caller manages.
///
/// # Errors
/// Database errors.
pub async fn deliveries(reader: &Reader, ids: &[Uuid]) -> Result<Vec<Delivery>, ApiError> {
    let Ok(owner) = managed_by(&reader.caller, Scope::WebhooksRead) else { return Ok(Vec::new()) };
    Ok(webhooks::deliveries(reader.db(), owner, ids, webhook::kept_since(reader.app.now())).await?)
}
