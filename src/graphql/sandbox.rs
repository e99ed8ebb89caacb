//! The clock of a sandbox (T5).

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::Failure,
    guard::Root,
    loader::Reader,
    problem::{Problem, told},
    scalar::DateTime,
};

/// What `advanceClock` takes.
#[derive(Debug, InputObject)]
pub struct AdvanceClockInput {
    /// How far, as an ISO 8601 duration that leads forward, such as `P7D` or `PT36H`; else `INVALID_VALUE`.
    pub by: String,
}

/// What `advanceClock` answers.
#[derive(SimpleObject)]
pub struct AdvanceClockPayload {
    /// What time it is now by the server's clock, whether it was moved or not.
    pub now: DateTime,
    /// Why the clock was not moved: `INVALID_VALUE`.
    pub problems: Vec<Problem>,
}

/// The mutation of the sandbox.
#[derive(Default)]
pub struct SandboxMutation;

#[Object(guard = "Root")]
impl SandboxMutation {
    /// Moves the clock of a sandbox forward. Whatever falls due on the way has happened, in order of time, when this
    /// answers. Any token will do; outside a sandbox it is `FORBIDDEN`. Tokens themselves expire by real time.
    async fn advance_clock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far.")] input: AdvanceClockInput,
    ) -> Result<AdvanceClockPayload, Failure> {
        let advanced = Reader::of(ctx)?.app.advance_clock(&input.by).await?;
        Ok(AdvanceClockPayload { now: advanced.now.into(), problems: told(advanced.problems) })
    }
}
