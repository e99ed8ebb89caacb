//! The clock of a sandbox (T5).

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::ApiError,
    guard::Root,
    loader::Reader,
    problem::{Problem, api_problems},
    scalar::DateTime,
};

/// How far to move the sandbox's clock.
#[derive(Debug, InputObject)]
pub struct AdvanceClockInput {
    /// A positive ISO 8601 duration, such as `P7D` or `PT36H`; otherwise `INVALID_VALUE`.
    pub by: String,
}

/// The server's time after the move.
#[derive(SimpleObject)]
pub struct AdvanceClockPayload {
    /// The server's current time, whether or not the clock was moved.
    pub now: DateTime,
    /// Why the clock was not moved: `INVALID_VALUE`.
    pub problems: Vec<Problem>,
}

/// The mutation of the sandbox.
#[derive(Default)]
pub struct SandboxMutation;

#[Object(guard = "Root")]
impl SandboxMutation {
    /// Moves a sandbox's clock forward. Deadlines that fall due on the way fire in order of time before the response is
    /// sent. For any token, in a sandbox only; elsewhere the error is `FORBIDDEN`. Problems: `INVALID_VALUE`. Tokens
    /// keep expiring by real time.
    async fn advance_clock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The duration to move the clock by.")] input: AdvanceClockInput,
    ) -> Result<AdvanceClockPayload, ApiError> {
        let advanced = Reader::of(ctx)?.app.advance_clock(&input.by).await?;
        Ok(AdvanceClockPayload { now: advanced.now.into(), problems: api_problems(advanced.problems) })
    }
}
