//! The document gate, which precedes execution for every transport.
//!
//! async-graphql walks fragment spreads without memory, before any of its own limits: a document of 800 bytes can hold it
//! for hours. So a document is counted as text, parsed, and measured with a memory per fragment; only what is within
//! bounds is handed on. What is found out of a document is its plan, which is kept: a document that comes again
//! is neither parsed nor validated nor added up again, and only its variables are looked at.

mod cache;
mod choice;
mod cost;
mod escapes;
mod label;
mod measure;
mod merge;
mod operation;
mod plan;
mod refusal;
mod rules;
mod scan;
mod shapes;
mod subscription;
mod syntax;
#[cfg(test)]
mod tests;
mod usages;
mod values;

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{ServerError, Variables};

use crate::config::Limits;
use cache::Plans;
use choice::Setting;
pub use plan::Form;
use plan::{Operation, Plan};
pub use refusal::{
    BAD_USER_INPUT, DOCUMENT_TOO_LARGE, GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, OPERATION_RESOLUTION_FAILURE,
    QUERY_TOO_COMPLEX, Refusal,
};
pub use rules::{Rules, ValidatesAlone};
pub(super) use syntax::is_selection_set;

/// How many bytes of plans are kept, roughly.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Takes documents in: measures, refuses, remembers, prepares.
pub struct Gate {
    limits: Limits,
    connections: HashSet<&'static str>,
    rules: Arc<Rules>,
    plans: Plans,
}

/// An operation within bounds, with variables of the types that it declares.
pub struct Prepared {
    plan: Arc<Plan>,
    place: usize,
    setting: Setting,
    /// What it costs, in points: its objects and a tenth of its values, times the page sizes of the lists that they are in.
    pub cost: usize,
}

impl Prepared {
    fn operation(&self) -> &Operation {
        self.plan.operation(self.place)
    }

    /// Whether it reads, writes or subscribes.
    #[must_use]
    pub fn kind(&self) -> OperationType {
        self.operation().kind
    }

    /// What it is called where operations are counted: its root field, or one of a few other words.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.operation().label
    }

    /// Whether it asks for nothing but the schema and type names.
    #[must_use]
    pub fn is_introspection(&self) -> bool {
        self.operation().is_introspection
    }

    /// Whether its document asks for the schema.
    #[must_use]
    pub fn introspects(&self) -> bool {
        self.plan.introspects
    }
}

impl Gate {
    /// A gate with these limits before a schema; fields of the names in `pages` are connections, also where no page size is
    /// given.
    #[must_use]
    pub fn new(limits: Limits, pages: impl IntoIterator<Item = &'static str>, rules: Arc<Rules>) -> Self {
        Self { limits, connections: pages.into_iter().collect(), rules, plans: Plans::new(CACHE_BYTES) }
    }

    /// Prepares an operation of a document with these variables. The plan of a new document is kept for the subject.
    ///
    /// # Errors
    /// [`Refusal`]: too large, no GraphQL, too complex, no such operation, or a variable missing or of another type.
    pub fn prepare(
        &self,
        text: &str,
        name: Option<&str>,
        variables: &Variables,
        subject: &str,
    ) -> Result<Prepared, Refusal> {
        let plan = self.plan(text, subject)?;
        let place = plan.choose(name)?;
        let operation = plan.operation(place);
        if let Some(refusal) = &operation.refusal {
            return Err(refusal.clone());
        }
        values::check(&operation.variables, variables, &self.rules)?;
        let cost = operation.cost.with(variables);
        if cost > self.limits.max_cost {
            return Err(Refusal::too_complex("cost", cost, self.limits.max_cost));
        }
        let setting = operation.switches.setting(variables)?;
        Ok(Prepared { plan, place, setting, cost })
    }

    /// What is to be executed.
    ///
    /// # Errors
    /// What is wrong with the document by the rules of the schema.
    pub fn form(&self, prepared: &Prepared) -> Result<Arc<Form>, Vec<ServerError>> {
        let errors = prepared.plan.errors(&self.rules);
        if !errors.is_empty() {
            return Err(errors.to_vec());
        }
        Ok(prepared.plan.form(prepared.place, prepared.setting, &self.rules))
    }

    /// The plan of a document, from memory where it was seen before.
    fn plan(&self, text: &str, subject: &str) -> Result<Arc<Plan>, Refusal> {
        if let Some(plan) = self.plans.get(text) {
            return Ok(plan);
        }
        scan::check(text, &self.limits)?;
        let written_out = escapes::written_out(text)?;
        let document = syntax::parse(&scan::without_negative_zeros(&written_out))?;
        let measured = measure::check(&document, &self.limits)?;
        let plan = Arc::new(Plan::of(document, text, measured, &self.connections));
        self.plans.keep(text, &plan, subject);
        Ok(plan)
    }
}
