//! The reasons to execute a subscription: once to return the events to follow, then once for every event.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, ID};

use crate::{
    graphql::{
        error::Failure,
        global_id::{self, Kind},
        loader::Reader,
    },
    store::{
        history::{
            self,
            log::{self, Feed, Of},
        },
        records::{HistoryEntry, Position},
    },
};

/// Why a subscription is being executed.
#[derive(Clone, Debug)]
pub enum Occasion {
    /// It is started: its field stores here the events to follow and the position to start after, which is that of the
    /// client's last event, or its argument.
    Opening(Arc<OnceLock<(Feed, Option<Position>)>>, Option<String>),
    /// Something happened.
    Event(Box<HistoryEntry>),
}

/// The entry that a field of the subscription is executed for; nothing while it is opened.
///
/// # Errors
/// `BAD_USER_INPUT` for an invalid position, or for an entry that this database does not have.
pub(super) async fn entry(
    ctx: &Context<'_>,
    claim_id: Option<&ID>,
    of: Of,
    after: Option<&str>,
) -> Result<Option<HistoryEntry>, Failure> {
    let occasion = ctx.data::<Occasion>().map_err(|error| Failure::internal(&error.message))?;
    let (opened, last) = match occasion {
        Occasion::Event(entry) => return Ok(Some(HistoryEntry::clone(entry))),
        Occasion::Opening(opened, last) => (opened, last),
    };
    let position = match last.as_deref().or(after) {
        None => None,
        Some(text) => Some(position(ctx, text).await?),
    };
    // An id of no claim at all is followed like one of a claim that is not visible to the caller: nothing ever comes
    // (A4).
    let claim_id = claim_id.map(|id| global_id::key_or_none(Kind::Claim, id));
    // Only one field is at the root, so this is set once.
    let _ = opened.set((Feed { claim_id, of }, position));
    Ok(None)
}

/// Where the entry stands that a client names by its position.
async fn position(ctx: &Context<'_>, text: &str) -> Result<Position, Failure> {
    let Some(id) = history::decode_position(text) else {
        return Err(Failure::BadInput(
            "The argument \"after\" is not a position. Give the position of an event or a history entry.".to_owned(),
        ));
    };
    log::position_of(Reader::of(ctx)?.db(), id).await?.ok_or_else(|| {
        Failure::BadInput(
            "The position in \"after\" is not in this server's history: its database was replaced or restored from an \
             older backup. Read the data again, and subscribe without a position."
                .to_owned(),
        )
    })
}
