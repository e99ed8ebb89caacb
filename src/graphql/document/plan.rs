//! The plan of a document: all that can be known before its variables are, found out once.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, SelectionSet,
};
use async_graphql::{Name, Positioned, Request, ServerError, Variables};

use super::choice::{Choice, Setting, Switches};
use super::cost::Cost;
use super::measure::Measured;
use super::rules::{MOST_ERRORS, Rules};
use super::values::Declared;
use super::{Refusal, label, merge, operation, shapes, subscription, usages, values};
use crate::graphql::memo::Memo;
use crate::graphql::response::Keys;

/// How many forms of an operation are kept, for settings of its switches that come again.
const MOST_FORMS: usize = 4;
/// How large a parsed document is for each byte of its text, roughly.
const BYTES_PER_BYTE: usize = 32;
/// How large a selection of a form is, roughly: the field, its key, its share of the sets around it, and what is kept in its memo.
const BYTES_PER_SELECTION: usize = 600;
/// The longest answer for which room is made at once.
const MOST_ROOM: usize = 1024 * 1024;

/// A document that was parsed and found within bounds.
pub(super) struct Plan {
    document: ExecutableDocument,
    /// Whether the document asks for the schema.
    pub(super) introspects: bool,
    operations: Vec<Operation>,
    verdict: OnceLock<Vec<ServerError>>,
    weight: usize,
}

/// An operation of a document.
pub(super) struct Operation {
    name: Option<Name>,
    definition: Positioned<OperationDefinition>,
    pub(super) kind: OperationType,
    /// What it is called where operations are counted.
    pub(super) label: &'static str,
    /// Whether it asks for nothing but the schema and type names.
    pub(super) is_introspection: bool,
    /// Why it is refused whatever its variables.
    pub(super) refusal: Option<Refusal>,
    pub(super) variables: Vec<Declared>,
    pub(super) cost: Cost,
    pub(super) switches: Switches,
    forms: RwLock<Vec<(Setting, Arc<Form>)>>,
}

/// An operation as it is executed: every fragment in its place, every response key once, and nothing in it that the
/// variables leave out.
pub struct Form {
    /// The operation with the variables that it still uses, and with nothing selected.
    pub operation: Positioned<OperationDefinition>,
    /// The selection.
    pub selection: Positioned<SelectionSet>,
    /// The keys of the answer.
    pub keys: Keys,
    /// What follows from parts of it.
    pub(in crate::graphql) memo: Memo,
    /// How long the last answer was.
    size: AtomicUsize,
}

impl Form {
    /// The same as a request to the library.
    #[must_use]
    pub fn request(&self, variables: Variables) -> Request {
        let mut operation = self.operation.clone();
        operation.node.selection_set = self.selection.clone();
        let mut request = Request::new(String::new()).variables(variables);
        request.set_parsed_query(ExecutableDocument {
            operations: DocumentOperations::Single(operation),
            fragments: [].into(),
        });
        request
    }

    /// Whether a part of it may have been done when another part fails.
    #[must_use]
    pub const fn has_several_mutations(&self) -> bool {
        matches!(self.operation.node.ty, OperationType::Mutation) && self.keys.general.len() > 1
    }

    /// The buffer size for a response, by the length of the previous one.
    pub(in crate::graphql) fn room(&self) -> usize {
        let last = self.size.load(Ordering::Relaxed);
        (last + last / 16 + 64).min(MOST_ROOM)
    }

    /// Notes how long an answer was.
    pub(in crate::graphql) fn note_size(&self, size: usize) {
        self.size.store(size, Ordering::Relaxed);
    }
}

impl Plan {
    pub(super) fn of(
        document: ExecutableDocument,
        text: &str,
        measured: Measured,
        connections: &HashSet<&'static str>,
    ) -> Self {
        let operation = |(name, operation): (Option<&Name>, &Positioned<OperationDefinition>)| Operation {
            name: name.cloned(),
            definition: operation.clone(),
            kind: operation.node.ty,
            label: label::of(&document, &operation.node),
            is_introspection: operation::is_introspection(&document, &operation.node),
            refusal: subscription::check(&document, operation).err(),
            variables: values::declared(&operation.node),
            cost: Cost::of(&document, &operation.node, connections),
            switches: Switches::of(&document, &operation.node),
            forms: RwLock::default(),
        };
        let operations: Vec<Operation> = document.operations.iter().map(operation).collect();
        // Where several forms are possible, more than two are seldom asked for.
        let forms: usize = operations.iter().map(|operation| operation.switches.count().min(1) + 1).sum();
        let weight = text
            .len()
            .saturating_mul(BYTES_PER_BYTE)
            .saturating_add(measured.selections.saturating_mul(BYTES_PER_SELECTION).saturating_mul(forms));
        Self { document, introspects: measured.introspects, operations, verdict: OnceLock::new(), weight }
    }

