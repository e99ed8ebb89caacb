//! Measures the parsed document; each fragment is measured once, however often it is spread.

use std::collections::HashMap;
use std::fmt::Display;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentSpread, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::Refusal;
use super::refusal::{BAD_USER_INPUT, GRAPHQL_VALIDATION_FAILED};
use crate::config::Limits;

/// The deepest nesting of selections, fragments included. Everything behind the gate recurses with it, so it cannot be turned off.
pub(super) const MAX_NESTING: usize = 30;
/// The deepest field below `__schema` and `__type`: tools ask for types of types of types.
const MAX_INTROSPECTION_DEPTH: usize = 20;
/// How many of the lists of introspection may be nested in each other (as in graphql-js, where the third is refused).
const MAX_INTROSPECTION_LISTS: usize = 2;
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];
const MAX_OPERATIONS: usize = 8;
const MAX_FRAGMENTS: usize = 50;
const MAX_VARIABLES: usize = 100;
/// How the library writes an uploaded file into a value, in quotes.
const RESERVED_TEXT: &str = "\"#__graphql_file__:";
/// Applies even with the limit off, because everything behind the gate walks every expanded selection.
const MOST_SELECTIONS: usize = 100_000;

/// The sizes of a selection set with its fragments expanded. Counts stop at the largest number there is.
#[derive(Clone, Copy, Default)]
struct Size {
    selections: usize,
    aliases: usize,
    directives: usize,
    /// Fields directly in the set.
    fields: usize,
    /// Levels of fields; those below `__schema` and `__type` are counted apart.
    depth: usize,
    introspection_depth: usize,
    /// Levels of fields named as the lists of introspection; they count only below `__schema` and `__type`.
    lists: usize,
    introspection_lists: usize,
    /// Levels of selections, fragments included.
    nesting: usize,
}

impl Size {
    /// Adds a sibling.
    fn beside(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.fields = self.fields.saturating_add(other.fields);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.lists = self.lists.max(other.lists);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
        self.nesting = self.nesting.max(other.nesting);
    }
}

/// The measurements of a document within the limits.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    /// Whether it asks for the schema.
    pub(super) introspects: bool,
    /// The selections of its largest operation, fragments expanded.
    pub(super) selections: usize,
}

/// Checks the document against everything that does not depend on variables.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<Measured, Refusal> {
    let definitions = [
        ("number of operations", document.operations.iter().len(), MAX_OPERATIONS),
        ("number of fragments", document.fragments.len(), MAX_FRAGMENTS),
    ];
    within(&definitions)?;
    let mut measure = Measure { document, known: HashMap::new() };
    let mut measured = Measured { introspects: false, selections: 0 };
    for (_, operation) in document.operations.iter() {
        let size = measure.operation(&operation.node)?;
        measured.introspects |= size.introspection_depth > 0;
        measured.selections = measured.selections.max(size.selections);
        within(&[
            ("number of variables", operation.node.variable_definitions.len(), MAX_VARIABLES),
            ("number of selections, fragments expanded,", size.selections, limits.max_selections.min(MOST_SELECTIONS)),
            ("nesting", size.nesting, MAX_NESTING),
            ("depth", size.depth, limits.max_depth),
            ("depth of introspection", size.introspection_depth, MAX_INTROSPECTION_DEPTH),
            ("nesting of lists in introspection", size.introspection_lists, MAX_INTROSPECTION_LISTS),
            ("number of root fields", size.fields, limits.max_root_fields),
            ("number of aliases", size.aliases, limits.max_aliases),
            ("number of directives", size.directives, limits.max_directives),
        ])?;
    }
    // A fragment that no operation spreads is still walked by validation.
    for name in document.fragments.keys() {
        let size = measure.fragment(name, 0)?;
        within(&[
            ("number of selections, fragments expanded,", size.selections, limits.max_selections.min(MOST_SELECTIONS)),
            ("nesting", size.nesting, MAX_NESTING),
            ("number of aliases", size.aliases, limits.max_aliases),
            ("number of directives", size.directives, limits.max_directives),
        ])?;
    }
    Ok(measured)
}

