//! W1 to W3.

use std::sync::Arc;

use axum::{body::Bytes, extract::State};
use futures_util::future::try_join3;
use serde::Deserialize;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{Answer, App, body::Body, json, pool::Connection};

/// The kind of a claim's global id.
pub const CLAIM: u8 = 6;

#[derive(Deserialize)]
pub struct One {
    id: Uuid,
}

/// A claim with its customer, location and products.
pub async fn claim(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let asked: One = serde_json::from_slice(&body)?;
    let connection = app.readers.next();
    let row = connection.client.query_one(&connection.claim, &[&asked.id]).await?;
    let activities: &str = row.get(4);
    let mut body = Body::new(768);
    body.raw("{\"data\":{\"claim\":{\"id\":").id(CLAIM, row.get(0)).raw(",\"number\":").text(row.get(1));
    body.raw(",\"status\":").text(row.get(2)).raw(",\"solutionArea\":").text(row.get(3));
    body.raw(",\"activities\":").list(activities.split(' '), |body, activity| {
        body.text(activity);
    });
    body.raw(",\"submittedAt\":").time(row.get(5)).raw(",\"version\":").number(row.get(6));
    body.raw(",\"customer\":{\"name\":").text(row.get(7)).raw(",\"domain\":").text(row.get(8));
    body.raw("},\"location\":{\"mpnId\":").text(row.get(9)).raw("},\"lines\":");
    body.list(row.get::<_, Vec<&str>>(10), |body, name| {
        body.raw("{\"product\":{\"name\":").text(name).raw("}}");
    });
    body.raw("}}}");
    json(body.0)
}

#[derive(Deserialize)]
pub struct Page<'a> {
    partner: Uuid,
    status: &'a str,
}

/// The newest claims of a partner in a status.
pub async fn page(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let asked: Page<'_> = serde_json::from_slice(&body)?;
    let connection = app.readers.next();
    let claims = connection.client.query(&connection.page, &[&asked.partner, &asked.status]).await?;
    list(connection, &claims).await
}

#[derive(Deserialize)]
pub struct Queue<'a> {
    status: &'a str,
    submitted_at: i64,
    id: Uuid,
}

/// The claims of all partners in a status, after one of them.
pub async fn queue(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let asked: Queue<'_> = serde_json::from_slice(&body)?;
    let connection = app.readers.next();
    let after: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [&asked.status, &asked.submitted_at, &asked.id];
    let claims = connection.client.query(&connection.queue, &after).await?;
    list(connection, &claims).await
}

/// The rows of each claim, by its place from 1; rows come in order of places.
fn by_claim(rows: &[Row], claims: usize) -> Vec<&[Row]> {
    let mut rest = rows;
    let mut of_next = |place: i64| {
        let end = rest.iter().position(|row| row.get::<_, i64>(0) != place).unwrap_or(rest.len());
        let (own, after) = rest.split_at(end);
        rest = after;
        own
    };
    (1..).take(claims).map(&mut of_next).collect()
}

async fn list(connection: &Connection, claims: &[Row]) -> Answer {
    let ids: Vec<Uuid> = claims.iter().map(|row| row.get(0)).collect();
    let of_claims: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&ids];
    let client = &connection.client;
    let (products, comments, history) = try_join3(
        client.query(&connection.products, &of_claims),
        client.query(&connection.comments, &of_claims),
        client.query(&connection.history, &of_claims),
    )
    .await?;
    let products = by_claim(&products, ids.len());
    let comments = by_claim(&comments, ids.len());
    let history = by_claim(&history, ids.len());
    let mut body = Body::new(96 * 1024);
    body.raw("{\"data\":{\"claims\":{\"nodes\":");
    body.list(claims.iter().enumerate(), |body, (place, claim)| {
        body.raw("{\"id\":").id(CLAIM, ids[place]).raw(",\"number\":").text(claim.get(1));
        body.raw(",\"status\":").text(claim.get(2)).raw(",\"submittedAt\":").time(claim.get(3));
        body.raw(",\"customer\":{\"name\":").text(claim.get(4)).raw("},\"lines\":");
        body.list(products[place], |body, row| {
            body.raw("{\"product\":{\"name\":").text(row.get(1)).raw("}}");
        });
        body.raw(",\"comments\":{\"nodes\":").list(comments[place], |body, row| {
            body.raw("{\"body\":").text(row.get(1)).raw(",\"author\":{\"name\":").text(row.get(2));
            body.raw("},\"createdAt\":").time(Some(row.get(3))).raw("}");
        });
        body.raw("},\"history\":{\"nodes\":").list(history[place], |body, row| {
            body.raw("{\"action\":").text(row.get(1)).raw(",\"at\":").time(Some(row.get(2)));
            body.raw(",\"actor\":{\"name\":").text(row.get(3)).raw("}}");
        });
        body.raw("}}");
    });
    body.raw("}}}");
    json(body.0)
}
