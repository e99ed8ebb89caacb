//! What an operation costs: an object one point, a plain value a tenth of one, and a page as many times as it has rows. A bulk
//! mutation costs one point for each row of its input, and for each row what is asked of the row's claim.
//!
//! Objects are what is read, joined and checked; a value of one comes with it and is only written down. The document is added up
//! once, in tenths. Only what the sizes of pages in variables multiply is left to be counted for a request.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as Written;

use crate::graphql::root_fields::{self, Rows};

/// What a field with a selection costs, in tenths of a point: an object, for each that the page sizes allow.
const OBJECT: usize = 10;
/// What a field without one costs: a plain value.
const VALUE: usize = 1;

/// The default and the maximum number of rows of a page.
const DEFAULT_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// The arguments with the size of a page.
const SIZES: [&str; 2] = ["first", "last"];

/// The rows of a list that is not by pages.
const SHORT_LIST: usize = 4;

/// The fields that stand for every row: the rows of a connection are in these two.
const ROWS: [&str; 2] = ["edges", "nodes"];
/// The same in the results of a bulk mutation, whose other fields are known already.
const ROWS_OF_RESULTS: [&str; 1] = ["claim"];

/// The cost of an operation, save the sizes of the pages that its variables name.
pub(super) struct Cost {
    sum: Sum,
    defaults: Vec<(Name, Value)>,
}

impl Cost {
    /// Adds an operation up. The document has no cycles: it was measured.
    pub(super) fn of(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        connections: &HashSet<&'static str>,
    ) -> Self {
        let sum = Account { document, connections, known: HashMap::new() }.set(&operation.selection_set.node, &ROWS);
        let default = |name: &Name, value: &Value| (name.clone(), value.clone());
        let defaults = operation.variable_definitions.iter().filter_map(|definition| {
            let definition = &definition.node;
            Some(default(&definition.name.node, &definition.default_value.as_ref()?.node))
        });
        Self { defaults: if sum.open.is_empty() { Vec::new() } else { defaults.collect() }, sum }
    }

    /// The cost with these variables, in points, rounded up. Counts stop at the largest number there is.
    pub(super) fn with(&self, variables: &Variables) -> usize {
        let count = self.sum.with(&|name| {
            let default = || self.defaults.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            variables.get(name).or_else(default)
        });
        count.once.saturating_add(count.rows).div_ceil(OBJECT)
    }
}

/// The cost of a selection set: a fixed part, and a part for every row of the enclosing page.
#[derive(Clone, Copy, Default)]
struct Count {
    once: usize,
    rows: usize,
}

impl Count {
    const fn and(self, other: Self) -> Self {
        Self { once: self.once.saturating_add(other.once), rows: self.rows.saturating_add(other.rows) }
    }
}

/// The cost of a selection set; fields whose page size is a variable stay open.
#[derive(Clone, Default)]
struct Sum {
    count: Count,
    open: Vec<Arc<Open>>,
}

/// A field whose cost depends on variables.
struct Open {
    inner: Sum,
    /// What the field costs itself.
    own: usize,
    page: Page,
    /// Whether the field is counted for every row of the enclosing page.
    is_per_row: bool,
}

/// The value of a variable, or of its default.
type Lookup<'a> = &'a dyn Fn(&Name) -> Option<&'a Value>;

impl Sum {
    fn with(&self, lookup: Lookup<'_>) -> Count {
        self.open.iter().fold(self.count, |count, open| {
            let below = below(open.inner.with(lookup), open.page.rows(lookup), open.page.is_sized);
            count.and(placed(below.saturating_add(open.own), open.is_per_row))
        })
    }

    fn add(&mut self, other: Self) {
        self.count = self.count.and(other.count);
        self.open.extend(other.open);
    }
}

/// The cost of everything below a field, for this many rows if it is a list by pages or by ids.
const fn below(inner: Count, rows: Option<usize>, is_sized: bool) -> usize {
    match rows {
        // It has the name of a paged list, but no rows there: a short list, such as the claims in one arbitration, or a
        // page with only `totalCount` selected.
        Some(rows) if inner.rows == 0 => {
            let row = inner.once.saturating_add(OBJECT);
            row.saturating_mul(if is_sized { rows } else { SHORT_LIST })
        }
        Some(rows) => inner.rows.saturating_mul(rows).saturating_add(inner.once),
        None => inner.once.saturating_add(inner.rows),
    }
}

const fn placed(cost: usize, is_per_row: bool) -> Count {
    if is_per_row { Count { once: 0, rows: cost } } else { Count { once: cost, rows: 0 } }
}

/// How many rows a field may bring.
struct Page {
    size: Size,
    /// Whether the field itself has a page size.
    is_sized: bool,
}

