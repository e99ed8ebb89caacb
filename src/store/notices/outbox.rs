//! The outbox: each notice that is due is claimed by one server, and the result of its delivery is stored (M6).
//!
//! A lease names the server that delivers it. It is renewed during the delivery and expires if the server dies; then
//! another server continues with the same message.

use domain::{
    kinds::{DeliveryState, NoticeKind, NoticePreference},
    time::Timestamp,
};
use entity::{
    column::{Micros, Word},
    notice, notice_preference, refused_address,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::Notice;
use crate::store::{
    Db, Reads, StoreError, Transaction,
    rows::{Cells, Plain, Shape},
};

/// The server that works on the outbox, and how long its leases last, by the machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// The server.
    pub by: Uuid,
    /// The machine's time.
    pub now: Timestamp,
    /// When the lease ends.
    pub until: Timestamp,
}

/// Claims up to so many notices that are due by now; each is claimed by one server.
///
/// # Errors
/// Database errors.
pub async fn claim(db: &Db, now: Timestamp, lease: Lease, most: u32) -> Result<Vec<Notice>, StoreError> {
    let due = "state = 'PENDING' AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $2)";
    let backend = db.connection().get_database_backend();
    let values = [Value::from(now.micros()), lease.now.micros().into()];
    // Nothing is due most of the time: that is found out without the writers' connection.
    let look =
        Statement::from_sql_and_values(backend, format!("SELECT 1 FROM notice WHERE {due} LIMIT 1"), values.clone());
    if db.connection().query_one_raw(look).await?.is_none() {
        return Ok(Vec::new());
    }
    let transaction = db.begin().await?;
    let skip = if transaction.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let shape = Plain::<Notice>::all();
    let mut columns = sea_orm::sea_query::Query::select();
    Shape::select(&shape, &mut columns);
    let columns = columns_of(&columns, &transaction);
    let sql = format!(
        "UPDATE notice SET leased_by = $3, leased_until = $4 WHERE id IN \
         (SELECT id FROM notice WHERE {due} ORDER BY due_at, id LIMIT $5{skip}) RETURNING {columns}"
    );
    let more = [Value::from(lease.by), lease.until.micros().into(), i64::from(most).into()];
    let statement = Statement::from_sql_and_values(backend, sql, values.into_iter().chain(more));
    let rows = transaction.connection().query_all_raw(statement).await?;
    let read = |row| shape.read(&mut Cells::of::<notice::Entity>(row)?);
    let claimed = rows.iter().map(read).collect::<Result<_, _>>()?;
    transaction.commit().await?;
    Ok(claimed)
}

/// The columns of a statement that selects nothing else.
fn columns_of(select: &sea_orm::sea_query::SelectStatement, transaction: &Transaction) -> String {
    let text = if transaction.is_postgres() {
        select.to_string(sea_orm::sea_query::PostgresQueryBuilder)
    } else {
        select.to_string(sea_orm::sea_query::SqliteQueryBuilder)
    };
    text.trim_start_matches("SELECT ").to_owned()
}

/// Changes a notice that waits and is leased by this server; whether it was.
async fn change(db: &Db, id: Uuid, by: Option<Uuid>, row: notice::ActiveModel) -> Result<bool, StoreError> {
    let transaction = db.begin().await?;
    let mut update = notice::Entity::update_many()
        .set(row)
        .filter(notice::Column::Id.eq(id))
        .filter(notice::Column::State.eq(DeliveryState::Pending.as_str()));
    if let Some(by) = by {
        update = update.filter(notice::Column::LeasedBy.eq(by));
    }
    let changed = update.exec(transaction.connection()).await?.rows_affected > 0;
    transaction.commit().await?;
    Ok(changed)
}

/// Extends the lease on a notice; whether it was still this server's.
///
/// # Errors
/// Database errors.
pub async fn renew(db: &Db, id: Uuid, lease: Lease) -> Result<bool, StoreError> {
    let row = notice::ActiveModel { leased_until: Set(Some(Micros(lease.until))), ..Default::default() };
    change(db, id, Some(lease.by), row).await
}

/// The rendered message.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The language.
    pub locale: String,
    /// Where it goes.
    pub address: String,
    /// The subject.
    pub subject: String,
    /// The text, without the links that only the mail contains.
    pub text: String,
    /// The whole mail.
    pub message: String,
    /// Its Message-ID.
    pub message_id: String,
    /// The SHA-256 of the token in its link.
    pub token_hash: Option<String>,
}

