//! What an operation costs: each field one, a page as many times as it has rows.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Value, Variables};

/// The rows of a page when the query does not say, and the most that a page has.
const DEFAULT_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// The arguments that say how many rows a page has.
const SIZES: [&str; 2] = ["first", "last"];

/// The rows of a list that is not by pages.
const SHORT_LIST: usize = 4;

/// The cost of a selection set: what stands once, and what stands for every row of the page around it.
#[derive(Clone, Copy, Default)]
struct Cost {
    once: usize,
    rows: usize,
}

/// The cost of an operation with these variables. Counts stop at the largest number there is.
pub(super) fn of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    connections: &HashSet<&'static str>,
) -> usize {
    let mut account = Account { document, operation, variables, connections, known: HashMap::new() };
    let cost = account.set(&operation.selection_set.node);
    cost.once.saturating_add(cost.rows)
}

/// Adds an operation up; remembers each fragment. The document has no cycles: it was measured.
struct Account<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    connections: &'a HashSet<&'static str>,
    known: HashMap<&'a Name, Cost>,
}

impl<'a> Account<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Cost {
        let mut sum = Cost::default();
        for selection in &set.items {
            let cost = match &selection.node {
                Selection::Field(field) => self.placed(&field.node),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            sum.once = sum.once.saturating_add(cost.once);
            sum.rows = sum.rows.saturating_add(cost.rows);
        }
        sum
    }

    fn fragment(&mut self, name: &'a Name) -> Cost {
        if let Some(cost) = self.known.get(name) {
            return *cost;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Cost::default() };
        let cost = self.set(&fragment.node.selection_set.node);
        self.known.insert(name, cost);
        cost
    }

    /// The cost of a field: for every row when it is where a connection keeps its rows.
    fn placed(&mut self, field: &'a Field) -> Cost {
        let cost = self.field(field);
        match field.name.node.as_str() {
            "edges" | "nodes" => Cost { once: 0, rows: cost },
            _ => Cost { once: cost, rows: 0 },
        }
    }

    fn field(&mut self, field: &'a Field) -> usize {
        let inner = self.set(&field.selection_set.node);
        let below = match self.page(field) {
            // Named as a list by pages, but without rows where those keep them: a short list, as of the claims in one
            // arbitration, or a page of which only the number is asked for.
            Some(page) if inner.rows == 0 => inner.once.saturating_mul(if sized(field) { page } else { SHORT_LIST }),
            Some(page) => inner.rows.saturating_mul(page).saturating_add(inner.once),
            None => inner.once.saturating_add(inner.rows),
        };
        below.saturating_add(1)
    }

    /// How many rows the field may bring, if it is a list by pages or by ids.
    fn page(&self, field: &Field) -> Option<usize> {
        if let Some(ids) = self.argument(field, "ids") {
            return Some(if let Value::List(ids) = ids { ids.len().max(1) } else { 1 });
        }
        let sizes = SIZES.map(|name| self.argument(field, name));
        if !self.connections.contains(field.name.node.as_str()) && sizes.iter().all(Option::is_none) {
            return None;
        }
        Some(sizes.iter().flatten().filter_map(rows).max().unwrap_or(DEFAULT_PAGE))
    }

    /// The value of an argument with the variables as they were sent, else their defaults, else null.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|name| Ok::<_, ()>(self.variable(&name).cloned().unwrap_or_default())).ok()
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name).or_else(|| {
            let definition =
                self.operation.variable_definitions.iter().find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}

/// Whether the field itself says how many rows it wants.
fn sized(field: &Field) -> bool {
    ["ids"].iter().chain(&SIZES).any(|name| field.get_argument(name).is_some())
}

/// A page size. One that is out of range will be refused; until then it counts as the nearest that is allowed.
fn rows(size: &Value) -> Option<usize> {
    let Value::Number(number) = size else { return None };
    let number = number.as_i64()?.max(1);
    Some(usize::try_from(number).unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE))
}