fn within(counts: &[(&str, usize, usize)]) -> Result<(), Refusal> {
    match counts.iter().find(|(_, found, limit)| found > limit) {
        Some((what, found, limit)) => Err(Refusal::too_complex(what, *found, *limit)),
        None => Ok(()),
    }
}

/// Measures a document; remembers each fragment, `None` while it is being measured.
struct Measure<'a> {
    document: &'a ExecutableDocument,
    known: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Measure<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Size, Refusal> {
        let defaults =
            operation.variable_definitions.iter().filter_map(|definition| definition.node.default_value.as_ref());
        for default in defaults {
            refuse_reserved(&default.node)?;
        }
        let mut size = self.set(&operation.selection_set.node, 0)?;
        let on_variables: usize =
            operation.variable_definitions.iter().map(|definition| definition.node.directives.len()).sum();
        size.directives = size.directives.saturating_add(operation.directives.len() + on_variables);
        Ok(size)
    }

    /// The size of a selection set at depth `level`, which bounds the recursion.
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Size, Refusal> {
        if level > MAX_NESTING {
            return Err(Refusal::too_complex("nesting", level, MAX_NESTING));
        }
        let mut size = Size::default();
        for selection in &set.items {
            size.beside(match &selection.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::FragmentSpread(spread) => self.spread(spread, level)?,
                Selection::InlineFragment(inline) => {
                    let inner = self.set(&inline.node.selection_set.node, level + 1)?;
                    wrapped(inner, &inline.node.directives)
                }
            });
        }
        Ok(size)
    }

    fn field(&mut self, field: &'a Field, level: usize) -> Result<Size, Refusal> {
        let name = field.name.node.as_str();
        for (_, argument) in &field.arguments {
            refuse_reserved(&argument.node)?;
        }
        let inner = self.set(&field.selection_set.node, level + 1)?;
        let mut size = wrapped(inner, &field.directives);
        size.fields = 1;
        size.aliases = size.aliases.saturating_add(usize::from(field.alias.is_some()));
        size.depth += 1;
        size.lists += usize::from(INTROSPECTION_LISTS.contains(&name));
        if matches!(name, "__schema" | "__type") {
            size.introspection_depth = size.introspection_depth.max(size.depth);
            size.introspection_lists = size.introspection_lists.max(size.lists);
            (size.depth, size.lists) = (1, 0);
        }
        Ok(size)
    }

    fn spread(&mut self, spread: &'a Positioned<FragmentSpread>, level: usize) -> Result<Size, Refusal> {
        let name = &spread.node.fragment_name.node;
        // An unknown fragment is for validation to name.
        let inner =
            if self.document.fragments.contains_key(name) { self.fragment(name, level + 1)? } else { Size::default() };
        Ok(wrapped(inner, &spread.node.directives))
    }

    /// The size of a fragment, measured once.
    fn fragment(&mut self, name: &'a Name, level: usize) -> Result<Size, Refusal> {
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let message = format!("The fragment \"{name}\" spreads itself.");
                return Err(Refusal::new(GRAPHQL_VALIDATION_FAILED, message));
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Size::default()) };
        self.known.insert(name, None);
        let mut size = self.set(&fragment.node.selection_set.node, level)?;
        size.directives = size.directives.saturating_add(fragment.node.directives.len());
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

/// Refuses texts in the form in which the library names uploaded files: it would look for such a file, and panic.
fn refuse_reserved(value: &impl Display) -> Result<(), Refusal> {
    if value.to_string().contains(RESERVED_TEXT) {
        return Err(Refusal::new(
            BAD_USER_INPUT,
            "A text of the document begins with \"#__graphql_file__:\", which is reserved.",
        ));
    }
    Ok(())
}

/// The size of a selection, given the size of its content.
fn wrapped(inner: Size, directives: &[Positioned<Directive>]) -> Size {
    Size {
        selections: inner.selections.saturating_add(1),
        directives: inner.directives.saturating_add(directives.len()),
        nesting: inner.nesting + 1,
        ..inner
    }
}