    /// How many bytes the plan takes at most, roughly.
    pub(super) const fn weight(&self) -> usize {
        self.weight
    }

    /// The operation of that name; without a name, the only one.
    pub(super) fn choose(&self, name: Option<&str>) -> Result<usize, Refusal> {
        operation::choose(self.operations.iter().map(|operation| operation.name.as_ref()), name)
    }

    pub(super) fn operation(&self, place: usize) -> &Operation {
        &self.operations[place]
    }

    /// The errors of the document by the rules of the schema: computed once, independent of the variables.
    pub(super) fn errors(&self, rules: &Rules) -> &[ServerError] {
        self.verdict.get_or_init(|| {
            let mut errors = rules.validate(self.document.clone());
            if errors.is_empty() {
                // What follows relies on a document that is valid for the library.
                for (_, operation) in self.document.operations.iter() {
                    errors.extend(values::defaults(&operation.node, rules).into_iter().map(|(_, error)| error));
                    errors.extend(usages::errors(&self.document, rules, &operation.node));
                    errors.extend(merge::errors(&self.document, rules, &operation.node));
                    errors.extend(shapes::errors(&self.document, rules, &operation.node));
                }
                errors.truncate(MOST_ERRORS);
            } else {
                self.name_values(&mut errors, rules);
            }
            errors
        })
    }

    /// Gives the library's errors about values the code and the path that our own check of the same values finds; they are
    /// known by their places.
    fn name_values(&self, errors: &mut [ServerError], rules: &Rules) {
        let mut known = HashMap::new();
        for (_, operation) in self.document.operations.iter() {
            known.extend(values::defaults(&operation.node, rules));
            let usages = usages::errors(&self.document, rules, &operation.node).into_iter();
            known.extend(usages.filter(|error| error.extensions.is_some()).map(|error| (error.locations[0], error)));
        }
        for error in errors {
            let about = error.locations.first().and_then(|place| known.get(place));
            if let Some(about) = about {
                error.extensions.clone_from(&about.extensions);
            }
        }
    }

    /// The form of an operation with its switches set so. The document is valid.
    pub(super) fn form(&self, place: usize, setting: Setting, rules: &Rules) -> Arc<Form> {
        let operation = &self.operations[place];
        let known = |forms: &[(Setting, Arc<Form>)]| {
            forms.iter().find(|(known, _)| *known == setting).map(|(_, form)| Arc::clone(form))
        };
        if let Some(form) = known(&operation.forms.read().unwrap_or_else(PoisonError::into_inner)) {
            return form;
        }
        let form = Arc::new(self.new_form(operation, setting, rules));
        let mut forms = operation.forms.write().unwrap_or_else(PoisonError::into_inner);
        if forms.len() < MOST_FORMS && known(&forms).is_none() {
            forms.push((setting, Arc::clone(&form)));
        }
        form
    }

    fn new_form(&self, operation: &Operation, setting: Setting, rules: &Rules) -> Form {
        let whole = &operation.definition;
        let choice = Choice::Of(&operation.switches, setting);
        let (selection, keys) = merge::merged(&self.document, rules, choice, &whole.node);
        let used = operation::variables(&selection);
        let declared = whole.node.variable_definitions.iter();
        let node = OperationDefinition {
            ty: whole.node.ty,
            variable_definitions: declared
                .filter(|definition| used.contains(&definition.node.name.node))
                .cloned()
                .collect(),
            directives: Vec::new(),
            selection_set: Positioned::default(),
        };
        Form {
            operation: Positioned::new(node, whole.pos),
            selection: Positioned::new(selection, whole.node.selection_set.pos),
            keys,
            memo: Memo::default(),
            size: AtomicUsize::new(0),
        }
    }
}
