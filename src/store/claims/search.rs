//! Reviewers' search for claims (L14): `claim_search` has the words of each claim that they see, and of its customer;
//! ids in a claim are found by the indexes of the claim and its lines.
//!
//! A search is narrowed before the list is read: words that few claims have become ids. Where many claims have them, any
//! order but that of names soon comes to one of these. PostgreSQL finds words by trigrams or pairs of characters; one character is looked for
//! in every row, as all words are on SQLite, which is why the rows hold nothing else.

use std::borrow::Cow;

use domain::caller::Caller;
use entity::claim::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    StatementBuilder, Value,
    sea_query::{Alias, ArrayType, Asterisk, CommonTableExpression, Expr, LikeExpr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{
    ClaimFilter, ClaimOrder, ClaimOrderField, ClaimRow, Wanted, activity,
    first::Reading,
    seen,
    words::{Word, words},
};
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset, natural},
    page::{Page, PageRequest},
    range_first::page_of,
    rows::Rows,
    scope,
    sql::{escaped, is_among_few, text_contains},
};

/// The most claims that a search is narrowed to.
const FEW: u64 = 2000;

/// The same in the order of numbers, where the claims with a word can lie close together.
const FEW_BY_NUMBER: u64 = 15_000;

const TABLE: &str = "claim_search";

/// The filter with the ids of the claims that have the words, where these are few.
pub(super) async fn narrowed<'a>(
    db: &Db,
    caller: &Caller,
    filter: &'a ClaimFilter,
) -> Result<Cow<'a, ClaimFilter>, StoreError> {
    narrowed_to(db, caller, filter, FEW).await
}

/// The same for a list in this order.
pub(super) async fn narrowed_for<'a>(
    db: &Db,
    caller: &Caller,
    filter: &'a ClaimFilter,
    order: ClaimOrder,
) -> Result<Cow<'a, ClaimFilter>, StoreError> {
    if order.field == ClaimOrderField::Name
        && let Some(words) = words_of_many(caller, filter)
        && is_frequent(db, &texts(&words), MANY).await?
    {
        // Sorting these claims by name takes no longer than finding out how many they are.
        return Ok(Cow::Borrowed(filter));
    }
    narrowed_to(db, caller, filter, if order.field == ClaimOrderField::Number { FEW_BY_NUMBER } else { FEW }).await
}

async fn narrowed_to<'a>(
    db: &Db,
    caller: &Caller,
    filter: &'a ClaimFilter,
    most: u64,
) -> Result<Cow<'a, ClaimFilter>, StoreError> {
    let Some(text) = text(caller, filter) else { return Ok(Cow::Borrowed(filter)) };
    let with = |ids| Cow::Owned(ClaimFilter { search: None, ids, ..filter.clone() });
    match words(text) {
        None => Ok(with(Some(Vec::new()))),
        Some(words) if words.is_empty() => Ok(with(None)),
        Some(words) => {
            let found = ids(db, caller, &words, most).await?;
            let few = found.len() as u64 <= most;
            Ok(if few { with(Some(found)) } else { Cow::Borrowed(filter) })
        }
    }
}

/// The search of a reviewer, if nothing else in the filter leaves few claims.
fn text<'a>(caller: &Caller, filter: &'a ClaimFilter) -> Option<&'a str> {
    filter.search.as_deref().filter(|_| caller.reviews() && !filter.is_selective())
}

/// The words of a search that has not become ids: of a filter that is [narrowed], those that many claims have.
pub(super) fn words_of_many(caller: &Caller, filter: &ClaimFilter) -> Option<Vec<Word>> {
    words(text(caller, filter)?)
}

/// One page of the claims that have the words, in the order of their names. `claim_search` has both, so that no more is read of these
/// claims than its rows: names with a word can lie close together, at whichever end of the order.
pub(super) async fn page_by_name(
    db: &Db,
    caller: &Caller,
    (filter, words, order): (&ClaimFilter, &[Word], ClaimOrder),
    request: &PageRequest,
    wanted: Wanted,
) -> Result<Page<ClaimRow>, StoreError> {
    let backend = db.connection().get_database_backend();
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let keyset = order.keyset(caller, &keys);
    let columns = ["claim_search.sort_key", "claim_search.claim_id"].map(Expr::cust).to_vec();
    let by_name = Keyset { columns, ..order.keyset(caller, &keys) };
    let others = ClaimFilter { search: None, ..filter.clone() };
    let part =
        |page: SelectStatement| Query::select().column(Alias::new(ID)).from_subquery(page, Alias::new("part")).take();
    let mut by_text = by_text(db, words).await?;
    if others != ClaimFilter::default() {
        let left = seen(db, caller, &others).column(Column::Id).into_query();
        by_text.and_where(Expr::cust("claim_search.claim_id").in_subquery(left));
    }
    let mut found = part(by_name.limit(by_text, request));
    for by_id in by_ids(caller, words, backend) {
        let left = others.condition(caller, backend, Reading::default());
        let left = left.add(activity::of_order(&others, caller, Reading::default(), backend));
        found.union(UnionType::All, part(page_of(by_id.filter(left).into_query(), &keyset, request)));
    }
    let wanted = if request.cursors { order.with_keys(wanted, caller) } else { wanted };
    // Few rows, to be sorted: PostgreSQL must not walk the index of all names until it has met them.
    let columns = ["\"claim\".\"sort_key\" || ''", "\"claim\".\"id\""].map(Expr::cust).to_vec();
    let sorted = Keyset { columns, ..order.keyset(caller, &keys) };
    keyset::page(db, Rows::all().filter(is_among_few(Column::Id, found, backend)), &sorted, request, &wanted).await
}

