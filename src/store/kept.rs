//! Statements that are written once and kept.
//!
//! To write down the SQL of a frequent read takes a tenth of the time of a small request. The text follows from the read, the
//! side of the caller and the columns, and not from the ids: it is kept under the former, and only the ids are filled in again.
//! The ids are one value: an id, or an array of ids ([`super::sql::id_array`]). A statement can have several arrays.
//! A debug build, and so every test, writes each statement again and compares.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::caller::{Caller, Side};
use sea_orm::{
    Statement, Value,
    sea_query::{ArrayType, Values},
};
use uuid::Uuid;

use super::{
    claims::{LinesWanted, Wanted, write::Parts},
    page::PageRequest,
    rows::Columns,
    sql::{id_array, numbers, texts},
};

/// How many statements are kept. Clients choose the columns, so there may be any number of them.
const MOST: usize = 1_024;

/// Frequent reads, with what their SQL follows from beside the caller's side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) enum Form {
    /// A claim by its id.
    Claim(Wanted),
    /// A claim for each of several requests, by its id and the company of its caller.
    Claims(Wanted),
    /// A claim to be changed for each of several requests, with the results under their keys if they have any.
    Snapshots(Parts, bool),
    /// The lines of claims.
    Lines(LinesWanted),
    /// A page of the comments of each of these claims.
    Comments(PageRequest, Columns),
    /// A page of the history of each of these claims.
    History(PageRequest, Columns),
}

/// What the SQL of a caller's visibility follows from, the id of its company aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) enum Scope {
    Partner,
    Customer,
    Reviewers,
    Vendor,
}

/// The statements, by their form and, if the caller matters, by its scope.
#[derive(Debug, Default)]
pub(in crate::store) struct Kept(RwLock<HashMap<Key, Arc<Written>>>);

type Key = (Form, Option<Scope>);

/// A statement without its ids.
#[derive(Debug)]
struct Written {
    statement: Statement,
    /// The places among its values that are filled in, each with what belongs there.
    places: Vec<(usize, Source)>,
}

/// Where a value of a statement comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// The id of the caller's company.
    Company,
    /// What is given in this place: an id, or an array of ids or numbers.
    Ids(usize),
}

impl Kept {
    /// The statement of this form with these ids, which `write` makes of ids.
    pub(in crate::store) fn statement(&self, form: Form, ids: Value, write: impl Fn(Value) -> Statement) -> Statement {
        self.with((form, None), None, [ids], |_, [ids]| write(ids))
    }

    /// The same with several arrays, for callers of one scope.
    pub(in crate::store) fn of_scope<const N: usize>(
        &self,
        (form, scope): (Form, Scope),
        arrays: [Value; N],
        write: impl Fn([Value; N]) -> Statement,
    ) -> Statement {
        self.with((form, Some(scope)), None, arrays, |_, arrays| write(arrays))
    }

    /// The same, of what the caller sees. All that `write` takes from the caller is the side, the company's id, and whether it
    /// reviews.
    pub(in crate::store) fn seen_by(
        &self,
        caller: &Caller,
        form: Form,
        ids: Value,
        write: impl Fn(&Caller, Value) -> Statement,
    ) -> Statement {
        self.with((form, Some(Scope::of(caller))), company(caller), [ids], |company, [ids]| match company {
            Some(id) => write(&of_company(caller, id), ids),
            None => write(caller, ids),
        })
    }

    fn with<const N: usize>(
        &self,
        key: Key,
        company: Option<Uuid>,
        ids: [Value; N],
        write: impl Fn(Option<Uuid>, [Value; N]) -> Statement,
    ) -> Statement {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let written = known.unwrap_or_else(|| self.keep(key, company, &ids, &write));
        let filled = written.with(company, &ids);
        debug_assert_eq!(filled, write(company, ids), "a kept statement differs from the one that is meant");
        filled
    }

    fn keep<const N: usize>(
        &self,
        key: Key,
        company: Option<Uuid>,
        ids: &[Value; N],
        write: impl Fn(Option<Uuid>, [Value; N]) -> Statement,
    ) -> Arc<Written> {
        let company_mark = Value::from(COMPANY);
        let marks: [Value; N] = std::array::from_fn(|place| mark(&ids[place], place));
        let statement = write(company.map(|_| COMPANY), marks.clone());
        let source = |value: &Value| {
            let of_company = (*value == company_mark).then_some(Source::Company);
            of_company.or_else(|| Some(Source::Ids(marks.iter().position(|mark| mark == value)?)))
        };
        let values = statement.values.as_ref().map_or(&[][..], |values| &values.0);
        let places = values.iter().enumerate().filter_map(|(at, value)| Some((at, source(value)?))).collect();
        let written = Arc::new(Written { statement, places });
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&written));
        written
    }
}

