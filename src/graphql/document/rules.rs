//! The gate's view of the schema: its types, and the rules by which the library validates a document.

use std::{
    mem,
    sync::{Arc, OnceLock},
};

use async_graphql::{
    ObjectType, Positioned, Request, Schema, SchemaEnv, ServerError, SubscriptionType, ValidationResult,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation},
    indexmap::{IndexMap, IndexSet},
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, InlineFragment, OperationType, Selection, SelectionSet},
    },
    registry::{MetaInputValue, MetaType, MetaTypeName},
};
use futures_util::FutureExt;

use crate::graphql::{codes::GRAPHQL_VALIDATION_FAILED, error};

/// A schema as the gate sees it.
pub struct Rules {
    env: Option<SchemaEnv>,
    validate: Box<dyn Fn(ExecutableDocument) -> Vec<ServerError> + Send + Sync>,
}

/// Lets a schema validate without executing; every schema of the API is built with it.
pub struct ValidatesAlone;

/// Marks a request that is only validated; also captures the schema, which the library exposes nowhere else.
struct Only(Arc<OnceLock<SchemaEnv>>);

impl ExtensionFactory for ValidatesAlone {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for ValidatesAlone {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let verdict = next.run(ctx).await;
        let Some(Only(seen)) = ctx.data_opt::<Only>() else { return verdict };
        seen.get_or_init(|| ctx.schema_env.clone());
        // An error, though without errors, ends the request here: nothing is executed.
        Err(verdict.err().unwrap_or_default())
    }
}

/// How many errors of a document are kept; a document can have thousands.
pub(super) const MOST_ERRORS: usize = 50;

impl Rules {
    /// The rules of a schema that was built with [`ValidatesAlone`].
    #[must_use]
    pub fn of<Q, M, S>(schema: Schema<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let seen = Arc::new(OnceLock::new());
        let noted = Arc::clone(&seen);
        let validate = move |document| {
            let mut request = Request::new(String::new()).data(Only(Arc::clone(&noted)));
            request.set_parsed_query(document);
            // Nothing in it waits for anything.
            let response = schema.execute(request).now_or_never();
            let mut errors = response.map_or_else(
                || vec![error::with_code(GRAPHQL_VALIDATION_FAILED, "The document could not be validated.")],
                |response| response.errors,
            );
            errors.truncate(MOST_ERRORS);
            errors
        };
        if let Ok(document) = parse_query("{ __typename }") {
            validate(document);
        }
        Self { env: seen.get().cloned(), validate: Box::new(validate) }
    }

    /// No schema: every document is valid, and nothing is known of its types.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { env: None, validate: Box::new(|_| Vec::new()) }
    }

    /// The schema, for executing on it.
    #[must_use]
    pub const fn env(&self) -> Option<&SchemaEnv> {
        self.env.as_ref()
    }

    /// The errors of a document, without regard to its variables.
    pub(super) fn validate(&self, mut document: ExecutableDocument) -> Vec<ServerError> {
        let operations = match &mut document.operations {
            DocumentOperations::Single(operation) => vec![operation],
            DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
        };
        for operation in operations {
            show_conditions(&mut operation.node.selection_set.node);
        }
        for fragment in document.fragments.values_mut() {
            show_conditions(&mut fragment.node.selection_set.node);
        }
        (self.validate)(document)
    }

    /// A type of the schema.
    pub(super) fn named(&self, name: &str) -> Option<&MetaType> {
        self.env.as_ref()?.registry.types.get(name)
    }

    /// The type of an operation's root.
    pub(super) fn root(&self, kind: OperationType) -> Option<&str> {
        let registry = &self.env.as_ref()?.registry;
        match kind {
            OperationType::Query => Some(&registry.query_type),
            OperationType::Mutation => registry.mutation_type.as_deref(),
            OperationType::Subscription => registry.subscription_type.as_deref(),
        }
    }

    /// The type of a field as the schema writes it, such as `[Claim!]!`.
    pub(super) fn field(&self, of: Option<&str>, name: &str) -> Option<&str> {
        match name {
            "__typename" => Some("String!"),
            "__schema" => Some("__Schema!"),
            "__type" => Some("__Type"),
            _ => Some(&self.named(of?)?.field_by_name(name)?.ty),
        }
    }

    /// The arguments of a field.
    pub(super) fn arguments(&self, of: Option<&str>, name: &str) -> Option<&IndexMap<String, MetaInputValue>> {
        Some(&self.named(of?)?.field_by_name(name)?.args)
    }

    /// The arguments of a directive.
    pub(super) fn directive_arguments(&self, name: &str) -> Option<&IndexMap<String, MetaInputValue>> {
        Some(&self.env.as_ref()?.registry.directives.get(name)?.args)
    }

    /// The possible objects of an abstract type; `None` for an object type.
    pub(super) fn possible(&self, of: &str) -> Option<&IndexSet<String>> {
        match self.named(of)? {
            MetaType::Interface { possible_types, .. } | MetaType::Union { possible_types, .. } => Some(possible_types),
            _ => None,
        }
    }

    /// Whether every value of one type also has the other type. An unknown type may be anything.
    pub(super) fn is_within(&self, of: Option<&str>, condition: &str) -> bool {
        let (Some(of), Some(env)) = (of, &self.env) else { return true };
        of == condition
            || env.registry.implements.get(of).is_some_and(|interfaces| interfaces.contains(condition))
            || self.possible(condition).is_some_and(|possible| possible.contains(of))
    }
}

/// Puts the directives of type names around them, into fragments that mean the same: the library looks at no `__typename`,
/// and would take a variable that is used there only for one that is not used.
fn show_conditions(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" && !field.node.directives.is_empty() => {
                let directives = mem::take(&mut field.node.directives);
                let place = field.pos;
                let items = vec![Positioned::new(Selection::Field(field.clone()), place)];
                let selection_set = Positioned::new(SelectionSet { items }, place);
                let fragment = InlineFragment { type_condition: None, directives, selection_set };
                item.node = Selection::InlineFragment(Positioned::new(fragment, place));
            }
            Selection::Field(field) => show_conditions(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => show_conditions(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// The name of a type without its lists.
pub(super) fn bare(declared: &str) -> &str {
    MetaTypeName::concrete_typename(declared)
}
