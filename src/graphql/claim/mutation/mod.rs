//! The mutations of claims, by side: the input taken apart, the use case called, its answer wrapped.

mod customer;
mod partner;
mod review;

use async_graphql::{Context, ID};
use domain::lifecycle::Command;

use crate::{
    app::claims::ChangeResult,
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        loader::Reader,
    },
};

pub(in crate::graphql) use customer::CustomerMutation;
pub(in crate::graphql) use partner::PartnerMutation;
pub(in crate::graphql) use review::ReviewMutation;

/// Changes a claim for the caller.
pub(in crate::graphql) async fn change(
    ctx: &Context<'_>,
    claim_id: &ID,
    expected_version: Option<i32>,
    command: Command,
    key: Option<String>,
) -> Result<ChangeResult, ApiError> {
    let reader = Reader::of(ctx)?;
    let claim_id = global_id::key(Kind::Claim, claim_id);
    Ok(reader.app.change_claim(&reader.caller, claim_id, expected_version, command, key).await?)
}

/// Declares what a mutation of an existing claim takes: its own fields, and those that all of them have.
macro_rules! change_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            /// The claim's global id. If the caller sees no such claim, the request is refused with `NOT_FOUND`.
            pub claim_id: ID,
            $($(#[$field_meta])* pub $field: $type,)*
            /// The `version` that the caller read. If the claim has another version by now, the request is refused with
            /// `VERSION_CONFLICT`.
            pub expected_version: i32,
            /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input
            /// returns the first result again; with another input or mutation it is refused with
            /// `IDEMPOTENCY_KEY_REUSED`.
            pub idempotency_key: Option<String>,
        }
    };
}

/// Declares the payload of a mutation that returns only the claim.
macro_rules! payload {
    ($name:ident, $result:literal, $problems:literal) => {
        #[doc = concat!($result, ", or why the request was refused.")]
        #[derive(SimpleObject)]
        pub struct $name {
            /// The claim as it is now; null if the request was refused.
            pub claim: Option<Claim>,
            #[doc = $problems]
            pub problems: Vec<Problem>,
        }

        impl From<ChangeResult> for $name {
            fn from(result: ChangeResult) -> Self {
                Self { claim: result.claim.map(Into::into), problems: api_problems(result.problems) }
            }
        }
    };
}

pub(super) use {change_input, payload};
