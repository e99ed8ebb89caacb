//! Reviewers as the directory loads them, or as their tokens name them, and their absences.

use std::collections::HashMap;

use domain::{caller::Caller, directory::ReviewerRow, kinds::Role, problem::Problem, text, time::Timestamp};
use entity::{column::Micros, reviewer};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::id_of;
use crate::store::{Reads, StoreError, Transaction, directory::Loadable, search_text, sql, transaction::rows::batches};

impl Loadable for ReviewerRow {
    type Key = String;
    const KEY_FIELD: &'static str = "subject";

    fn key(&self) -> String {
        self.subject.clone()
    }

    async fn existing(transaction: &Transaction, rows: &[Self]) -> Result<HashMap<String, Self>, StoreError> {
        let connection = transaction.connection();
        let keys = rows.iter().map(|row| row.subject.clone());
        let found = reviewer::Entity::find()
            .filter(sql::any_of(reviewer::Column::Subject, keys, connection.get_database_backend()))
            .all(connection)
            .await?;
        let row = |row: reviewer::Model| {
            let reviewer::Model { subject, name, email, locale, lead, active, .. } = row;
            (subject.clone(), Self { subject, name, email, locale, lead, active })
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn refused(_: &Transaction, rows: &[Self]) -> Result<Vec<Option<Problem>>, StoreError> {
        Ok(vec![None; rows.len()])
    }

    fn unchanged(&self, there: &Self) -> bool {
        // What a row leaves out stays as it is (C8).
        let same = |new: &Option<String>, old: &Option<String>| new.is_none() || new == old;
        self.name == there.name
            && self.lead == there.lead
            && self.active == there.active
            && same(&self.email, &there.email)
            && same(&self.locale, &there.locale)
    }

    async fn write(transaction: &Transaction, rows: &[Self], _: Timestamp) -> Result<(), StoreError> {
        use reviewer::Column::{Active, Email, Lead, Locale, Name, SearchText, SortKey, Subject};
        let kept = |column: &str| Expr::cust(format!("COALESCE(excluded.{column}, reviewer.{column})"));
        let again = OnConflict::column(Subject)
            .update_columns([Name, SearchText, SortKey, Lead, Active])
            .value(Email, kept("email"))
            .value(Locale, kept("locale"))
            .to_owned();
        for rows in batches(rows) {
            let insert = reviewer::Entity::insert_many(rows.iter().map(row)).on_conflict(again.clone());
            insert.exec_without_returning(transaction.connection()).await?;
        }
        Ok(())
    }
}

fn row(row: &ReviewerRow) -> reviewer::ActiveModel {
    reviewer::ActiveModel {
        id: Set(id_of(&row.subject)),
        subject: Set(row.subject.clone()),
        name: Set(row.name.clone()),
        email: Set(row.email.clone()),
        locale: Set(row.locale.clone()),
        search_text: Set(search_text([row.name.as_str(), row.subject.as_str()])),
        sort_key: Set(text::sort_key(&row.name)),
        lead: Set(row.lead),
        active: Set(row.active),
        absent_from: Set(None),
        absent_until: Set(None),
        deputy: Set(None),
    }
}

/// Learns of a reviewer from a token, unless the subject is known already.
///
/// # Errors
/// Database errors.
pub async fn learn(transaction: &Transaction, caller: &Caller) -> Result<(), StoreError> {
    let learned = ReviewerRow {
        subject: caller.subject.clone(),
        name: caller.name.clone().unwrap_or_else(|| caller.subject.clone()),
        email: None,
        locale: None,
        lead: caller.is(Role::ReviewLead),
        active: true,
    };
    let known = OnConflict::column(reviewer::Column::Subject).do_nothing().to_owned();
    let connection = transaction.connection();
    reviewer::Entity::insert_many([row(&learned)]).on_conflict(known).exec_without_returning(connection).await?;
    Ok(())
}

/// Sets or ends an absence (R4).
///
/// # Errors
/// Database errors.
pub async fn set_absence(
    transaction: &Transaction,
    subject: &str,
    absence: Option<(Timestamp, Timestamp, Option<&str>)>,
) -> Result<(), StoreError> {
    let changed = reviewer::ActiveModel {
        id: Set(id_of(subject)),
        absent_from: Set(absence.map(|(from, ..)| Micros(from))),
        absent_until: Set(absence.map(|(_, until, _)| Micros(until))),
        deputy: Set(absence.and_then(|(.., deputy)| deputy.map(str::to_owned))),
        ..Default::default()
    };
    reviewer::Entity::update_many()
        .set(changed)
        .filter(sea_orm::ColumnTrait::eq(&reviewer::Column::Subject, subject))
        .exec(transaction.connection())
        .await?;
    Ok(())
}
