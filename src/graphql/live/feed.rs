//! The reasons to execute a subscription: once to return the events to follow, then once for every event.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, ID};
use uuid::Uuid;

use crate::{
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        loader::Reader,
    },
    store::history::{
        self, HistoryEntry, Position,
        log::{self, Feed},
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
/// `BAD_USER_INPUT` for a text that is neither a position nor a cursor, or for an entry that this database does not have.
pub(super) async fn entry(
    ctx: &Context<'_>,
    feed: Feed,
    after: Option<&str>,
) -> Result<Option<HistoryEntry>, ApiError> {
    let occasion = ctx.data::<Occasion>().map_err(|error| ApiError::internal(&error.message))?;
    let (opened, last) = match occasion {
        Occasion::Event(entry) => return Ok(Some(HistoryEntry::clone(entry))),
        Occasion::Opening(opened, last) => (opened, last),
    };
    let position = match last.as_deref().or(after) {
        None => None,
        Some(text) => Some(position(ctx, text).await?),
    };
    // Only one field is at the root, so this is set once.
    let _ = opened.set((feed, position));
    Ok(None)
}

/// The key that an argument means. An id of no object of the kind is followed like one that is not in reach: nothing ever comes
/// (A4).
pub(super) fn key(kind: Kind, id: Option<&ID>) -> Option<Uuid> {
    id.map(|id| global_id::key_or_none(kind, id))
}

/// Where the entry stands that a client names by its position.
async fn position(ctx: &Context<'_>, text: &str) -> Result<Position, ApiError> {
    let Some(place) = history::decode_place(text) else {
        return Err(ApiError::BadInput(
            "The argument \"after\" is neither a position nor a cursor. Give the position of an event or a history entry, or \
             a cursor of a list of entries or comments."
                .to_owned(),
        ));
    };
    log::position_of(Reader::of(ctx)?.db(), place).await?.ok_or_else(|| {
        ApiError::BadInput(
            "The position in \"after\" is not in this server's history: its database was replaced or restored from an \
             older backup. Read the data again, and subscribe without a position."
                .to_owned(),
        )
    })
}