/// The first claims that have the words: one more than few at most, if there are more.
async fn ids(db: &Db, caller: &Caller, words: &[Word], most: u64) -> Result<Vec<Uuid>, StoreError> {
    let backend = db.connection().get_database_backend();
    let few = |query: SelectStatement| {
        // Each part by itself is limited: no part need be read to its end.
        let part = query.clone().limit(most + 1).take();
        Query::select().column(Alias::new(ID)).from_subquery(part, Alias::new("part")).take()
    };
    let mut texts = CommonTableExpression::new();
    texts.table_name(Alias::new("texts")).column(Alias::new(ID)).query(by_text(db, words).await?);
    if backend == DbBackend::Postgres {
        // It plans this part without the limit. With it, it expects to read a tenth of the matches, and scans the whole table even for
        // a rare word while new rows wait to be merged into the index.
        texts.materialized(true);
    }
    let mut query = few(Query::select().column(Alias::new(ID)).from(Alias::new("texts")).take());
    query.with_cte(texts);
    for by_id in by_ids(caller, words, backend) {
        query.union(UnionType::All, few(by_id.into_query()));
    }
    let rows = db.connection().query_all_raw(StatementBuilder::build(&query, &backend)).await?;
    let mut ids = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<Vec<Uuid>, StoreError>>()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Whether a claim of the projection has the words. If many claims have them, those without are excluded, because the smaller set is
/// hashed faster. `None` on SQLite, where it takes less time to read the claims.
pub(super) async fn in_projection(db: &Db, caller: &Caller, words: &[Word]) -> Result<Option<Condition>, StoreError> {
    let backend = db.connection().get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(None);
    }
    let named = by_ids(caller, words, backend).into_iter().map(QueryTrait::into_query);
    let is_one_of = |found| Expr::cust("claim.id").in_subquery(found);
    let texts = texts(words);
    if !is_frequent(db, &texts, MOST).await? {
        let all = std::iter::once(by_text(db, words).await?).chain(named);
        return Ok(union(all, UnionType::All).map(is_one_of).map(|has| Condition::all().add(has)));
    }
    let mut without = from_table();
    without
        .expr(Expr::val(1))
        .and_where(Expr::cust("claim_search.claim_id = claim.id"))
        .cond_where(all(&texts, backend).not());
    let has = Condition::any().add(Expr::exists(without).not());
    Ok(Some(has.add_option(union(named, UnionType::All).map(is_one_of))))
}

/// The union of the statements; `None` without a statement.
fn union(parts: impl Iterator<Item = SelectStatement>, kind: UnionType) -> Option<SelectStatement> {
    parts.reduce(|mut found, part| found.union(kind, part).take())
}

/// The claims whose texts have all the words.
async fn by_text(db: &Db, words: &[Word]) -> Result<SelectStatement, StoreError> {
    let having = indexed(db, words).await?;
    Ok(from_table().expr_as(Expr::cust("claim_search.claim_id"), Alias::new(ID)).cond_where(having).take())
}

/// What the claims' ids are called in the parts of a search.
const ID: &str = "claim_id";

/// The claims that have all the words, one of them as an id: a statement for each way to find such claims by an index.
fn by_ids(caller: &Caller, words: &[Word], backend: DbBackend) -> Vec<Rows<Entity>> {
    let mut statements = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let others: Vec<Word> =
            words.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, word)| word.clone()).collect();
        for way in word.ways() {
            let claims = Rows::<Entity>::all()
                .expr_as(Expr::col(Column::Id.as_column_ref()), ID)
                .filter(scope::claims(caller))
                .filter(way)
                .filter(holds_words(&others, backend));
            statements.push(claims);
        }
    }
    statements
}

/// That a row has all the words, in the form that the best index serves.
async fn indexed(db: &Db, words: &[Word]) -> Result<Condition, StoreError> {
    let backend = db.connection().get_database_backend();
    let words = texts(words);
    let words = words.as_slice();
    if backend != DbBackend::Postgres {
        return Ok(all(words, backend));
    }
    if words.iter().any(|word| has_trigram(word)) {
        return Ok(by_trigrams(words, backend));
    }
    let pairs = pairs(words);
    if pairs.is_empty() || is_frequent(db, words, MANY).await? {
        return Ok(all(words, backend));
    }
    let pairs = Value::Array(ArrayType::String, Some(Box::new(pairs)));
    Ok(all(words, backend).add(Expr::cust_with_values("search_pairs(claim_search.text) @> $1", [pairs])))
}

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

