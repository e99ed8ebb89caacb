//! Who may select a field: by the token's scopes and, for some fields, its role (A5).
//!
//! The fields of the three roots are in [`super::root_fields`]; a field that is missing there is refused to every caller. The
//! payload of a mutation needs only the mutation's scope.

use async_graphql::{Context, Guard, Result, parser::types::OperationType};
use domain::{
    caller::{Caller, Side},
    kinds::Scope,
};

use super::{
    error::ApiError,
    loader::Reader,
    root_fields::{self, Needs},
};

/// The guard of every field of the roots: checks the token against what the field needs.
pub(super) struct Root;

impl Guard for Root {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        let field = ctx.item.node.name.node.as_str();
        let caller = &Reader::of(ctx)?.caller;
        let Some(field) = root_fields::named(field) else {
            return Err(ApiError::internal(&format!("{field} is missing in the list of root fields")).into());
        };
        Ok(holds(field.needs, caller)?)
    }
}

/// Whether the token opens a field of a root, as far as the list says.
pub(super) fn opens(field: &str, caller: &Caller) -> bool {
    root_fields::named(field).is_some_and(|field| holds(field.needs, caller).is_ok())
}

fn holds(needs: Needs, caller: &Caller) -> Result<(), ApiError> {
    match needs {
        Needs::Nothing | Needs::ScopeOfKind => Ok(()),
        Needs::Scope(scope) => has(caller, &[scope]),
        Needs::OfPartner(scope) => {
            has(caller, &[scope])?;
            role(matches!(caller.side, Side::Partner(_)))
        }
        Needs::Role(scope, needed) => {
            has(caller, &[scope])?;
            role(caller.is(needed))
        }
    }
}

fn role(fits: bool) -> Result<(), ApiError> {
    if fits { Ok(()) } else { Err(ApiError::Forbidden("None of the token's roles may do this.".to_owned())) }
}

/// Refuses a token that has none of the scopes.
pub(super) fn has(caller: &Caller, scopes: &[Scope]) -> Result<(), ApiError> {
    if scopes.iter().any(|scope| caller.has(*scope)) {
        return Ok(());
    }
    let names = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" or ");
    Err(ApiError::Forbidden(format!("The token needs the scope {names}.")))
}

/// The guard of a field below the roots: one of these scopes, wherever the field is reached by a query.
pub(super) struct Reads(pub(super) &'static [Scope]);

impl Reads {
    /// Refuses a field that the token has no scope for.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub(super) fn hold(&self, ctx: &Context<'_>) -> Result<(), ApiError> {
        if ctx.query_env.operation.node.ty == OperationType::Mutation {
            return Ok(());
        }
        has(&Reader::of(ctx)?.caller, self.0)
    }
}

impl Guard for Reads {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        Ok(self.hold(ctx)?)
    }
}

/// Claims and what hangs on them.
pub(super) const CLAIMS: Reads = Reads(&[Scope::ClaimsRead]);
/// History.
pub(super) const HISTORY: Reads = Reads(&[Scope::HistoryRead]);
/// The directory, as far as it is reached from a claim too.
pub(super) const DIRECTORY: Reads = Reads(&[Scope::DirectoryRead, Scope::ClaimsRead]);
