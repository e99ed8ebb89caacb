//! The document gate: what stands before validation and execution, whatever the transport.
//!
//! async-graphql walks fragment spreads without memory, before any of its own limits: a document of 800 bytes can hold it
//! for hours. So a document is counted as text, parsed, and measured with a memory per fragment; only what is within
//! bounds is handed on. Parsed documents are kept, so that a repeated one costs a clone.

mod cost;
mod label;
mod measure;
mod mend;
mod operation;
mod refusal;
mod scan;
mod subscription;
mod syntax;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::config::Limits;
pub use refusal::{
    BAD_USER_INPUT, DOCUMENT_TOO_LARGE, GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, OPERATION_RESOLUTION_FAILURE,
    QUERY_TOO_COMPLEX, Refusal,
};

/// How many bytes of parsed documents are kept, roughly.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// How much larger a parsed document is than its text, roughly.
const PARSED_PER_BYTE: u64 = 32;
/// How many documents the cache is laid out for.
const CACHE_DOCUMENTS: usize = 4_096;

/// Takes documents in: measures, refuses, remembers, prepares.
pub struct Gate {
    limits: Limits,
    connections: HashSet<&'static str>,
    parsed: Cache<Arc<str>, Arc<Parsed>, ByLength>,
}

/// A document that was parsed and found within bounds.
pub struct Parsed {
    document: ExecutableDocument,
    introspects: bool,
    validated: AtomicBool,
}

/// A document that is ready for execution.
pub struct Prepared {
    /// The document, mended for the variables that were sent.
    pub document: ExecutableDocument,
    /// The name of the chosen operation, if it has one.
    pub operation_name: Option<String>,
    /// Whether it reads, writes or subscribes.
    pub operation: OperationType,
    /// What it is called where operations are counted: its root field, or one of a few other words.
    pub label: &'static str,
    /// What it costs: its fields, times the page sizes of the lists that they are in.
    pub cost: usize,
    /// Whether the document asks for the schema.
    pub introspects: bool,
    /// Whether it asks for nothing but the schema and type names.
    pub introspection_only: bool,
    /// The document as it was sent, when mending has hidden a part of it that was never validated.
    pub unseen: Option<Arc<Parsed>>,
}

impl Prepared {
    /// Whether a part of it may have been done when another part fails.
    #[must_use]
    pub fn has_several_mutations(&self) -> bool {
        self.operation == OperationType::Mutation && self.label == label::SEVERAL
    }
}

impl Parsed {
    /// The document as it was sent.
    #[must_use]
    pub fn document(&self) -> ExecutableDocument {
        self.document.clone()
    }

    /// Notes that the document as it was sent is valid.
    pub fn mark_validated(&self) {
        self.validated.store(true, Ordering::Relaxed);
    }
}

impl Gate {
    /// A gate with these limits; the named fields are lists by pages, also where no page size is given.
    #[must_use]
    pub fn new(limits: Limits, connections: &[&'static str]) -> Self {
        Self {
            limits,
            connections: connections.iter().copied().collect(),
            parsed: Cache::with_weighter(CACHE_DOCUMENTS, CACHE_BYTES, ByLength),
        }
    }

    /// Prepares a document for execution with these variables.
    ///
    /// # Errors
    /// [`Refusal`]: too large, no GraphQL, too complex, no such operation, or a variable missing.
    pub fn prepare(&self, text: &str, name: Option<&str>, variables: &Variables) -> Result<Prepared, Refusal> {
        let parsed = self.parse(text)?;
        let (operation_name, operation) = operation::choose(&parsed.document, name)?;
        let whole = subscription::check(&parsed.document, operation_name, operation)?;
        let document = whole.as_ref().unwrap_or(&parsed.document);
        let (operation_name, operation) = operation::choose(document, name)?;
        operation::check_variables(&operation.node, variables)?;
        let cost = cost::of(document, &operation.node, variables, &self.connections);
        if cost > self.limits.max_cost {
            return Err(Refusal::too_complex("cost", cost, self.limits.max_cost));
        }
        let mended = mend::omitted(document, operation_name, operation, variables);
        let changed = mended.is_some() || whole.is_some();
        let unseen = (changed && !parsed.validated.load(Ordering::Relaxed)).then(|| Arc::clone(&parsed));
        Ok(Prepared {
            operation_name: operation_name.map(ToString::to_string),
            operation: operation.node.ty,
            label: label::of(document, &operation.node),
            cost,
            introspects: parsed.introspects,
            introspection_only: operation::is_introspection(document, &operation.node),
            document: mended.unwrap_or_else(|| document.clone()),
            unseen,
        })
    }

    /// The parsed document, from memory where it was seen before.
    fn parse(&self, text: &str) -> Result<Arc<Parsed>, Refusal> {
        if let Some(parsed) = self.parsed.get(text) {
            return Ok(parsed);
        }
        scan::check(text, &self.limits)?;
        let document = syntax::parse(text)?;
        let introspects = measure::check(&document, &self.limits)?;
        let parsed = Arc::new(Parsed { document, introspects, validated: AtomicBool::new(false) });
        self.parsed.insert(text.into(), Arc::clone(&parsed));
        Ok(parsed)
    }
}

/// Weighs a parsed document by the length of its text.
#[derive(Clone)]
struct ByLength;

impl Weighter<Arc<str>, Arc<Parsed>> for ByLength {
    fn weight(&self, text: &Arc<str>, _: &Arc<Parsed>) -> u64 {
        (text.len() as u64 + 1).saturating_mul(PARSED_PER_BYTE)
    }
}