/// Those words by trigrams that have one, which leave few rows for the others.
fn by_trigrams(words: &[&str], backend: DbBackend) -> Condition {
    words.iter().fold(Condition::all(), |every, word| {
        every.add(if has_trigram(word) {
            let pattern = LikeExpr::new(format!("%{}%", escaped(word))).escape('\\');
            Expr::cust("claim_search.text").like(pattern)
        } else {
            in_row(word, backend)
        })
    })
}

/// Above this percentage of rows, scanning is faster than the index.
const MANY: u64 = 1;

/// Above this percentage of rows, excluding claims without the words is faster.
const MOST: u64 = 33;

/// Whether more than this percentage of the rows have the words, estimated from the first rows of the table.
async fn is_frequent(db: &Db, words: &[&str], percent: u64) -> Result<bool, StoreError> {
    const SAMPLE: u64 = 4000;
    if words.is_empty() {
        return Ok(false);
    }
    let backend = db.connection().get_database_backend();
    let sample = from_table().expr(Expr::cust("claim_search.text")).limit(SAMPLE).take();
    let mut query = Query::select().from_subquery(sample, Alias::new(TABLE)).take();
    query.expr(Expr::col(Asterisk).count()).cond_where(all(words, backend));
    let row = db.connection().query_one_raw(StatementBuilder::build(&query, &backend)).await?;
    let found: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(natural(found) > SAMPLE * percent / 100)
}

/// Whether PostgreSQL makes a trigram of the word anywhere in a text: from consecutive letters and digits.
fn has_trigram(word: &str) -> bool {
    word.as_bytes().windows(3).any(|part| part.iter().all(u8::is_ascii_alphanumeric))
}

/// Each pair of adjacent characters in a word.
fn pairs(words: &[&str]) -> Vec<Value> {
    let mut pairs = Vec::new();
    for word in words {
        let characters: Vec<char> = word.chars().collect();
        pairs.extend(characters.windows(2).map(|pair| Value::from(String::from_iter(pair))));
    }
    pairs
}

/// The words of a search that is all that the filter asks for.
pub(super) fn alone(caller: &Caller, filter: &ClaimFilter) -> Option<Vec<Word>> {
    let nothing_else = ClaimFilter { search: filter.search.clone(), ..ClaimFilter::default() } == *filter;
    words(filter.search.as_deref().filter(|_| caller.reviews() && nothing_else)?)
}

/// How many claims that reviewers see have the words: those whose texts do, and the others that are found by an id.
pub(super) async fn count(db: &Db, caller: &Caller, words: &[Word]) -> Result<u64, StoreError> {
    let backend = db.connection().get_database_backend();
    let texts = texts(words);
    let mut query = from_table();
    query.expr(Expr::col(Asterisk).count()).cond_where(indexed(db, words).await?);
    let by_text = counted(db, &query).await?;
    let parts = by_ids(caller, words, backend).into_iter().map(QueryTrait::into_query);
    let Some(found) = union(parts, UnionType::Distinct) else { return Ok(by_text) };
    let mut texts_of = from_table();
    texts_of
        .expr(Expr::val(1))
        .and_where(Expr::cust("claim_search.claim_id = found.claim_id"))
        .cond_where(all(&texts, backend));
    let mut others = Query::select().from_subquery(found, Alias::new("found")).take();
    others.expr(Expr::col(Asterisk).count()).and_where(Expr::exists(texts_of).not());
    Ok(by_text + counted(db, &others).await?)
}

async fn counted(db: &Db, query: &SelectStatement) -> Result<u64, StoreError> {
    let backend = db.connection().get_database_backend();
    let row = db.connection().query_one_raw(StatementBuilder::build(query, &backend)).await?;
    row.map_or(Ok(0), |row| Ok(natural(row.try_get_by_index(0)?)))
}

/// Whether the claim of a statement has all the words, in its texts or as ids.
pub(super) fn holds_words(words: &[Word], backend: DbBackend) -> Condition {
    if words.is_empty() {
        return Condition::all();
    }
    let mut row = from_table();
    row.expr(Expr::val(1)).and_where(Expr::cust("claim_search.claim_id").equals(Column::Id.as_column_ref()));
    for word in words {
        row.cond_where(Condition::any().add(in_row(&word.text, backend)).add_option(word.is_named()));
    }
    Condition::all().add(Expr::exists(row))
}

fn from_table() -> SelectStatement {
    Query::select().from(Alias::new(TABLE)).take()
}

fn all(words: &[&str], backend: DbBackend) -> Condition {
    words.iter().fold(Condition::all(), |all, word| all.add(in_row(word, backend)))
}

/// Whether the row's text has the word, row by row.
fn in_row(word: &str, backend: DbBackend) -> Expr {
    text_contains(Expr::cust("claim_search.text"), word, backend)
}