/// Stores the rendered message before it is sent; returns whether the notice was still leased by this server.
///
/// # Errors
/// Database errors.
pub async fn keep_rendered(db: &Db, id: Uuid, by: Uuid, mail: &Rendered, now: Timestamp) -> Result<bool, StoreError> {
    let mail = mail.clone();
    let row = notice::ActiveModel {
        locale: Set(Some(mail.locale)),
        address: Set(Some(mail.address)),
        mail_subject: Set(Some(mail.subject)),
        mail_text: Set(Some(mail.text)),
        message: Set(Some(mail.message)),
        message_id: Set(Some(mail.message_id)),
        token_hash: Set(mail.token_hash),
        tried_since: Set(Some(Micros(now))),
        ..Default::default()
    };
    change(db, id, Some(by), row).await
}

/// The result for a notice after an attempt, or instead of one.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The mail server has it.
    Sent,
    /// Tried again at this time.
    Again(Timestamp, String),
    /// Given up.
    Parked(String),
    /// Not sent.
    Skipped(String),
    /// Recorded only: there is nowhere to send it.
    Recorded(String),
    /// Put off until the daily digest at this time.
    ForDigest(Timestamp),
}

impl Fate {
    const fn state(&self) -> DeliveryState {
        match self {
            Self::Sent => DeliveryState::Sent,
            Self::Again(..) | Self::ForDigest(_) => DeliveryState::Pending,
            Self::Parked(_) => DeliveryState::Parked,
            Self::Skipped(_) => DeliveryState::Skipped,
            Self::Recorded(_) => DeliveryState::Recorded,
        }
    }
}

/// Stores the fate of a notice; `attempts` is how often it has been tried by now. The notices that a digest carries share
/// its fate.
///
/// # Errors
/// Database errors.
pub async fn settle(db: &Db, notice: &Notice, attempts: i32, fate: &Fate, now: Timestamp) -> Result<(), StoreError> {
    let (state, due_at, failure) = match fate.clone() {
        Fate::Sent => (fate.state(), None, None),
        Fate::Again(at, why) => (fate.state(), Some(at), Some(why)),
        Fate::ForDigest(at) => (fate.state(), Some(at), None),
        Fate::Parked(why) | Fate::Skipped(why) | Fate::Recorded(why) => (fate.state(), None, Some(why)),
    };
    let delivered_at = (state == DeliveryState::Sent).then_some(Micros(now));
    let mut row = notice::ActiveModel {
        state: Set(Word(state)),
        due_at: Set(due_at.map(Micros)),
        attempts: Set(attempts),
        failure: Set(failure),
        delivered_at: Set(delivered_at),
        for_digest: Set(notice.for_digest || matches!(fate, Fate::ForDigest(_))),
        leased_by: Set(None),
        leased_until: Set(None),
        ..Default::default()
    };
    // What was delivered is in a mailbox; here only the hash of its token stays.
    if matches!(state, DeliveryState::Sent | DeliveryState::Skipped) {
        row.message = Set(None);
    }
    let transaction = db.begin().await?;
    notice::Entity::update_many()
        .set(row)
        .filter(notice::Column::Id.eq(notice.id))
        .filter(notice::Column::State.eq(DeliveryState::Pending.as_str()))
        .exec(transaction.connection())
        .await?;
    if notice.kind == NoticeKind::Digest && state != DeliveryState::Pending {
        let carried =
            notice::ActiveModel { state: Set(Word(state)), delivered_at: Set(delivered_at), ..Default::default() };
        notice::Entity::update_many()
            .set(carried)
            .filter(notice::Column::DigestId.eq(notice.id))
            .exec(transaction.connection())
            .await?;
    }
    transaction.commit().await
}