enum Size {
    /// No list, or one whose size is known.
    Known(Option<usize>),
    /// As many as the variable names ids.
    Ids(Name),
    /// According to its arguments for the size.
    Rows(Vec<Written>),
    /// As the list of this name in the input has.
    Input(Written, &'static str),
}

impl Page {
    fn of(field: &Field, connections: &HashSet<&'static str>) -> Self {
        let argument = |name: &str| field.get_argument(name).map(|value| &value.node);
        let sizes: Vec<Written> = SIZES.into_iter().filter_map(argument).cloned().collect();
        let ids = argument("ids");
        if let Some(list) = rows_of_bulk(field) {
            let input = argument("input").cloned().unwrap_or(Written::Null);
            return Self { size: Size::Input(input, list), is_sized: true };
        }
        let is_sized = ids.is_some() || !sizes.is_empty();
        let size = match ids {
            Some(Written::Variable(name)) => Size::Ids(name.clone()),
            Some(Written::List(ids)) => Size::Known(Some(ids.len().max(1))),
            Some(_) => Size::Known(Some(1)),
            None if !is_sized && !connections.contains(field.name.node.as_str()) => Size::Known(None),
            None if sizes.iter().any(|size| matches!(size, Written::Variable(_))) => Size::Rows(sizes),
            None => Size::Known(Some(of_sizes(&sizes, &|_| None))),
        };
        Self { size, is_sized }
    }

    fn rows(&self, lookup: Lookup<'_>) -> Option<usize> {
        match &self.size {
            Size::Known(rows) => *rows,
            Size::Ids(name) => Some(if let Some(Value::List(ids)) = lookup(name) { ids.len().max(1) } else { 1 }),
            Size::Rows(sizes) => Some(of_sizes(sizes, lookup)),
            Size::Input(input, list) => Some(of_input(input, list, lookup).max(1)),
        }
    }
}

/// The list that has the rows of a bulk mutation; nothing for any other field.
fn rows_of_bulk(field: &Field) -> Option<&'static str> {
    match root_fields::named(&field.name.node)?.rows {
        Rows::Input(list) => Some(list),
        Rows::One | Rows::Page => None,
    }
}

/// How many rows the list of an input has.
fn of_input(input: &Written, list: &str, lookup: Lookup<'_>) -> usize {
    let length = |value: &Value| if let Value::List(rows) = value { rows.len() } else { 0 };
    match input {
        Written::Variable(name) => match lookup(name) {
            Some(Value::Object(input)) => input.get(list).map_or(0, length),
            _ => 0,
        },
        Written::Object(input) => match input.get(list) {
            Some(Written::List(rows)) => rows.len(),
            Some(Written::Variable(name)) => lookup(name).map_or(0, length),
            _ => 0,
        },
        _ => 0,
    }
}

/// The largest of the sizes in a field's arguments, or the default.
fn of_sizes(sizes: &[Written], lookup: Lookup<'_>) -> usize {
    let number = |size: &Written| match size {
        Written::Number(number) => number.as_i64(),
        Written::Variable(name) => match lookup(name)? {
            Value::Number(number) => number.as_i64(),
            _ => None,
        },
        _ => None,
    };
    // One that is out of range will be refused; until then it counts as the nearest that is allowed.
    let rows = |number: i64| usize::try_from(number.max(1)).unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE);
    sizes.iter().filter_map(number).map(rows).max().unwrap_or(DEFAULT_PAGE)
}

/// Adds an operation up; remembers each fragment.
struct Account<'a> {
    document: &'a ExecutableDocument,
    connections: &'a HashSet<&'static str>,
    known: HashMap<&'a Name, Sum>,
}

impl<'a> Account<'a> {
    /// Adds a selection set up, in which fields of these names stand for every row.
    fn set(&mut self, set: &'a SelectionSet, rows: &[&str]) -> Sum {
        let mut sum = Sum::default();
        for selection in &set.items {
            sum.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, rows),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, rows),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, rows),
            });
        }
        sum
    }

    /// A fragment is on one type, and so always stands where the same fields stand for every row.
    fn fragment(&mut self, name: &'a Name, rows: &[&str]) -> Sum {
        if let Some(sum) = self.known.get(name) {
            return sum.clone();
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Sum::default() };
        let sum = self.set(&fragment.node.selection_set.node, rows);
        self.known.insert(name, sum.clone());
        sum
    }

    fn field(&mut self, field: &'a Field, rows: &[&str]) -> Sum {
        let name = field.name.node.as_str();
        if name == "results" {
            // Between a bulk mutation and its rows: what stands in it once and for every row does so above it.
            let mut sum = self.set(&field.selection_set.node, &ROWS_OF_RESULTS);
            sum.add(Sum { count: placed(OBJECT, false), open: Vec::new() });
            return sum;
        }
        let mut inner = self.set(&field.selection_set.node, &ROWS);
        if rows_of_bulk(field).is_some() {
            inner.add(Sum { count: placed(OBJECT, true), open: Vec::new() });
        }
        let own = if field.selection_set.node.items.is_empty() { VALUE } else { OBJECT };
        let page = Page::of(field, self.connections);
        let is_per_row = rows.contains(&name);
        match page.size {
            Size::Known(rows) if inner.open.is_empty() => {
                let below = below(inner.count, rows, page.is_sized);
                Sum { count: placed(below.saturating_add(own), is_per_row), open: Vec::new() }
            }
            _ => Sum { count: Count::default(), open: vec![Arc::new(Open { inner, own, page, is_per_row })] },
        }
    }
}
