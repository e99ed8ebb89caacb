//! Statements that are written once and kept.
//!
//! To write down the SQL of a frequent read takes a tenth of the time of a small request. The text follows from the read, the
//! side of the caller and the columns, and not from the ids: it is kept under the former, and only the ids are filled in again.
//! A debug build, and so every test, writes each statement again and compares.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::caller::{Caller, Side};
use sea_orm::{Statement, Value, sea_query::Values};
use uuid::Uuid;

use super::{
    claims::{LinesWanted, Wanted},
    page::PageRequest,
    rows::Columns,
};

/// How many statements are kept. Clients choose the columns, so there may be any number of them.
const MOST: usize = 1_024;

/// Frequent reads, with what their SQL follows from beside the caller's side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) enum Form {
    /// A claim by its id.
    Claim(Wanted),
    /// The lines of claims.
    Lines(LinesWanted),
    /// A page of the comments of each of these claims.
    Comments(PageRequest, Columns),
    /// A page of the history of each of these claims.
    History(PageRequest, Columns),
}

/// What the SQL of a caller's visibility follows from, the id of its company aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scope {
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
    /// The places of ids among its values, each with the place of the id among those that are given, the company's first.
    ids: Vec<(usize, usize)>,
}

impl Kept {
    /// The statement of this form with these ids, which `write` makes of ids.
    pub(in crate::store) fn statement(
        &self,
        form: Form,
        ids: Vec<Value>,
        write: impl Fn(Vec<Value>) -> Statement,
    ) -> Statement {
        self.with((form, None), None, ids, |_, ids| write(ids))
    }

    /// The same, of what the caller sees. All that `write` takes from the caller is the side, the company's id, and whether it
    /// reviews.
    pub(in crate::store) fn seen_by(
        &self,
        caller: &Caller,
        form: Form,
        ids: Vec<Value>,
        write: impl Fn(&Caller, Vec<Value>) -> Statement,
    ) -> Statement {
        self.with((form, Some(scope(caller))), company(caller), ids, |company, ids| match company {
            Some(id) => write(&of_company(caller, id), ids),
            None => write(caller, ids),
        })
    }

    fn with(
        &self,
        key: Key,
        company: Option<Uuid>,
        ids: Vec<Value>,
        write: impl Fn(Option<Uuid>, Vec<Value>) -> Statement,
    ) -> Statement {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let written = known.unwrap_or_else(|| self.keep(key, company, &ids, &write));
        let filled = written.with(company, &ids);
        debug_assert_eq!(filled, write(company, ids), "a kept statement differs from the one that is meant");
        filled
    }

    fn keep(
        &self,
        key: Key,
        company: Option<Uuid>,
        ids: &[Value],
        write: impl Fn(Option<Uuid>, Vec<Value>) -> Statement,
    ) -> Arc<Written> {
        let marks: Vec<Value> = ids.iter().zip(1..).map(|(id, place)| mark(place, id)).collect();
        let statement = write(company.map(|_| marked(0)), marks.clone());
        let marks: Vec<Value> = std::iter::once(marked(0).into()).chain(marks).collect();
        let values = statement.values.as_ref().map_or(&[][..], |values| &values.0);
        let ids = values.iter().enumerate();
        let ids = ids.filter_map(|(at, value)| Some((at, marks.iter().position(|mark| mark == value)?))).collect();
        let written = Arc::new(Written { statement, ids });
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
        for (at, given) in &self.ids {
            let id = match given.checked_sub(1) {
                Some(given) => ids.get(given).cloned(),
                None => Some(Value::Uuid(company)),
            };
            if let (Some(value), Some(id)) = (values.get_mut(*at), id) {
                *value = id;
            }
        }
        statement
    }
}

fn scope(caller: &Caller) -> Scope {
    match caller.side {
        Side::Partner(_) => Scope::Partner,
        Side::Customer(_) => Scope::Customer,
        Side::Vendor if caller.reviews() => Scope::Reviewers,
        Side::Vendor => Scope::Vendor,
    }
}

const fn company(caller: &Caller) -> Option<Uuid> {
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

/// An id that stands for one that is given. No row has it.
const fn marked(place: u128) -> Uuid {
    Uuid::from_u128(u128::MAX - place)
}

/// The same in the place of this value, an id or a list of ids.
fn mark(place: u128, of: &Value) -> Value {
    match of {
        Value::Array(kind, _) => Value::Array(kind.clone(), Some(Box::new(vec![marked(place).into()]))),
        _ => marked(place).into(),
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
    fn write(caller: &Caller, ids: Vec<Value>) -> Statement {
        let values = company(caller).map(Value::from).into_iter().chain(ids).chain([Value::from(50_i64)]);
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
            let statement = kept.seen_by(&caller, Form::Claim(Wanted::ROW), vec![id(10 * number)], write);
            assert_eq!(values(statement), [id(number), id(10 * number), 50_i64.into()]);
        }
    }

    #[test]
    fn sides_that_see_different_things_share_no_statement() {
        let kept = Kept::default();
        let partner = caller(Role::IncentivesAdmin, Some(Uuid::from_u128(1)));
        kept.seen_by(&partner, Form::Claim(Wanted::ROW), vec![id(10)], write);
        let statement = kept.seen_by(&caller(Role::Reviewer, None), Form::Claim(Wanted::ROW), vec![id(10)], write);
        assert_eq!(values(statement), [id(10), 50_i64.into()]);
    }

    #[test]
    fn a_list_is_one_value_however_long_it_is() {
        let kept = Kept::default();
        let list = |ids: &[u128]| {
            let ids: Vec<Value> = ids.iter().map(|number| id(*number)).collect();
            Value::Array(ids[0].array_type(), Some(Box::new(ids)))
        };
        let write = |ids| Statement::from_sql_and_values(DbBackend::Postgres, "SELECT ..", ids);
        for given in [list(&[1, 2]), list(&[3, 4, 5])] {
            let statement = kept.statement(Form::Lines(LinesWanted::least()), vec![given.clone()], write);
            assert_eq!(values(statement), [given]);
        }
    }

    #[test]
    fn only_so_many_statements_are_kept() {
        let kept = Kept::default();
        let write = |ids| Statement::from_sql_and_values(DbBackend::Postgres, "SELECT ..", ids);
        for limit in 0..=MOST as u64 {
            let form = Form::Comments(PageRequest::first(limit), Columns::NONE);
            kept.statement(form, vec![id(1)], write);
        }
        assert!(kept.0.read().unwrap().len() <= MOST);
    }
}
