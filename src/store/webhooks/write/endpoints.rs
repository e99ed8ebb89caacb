//! Endpoints.

use domain::{
    kinds::{Scope, WebhookEventType, WebhookState},
    patch::Patch,
    time::Timestamp,
};
use entity::{
    column::{Micros, Word, Words},
    webhook_attempt, webhook_delivery, webhook_endpoint,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, Value},
};
use uuid::Uuid;

use crate::store::{Reads, StoreError, Transaction, history::Position, rows::Rows, webhooks::Endpoint};

/// Makes an endpoint known.
///
/// # Errors
/// Database errors.
pub async fn insert(transaction: &Transaction, endpoint: &Endpoint, by: &str) -> Result<(), StoreError> {
    let behind = endpoint.behind;
    let row = webhook_endpoint::ActiveModel {
        id: Set(endpoint.id),
        partner_id: Set(endpoint.partner_id),
        url: Set(endpoint.url.clone()),
        events: Set(Words(endpoint.events.clone())),
        selection: Set(endpoint.selection.clone()),
        scopes: Set(Words(endpoint.scopes.clone())),
        state: Set(Word(endpoint.state)),
        secret: Set(endpoint.secret.clone()),
        secret_before: Set(None),
        secret_before_until: Set(None),
        public_key: Set(endpoint.public_key.clone()),
        created_at: Set(Micros(endpoint.created_at)),
        created_by: Set(by.to_owned()),
        behind_epoch: Set(behind.map(|position| position.epoch)),
        behind_xid: Set(behind.map(|position| position.xid)),
        behind_pos: Set(behind.map(|position| position.pos)),
        last_success_at: Set(None),
        last_failure_at: Set(None),
        failing_since: Set(None),
        last_milliseconds: Set(None),
    };
    webhook_endpoint::Entity::insert(row).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// What is changed of an endpoint.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// Where it is.
    pub url: Option<String>,
    /// The types of events, with the scopes of whoever chose them.
    pub events: Option<Vec<WebhookEventType>>,
    /// The selection on an event.
    pub selection: Patch<String>,
    /// The scopes of reading of whoever changed events or selection.
    pub scopes: Option<Vec<Scope>>,
}

/// Changes an endpoint.
///
/// # Errors
/// Database errors.
pub async fn update(transaction: &Transaction, id: Uuid, changed: Changed) -> Result<(), StoreError> {
    let mut row = webhook_endpoint::ActiveModel { id: Set(id), ..Default::default() };
    if let Some(url) = changed.url {
        row.url = Set(url);
    }
    if let Some(events) = changed.events {
        row.events = Set(Words(events));
    }
    if let Some(scopes) = changed.scopes {
        row.scopes = Set(Words(scopes));
    }
    match changed.selection {
        Patch::Keep => {}
        Patch::Clear => row.selection = Set(None),
        Patch::Set(selection) => row.selection = Set(Some(selection)),
    }
    save(transaction, row).await
}

async fn save(transaction: &Transaction, row: webhook_endpoint::ActiveModel) -> Result<(), StoreError> {
    let id = row.id.clone().take();
    webhook_endpoint::Entity::update_many()
        .set(row)
        .filter(webhook_endpoint::Column::Id.eq(id))
        .exec(transaction.connection())
        .await?;
    Ok(())
}

/// Gives an endpoint a new secret; the one before signs too until then.
///
/// # Errors
/// Database errors.
pub async fn rotate(
    transaction: &Transaction,
    endpoint: &Endpoint,
    (secret, public_key): (String, Option<String>),
    until: Timestamp,
) -> Result<(), StoreError> {
    let row = webhook_endpoint::ActiveModel {
        id: Set(endpoint.id),
        secret: Set(secret),
        secret_before: Set(Some(endpoint.secret.clone())),
        secret_before_until: Set(Some(Micros(until))),
        public_key: Set(public_key),
        ..Default::default()
    };
    save(transaction, row).await
}

/// Lets an endpoint receive events again, from this position on.
///
/// # Errors
/// Database errors.
pub async fn enable(transaction: &Transaction, id: Uuid, from: Position) -> Result<(), StoreError> {
    let row = webhook_endpoint::ActiveModel {
        id: Set(id),
        state: Set(Word(WebhookState::Active)),
        behind_epoch: Set(Some(from.epoch)),
        behind_xid: Set(Some(from.xid)),
        behind_pos: Set(Some(from.pos)),
        failing_since: Set(None),
        ..Default::default()
    };
    save(transaction, row).await
}

/// Ends that an endpoint receives events, if it does; what is pending waits until it is enabled. Whether it did.
///
/// # Errors
/// Database errors.
pub async fn disable(transaction: &Transaction, id: Uuid, state: WebhookState) -> Result<bool, StoreError> {
    use webhook_endpoint::Column::{Id, State};
    let connection = transaction.connection();
    let done = webhook_endpoint::Entity::update_many()
        .col_expr(State, Expr::val(state.as_str()))
        .filter(Id.eq(id))
        .filter(State.eq(WebhookState::Active.as_str()))
        .exec(connection)
        .await?;
    let never = || Expr::val(Value::BigInt(None));
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::NextAttemptAt, never())
        .col_expr(webhook_delivery::Column::LeasedUntil, never())
        .filter(webhook_delivery::Column::EndpointId.eq(id))
        .filter(Expr::cust("state = 'PENDING'"))
        .exec(connection)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Forgets an endpoint with all its deliveries.
///
/// # Errors
/// Database errors.
pub async fn delete(transaction: &Transaction, id: Uuid) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let of_endpoint = webhook_delivery::Column::EndpointId.eq(id);
    let own = Rows::<webhook_delivery::Entity>::all();
    let own = sea_orm::QuerySelect::column(own, webhook_delivery::Column::Id).filter(of_endpoint.clone());
    webhook_attempt::Entity::delete_many()
        .filter(webhook_attempt::Column::DeliveryId.in_subquery(own.into_query()))
        .exec(connection)
        .await?;
    webhook_delivery::Entity::delete_many().filter(of_endpoint).exec(connection).await?;
    webhook_endpoint::Entity::delete_by_id(id).exec(connection).await?;
    Ok(())
}
