//! Small pieces of SQL that both databases understand.

use domain::text;
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, ExprTrait, JoinType, Related, Value,
    sea_query::{ArrayType, Expr, Func, LikeExpr, SelectStatement, SubQueryStatement, extension::postgres::PgFunc},
};
use uuid::Uuid;

/// A condition that no row meets.
pub fn never() -> Expr {
    Expr::cust("1 = 0")
}

/// The longest list that is filled up: several of them fit into the 32,766 parameters of a statement of SQLite.
const FILLED: usize = 8_192;

/// Whether the column is one of the keys.
///
/// Lists of all lengths share few prepared statements: one key is compared by `=`, PostgreSQL takes a longer list as one
/// array, and for SQLite it is filled up to a power of two by repeating the last key, unless it is very long.
pub fn any_of<C, K>(column: C, keys: impl IntoIterator<Item = K>, backend: DbBackend) -> Expr
where
    C: ColumnTrait,
    K: Into<Value>,
{
    let mut keys: Vec<Value> = keys.into_iter().map(Into::into).collect();
    let Some(last) = keys.last().cloned() else {
        return never();
    };
    if keys.len() == 1 {
        // PostgreSQL keeps a generic plan for `=`, but plans `= ANY` of a short list again each time; and only `=` lets
        // an index that begins with this column give the order of its later ones.
        return column.eq(last);
    }
    if backend == DbBackend::Postgres {
        return is_in_array(column, Value::Array(last.array_type(), Some(Box::new(keys))));
    }
    if keys.len() <= FILLED {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    column.is_in(keys)
}

/// Ids as one value, for PostgreSQL only: SQLite has no arrays.
pub fn id_array(ids: impl IntoIterator<Item = Uuid>) -> Value {
    Value::Array(ArrayType::Uuid, Some(Box::new(ids.into_iter().map(Value::from).collect())))
}

/// Numbers as one value, as [`id_array`].
pub fn numbers(numbers: impl IntoIterator<Item = i32>) -> Value {
    Value::Array(ArrayType::Int, Some(Box::new(numbers.into_iter().map(Value::from).collect())))
}

/// Texts as one value, as [`id_array`].
pub fn texts(texts: impl IntoIterator<Item = String>) -> Value {
    Value::Array(ArrayType::String, Some(Box::new(texts.into_iter().map(Value::from).collect())))
}

/// Whether the column is one of the values of an array of PostgreSQL, such as an [`id_array`].
pub fn is_in_array(column: impl ColumnTrait, array: Value) -> Expr {
    Expr::col(column.as_column_ref()).eq(PgFunc::any(Expr::val(array)))
}

/// Whether the column is one of the few values that the statement selects. PostgreSQL reads these first and looks each of them
/// up, whatever else the rows have to be: of an array it expects few elements, but of a statement with a limit any number.
pub fn is_among_few(column: impl ColumnTrait, few: SelectStatement, backend: DbBackend) -> Expr {
    if backend != DbBackend::Postgres {
        return column.in_subquery(few);
    }
    let few = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(few)));
    Expr::col(column.as_column_ref()).eq(PgFunc::any(Func::cust("ARRAY").arg(few)))
}

/// Joins the table of `To`, by the relation that the entity `From` declares.
pub fn join<From: Related<To>, To: EntityTrait>(query: &mut SelectStatement, kind: JoinType) {
    query.join(kind, To::default().table_ref(), Condition::from(From::to()));
}

/// Whether the column has one of these words of the domain. They are written out: an index that begins with the column
/// gives the order of its later ones, and the database knows which words are rare.
pub fn is_one_of<'a>(table: &str, column: &str, words: impl IntoIterator<Item = &'a str>) -> Expr {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("'{word}'")).collect();
    words.sort_unstable();
    words.dedup();
    match words.as_slice() {
        [] => never(),
        [word] => Expr::cust(format!("\"{table}\".\"{column}\" = {word}")),
        words => Expr::cust(format!("\"{table}\".\"{column}\" IN ({})", words.join(", "))),
    }
}

/// Whether a column of lower-case text contains the word, which is in lower case (L14).
pub fn contains(column: impl ColumnTrait, word: &str, backend: DbBackend) -> Expr {
    text_contains(Expr::col(column.as_column_ref()), word, backend)
}

/// The same for an expression. PostgreSQL's `strpos` is faster than `LIKE` without an index; on SQLite, `LIKE` is usually faster than
/// `instr`.
pub fn text_contains(text: Expr, word: &str, backend: DbBackend) -> Expr {
    if backend == DbBackend::Postgres {
        return Expr::expr(Func::cust("strpos").arg(text).arg(word)).gt(0);
    }
    text.like(LikeExpr::new(format!("%{}%", escaped(word))).escape('\\'))
}

/// The condition as a `CASE`, which PostgreSQL does not look into: it expects that half of the rows meet it, and does not try indexes for
/// it. Otherwise it can expect nearly no row, and sort what it should hash, or take long to plan.
pub fn as_case(condition: Condition) -> Expr {
    Expr::Case(Box::new(Expr::case(condition, Expr::cust("TRUE")).finally(Expr::cust("FALSE"))))
}

/// The text as part of a pattern of LIKE.
pub fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The text, if a row could hold it: PostgreSQL can neither keep NUL nor be asked for it, and no text that is kept has
/// control characters in one line (L13).
pub fn findable(text: &str) -> Option<&str> {
    (!text.chars().any(char::is_control)).then_some(text)
}

/// The most different words that a search may have; more are in no row.
const MOST_WORDS: usize = 32;

/// The longest word of a search, in bytes; a longer one is in no row (L13), and too long for a pattern of SQLite.
const LONGEST_WORD: usize = 2000;

/// The words of a search (L14), folded. Nothing when no row could hold them all.
pub fn search_words(search: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for word in text::fold(search).split_whitespace().map(str::to_owned) {
        if !words.contains(&word) {
            words.push(findable(&word)?.to_owned());
        }
        if words.len() > MOST_WORDS || word.len() > LONGEST_WORD {
            return None;
        }
    }
    Some(words)
}

/// Whether a column of lower-case text contains every word of the search (L14); without a search, any does.
pub fn matches_search(column: impl ColumnTrait, search: Option<&str>, backend: DbBackend) -> Condition {
    let Some(search) = search else {
        return Condition::all();
    };
    match search_words(search) {
        Some(words) => words.iter().fold(Condition::all(), |all, word| all.add(contains(column, word, backend))),
        None => Condition::all().add(never()),
    }
}