impl Written {
    fn with(&self, company: Option<Uuid>, ids: &[Value]) -> Statement {
        let mut statement = self.statement.clone();
        let Some(Values(values)) = &mut statement.values else { return statement };
        for (at, source) in &self.places {
            let filled = match source {
                Source::Company => Some(Value::Uuid(company)),
                Source::Ids(place) => ids.get(*place).cloned(),
            };
            if let (Some(value), Some(filled)) = (values.get_mut(*at), filled) {
                *value = filled;
            }
        }
        statement
    }
}

impl Scope {
    /// The scope of this caller.
    pub(in crate::store) fn of(caller: &Caller) -> Self {
        match caller.side {
            Side::Partner(_) => Self::Partner,
            Side::Customer(_) => Self::Customer,
            Side::Vendor if caller.reviews() => Self::Reviewers,
            Side::Vendor => Self::Vendor,
        }
    }
}

/// The company that the caller belongs to: a partner's id or a customer's tenant.
pub(in crate::store) const fn company(caller: &Caller) -> Option<Uuid> {
    match caller.side {
        Side::Partner(id) | Side::Customer(id) => Some(id),
        Side::Vendor => None,
    }
}

fn of_company(caller: &Caller, id: Uuid) -> Caller {
    let side = match caller.side {
        Side::Partner(_) => Side::Partner(id),
        Side::Customer(_) => Side::Customer(id),
        Side::Vendor => Side::Vendor,
    };
    Caller { side, ..caller.clone() }
}

/// Stands for the company's id while a statement is written. No row has it.
const COMPANY: Uuid = Uuid::from_u128(u128::MAX);

/// What stands for the values in this place: an id for an id, an array for an array.
fn mark(given: &Value, place: usize) -> Value {
    let id = Uuid::from_u128(u128::MAX - 1 - place as u128);
    match given {
        Value::Array(ArrayType::Int, _) => numbers([i32::MIN]),
        Value::Array(ArrayType::String, _) => texts([id.to_string()]),
        Value::Array(..) => id_array([id]),
        _ => id.into(),
    }
}

#[cfg(test)]
mod tests {
    use domain::kinds::Role;
    use sea_orm::DbBackend;

    use super::*;

    fn caller(role: Role, partner: Option<Uuid>) -> Caller {
        Caller::new("somebody".to_owned(), None, &[role], Vec::new(), partner, None).unwrap()
    }

    fn id(number: u128) -> Value {
        Uuid::from_u128(number).into()
    }

    /// A statement with the company's id, the ids that are given and a value of its own.
    fn write(caller: &Caller, ids: Value) -> Statement {
        let values = company(caller).map(Value::from).into_iter().chain([ids, Value::from(50_i64)]);
        Statement::from_sql_and_values(DbBackend::Postgres, "SELECT ..", values)
    }

    fn values(statement: Statement) -> Vec<Value> {
        statement.values.unwrap().0
    }

    #[test]
    fn a_kept_statement_has_the_ids_that_are_given_and_those_of_its_caller() {
        let kept = Kept::default();
        for number in 1..3 {
            let caller = caller(Role::IncentivesAdmin, Some(Uuid::from_u128(number)));
            let statement = kept.seen_by(&caller, Form::Claim(Wanted::ROW), id(10 * number), write);
            assert_eq!(values(statement), [id(number), id(10 * number), 50_i64.into()]);
        }
    }

    #[test]
    fn sides_that_see_different_things_share_no_statement() {
        let kept = Kept::default();
        let partner = caller(Role::IncentivesAdmin, Some(Uuid::from_u128(1)));
        kept.seen_by(&partner, Form::Claim(Wanted::ROW), id(10), write);
        let statement = kept.seen_by(&caller(Role::Reviewer, None), Form::Claim(Wanted::ROW), id(10), write);
        assert_eq!(values(statement), [id(10), 50_i64.into()]);
    }

    #[test]
    fn an_array_is_one_value_however_long_it_is() {
        let kept = Kept::default();
        let array = |ids: &[u128]| id_array(ids.iter().copied().map(Uuid::from_u128));
        let write = |ids| Statement::from_sql_and_values(DbBackend::Postgres, "SELECT ..", [ids]);
        for given in [array(&[1, 2]), array(&[3, 4, 5])] {
            let statement = kept.statement(Form::Lines(LinesWanted::least()), given.clone(), write);
            assert_eq!(values(statement), [given]);
        }
    }

    #[test]
    fn only_so_many_statements_are_kept() {
        let kept = Kept::default();
        let write = |ids| Statement::from_sql_and_values(DbBackend::Postgres, "SELECT ..", [ids]);
        for limit in 0..=MOST as u64 {
            let form = Form::Comments(PageRequest::first(limit), Columns::NONE);
            kept.statement(form, id(1), write);
        }
        assert!(kept.0.read().unwrap().len() <= MOST);
    }
}