/// Puts all that waits for the digest of one recipient, and is due, into a new digest. Whoever comes second finds nothing.
///
/// # Errors
/// Database errors.
pub async fn begin_digest(db: &Db, of: &Notice, digest: notice::ActiveModel, now: Timestamp) -> Result<(), StoreError> {
    let transaction = db.begin().await?;
    let connection = transaction.connection();
    let mut waiting = notice::Entity::find()
        .select_only()
        .column(notice::Column::Id)
        .filter(notice::Column::State.eq(DeliveryState::Pending.as_str()))
        .filter(notice::Column::ForDigest.eq(true))
        .filter(notice::Column::DigestId.is_null())
        .filter(notice::Column::DueAt.lte(now.micros()));
    waiting = match (of.partner_id, of.tenant_id, &of.reviewer) {
        (Some(id), ..) => waiting.filter(notice::Column::PartnerId.eq(id)),
        (None, Some(id), _) => waiting.filter(notice::Column::TenantId.eq(id)),
        (None, None, reviewer) => waiting.filter(notice::Column::Reviewer.eq(reviewer.clone().unwrap_or_default())),
    };
    if transaction.is_postgres() {
        waiting = waiting.lock_exclusive();
    }
    let ids: Vec<Uuid> = waiting.into_tuple().all(connection).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let Set(digest_id) = digest.id else { return Ok(()) };
    notice::Entity::insert(digest).exec_without_returning(connection).await?;
    let carried = notice::ActiveModel {
        digest_id: Set(Some(digest_id)),
        due_at: Set(None),
        leased_by: Set(None),
        leased_until: Set(None),
        ..Default::default()
    };
    let backend = connection.get_database_backend();
    notice::Entity::update_many()
        .set(carried)
        .filter(crate::store::sql::any_of(notice::Column::Id, ids, backend))
        .exec(connection)
        .await?;
    transaction.commit().await
}

/// Marks an address that a mail server has refused for good, or takes the mark away.
///
/// # Errors
/// Database errors.
pub async fn mark(db: &Db, address: &str, refused: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    let transaction = db.begin().await?;
    match refused {
        Some(reason) => {
            let row = refused_address::ActiveModel {
                address: Set(address.to_owned()),
                reason: Set(reason.to_owned()),
                refused_at: Set(Micros(now)),
            };
            let again = OnConflict::column(refused_address::Column::Address)
                .update_columns([refused_address::Column::Reason, refused_address::Column::RefusedAt])
                .to_owned();
            refused_address::Entity::insert(row)
                .on_conflict(again)
                .exec_without_returning(transaction.connection())
                .await?;
        }
        None => {
            refused_address::Entity::delete_by_id(address.to_owned()).exec(transaction.connection()).await?;
        }
    }
    transaction.commit().await
}

/// Has a notice sent again from now on, with the message that it has; without one it is written again. The notices that
/// a digest carries wait with it.
///
/// # Errors
/// Database errors.
pub async fn send_again(db: &Db, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    let transaction = db.begin().await?;
    let row = notice::ActiveModel {
        state: Set(Word(DeliveryState::Pending)),
        due_at: Set(Some(Micros(now))),
        tried_since: Set(Some(Micros(now))),
        attempts: Set(0),
        failure: Set(None),
        for_digest: Set(false),
        digest_id: Set(None),
        ..Default::default()
    };
    notice::Entity::update_many()
        .set(row)
        .filter(notice::Column::Id.eq(id))
        .filter(notice::Column::State.ne(DeliveryState::Pending.as_str()))
        .exec(transaction.connection())
        .await?;
    notice::Entity::update_many()
        .col_expr(notice::Column::State, Expr::value(DeliveryState::Pending.as_str()))
        .filter(notice::Column::DigestId.eq(id))
        .filter(notice::Column::State.ne(DeliveryState::Sent.as_str()))
        .exec(transaction.connection())
        .await?;
    transaction.commit().await
}

/// Says how a kind of notice is wanted by this owner (M5).
///
/// # Errors
/// Database errors.
pub async fn prefer(
    transaction: &Transaction,
    owner: &str,
    kind: NoticeKind,
    preference: NoticePreference,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = notice_preference::ActiveModel {
        owner: Set(owner.to_owned()),
        kind: Set(Word(kind)),
        preference: Set(Word(preference)),
        set_at: Set(Micros(now)),
    };
    let again = OnConflict::columns([notice_preference::Column::Owner, notice_preference::Column::Kind])
        .update_columns([notice_preference::Column::Preference, notice_preference::Column::SetAt])
        .to_owned();
    notice_preference::Entity::insert(row).on_conflict(again).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// Forgets the messages that are of no use any more, with the tokens in their links.
///
/// # Errors
/// Database errors.
pub async fn forget_useless(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let transaction = db.begin().await?;
    notice::Entity::update_many()
        .col_expr(notice::Column::Message, Expr::value(Option::<String>::None))
        .filter(notice::Column::State.eq(DeliveryState::Parked.as_str()))
        .filter(notice::Column::UselessFrom.lte(now.micros()))
        .filter(notice::Column::Message.is_not_null())
        .exec(transaction.connection())
        .await?;
    transaction.commit().await
}
