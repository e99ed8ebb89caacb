//! The comment, and the comments of claims.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, dataloader::Loader, parser::types::Field};
use uuid::Uuid;

use crate::{
    graphql::{
        actor::Actor,
        at_hand::{self, AtHand, Write, plain},
        claim::{self, Claim},
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Loaded, Reader, With, by_args, loads_by_id, meant},
        page::{self, PageArgs, Total, connection},
        scalar::DateTime,
        wanted::of_connection,
    },
    store::{
        Columns, Visible, comments,
        page::{Page, PageRequest},
    },
};

/// Who may read a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::CommentVisibility")]
pub enum CommentVisibility {
    /// The claim's partner and the vendor.
    Shared,
    /// Only the vendor; only reviewers may write such comments.
    Internal,
}

/// A comment that the caller sees.
#[derive(Clone, Debug)]
pub struct Comment(pub comments::Comment);

impl From<comments::Comment> for Comment {
    fn from(comment: comments::Comment) -> Self {
        Self(comment)
    }
}

/// The columns to read of comments, by the selection on their connection.
pub(super) fn wanted(ctx: &Context<'_>) -> Columns {
    of_connection::<comments::Comment>(ctx)
}

connection!(CommentConnection, CommentEdge, Comment, "comments", "a comment");

/// A comment on a claim; it is never changed or removed.
#[Object]
impl Comment {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Comment, self.0.id)
    }

    /// The claim that it was posted on. Needs the scope `claims:read`, except in a mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Eager<Claim>, ApiError> {
        claim::visible(ctx, self.0.claim_id).await.map(Eager)
    }

    /// The person who wrote it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Eager<Actor>, ApiError> {
        Ok(Eager(Actor::shown_to(Reader::of(ctx)?, &self.0.author)))
    }

    /// The text, at most 10,000 characters.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Who may read the comment.
    async fn visibility(&self) -> CommentVisibility {
        self.0.visibility.into()
    }

    /// When the comment was posted.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

impl AtHand for Comment {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|comment: &Self, _, out| out.id(Kind::Comment, comment.0.id)),
            "author" => at_hand::object(field, "Actor", |comment: &Self, reader, write| {
                write(&Actor::shown_to(reader, &comment.0.author))
            }),
            "body" => plain(|comment: &Self, _, out| out.text(&comment.0.body)),
            "visibility" => plain(|comment: &Self, _, out| out.word::<CommentVisibility>(comment.0.visibility)),
            "createdAt" => plain(|comment: &Self, _, out| out.time(comment.0.created_at)),
            _ => None,
        }
    }
}

loads_by_id! {
    /// A comment that the caller sees, by its id.
    CommentById(Uuid) => comments::Comment,
    |reader, ids| comments::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter()
        .map(|comment| (comment.id, comment))
}

loads_by_id! {
    /// How many comments a claim has.
    CommentCount(Visible<Uuid>) => u64,
    |reader, ids| comments::counts_of_claims(reader.db(), &reader.caller, &ids).await?
}

/// A page of a claim's comments, with the columns to read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CommentPage(PageRequest, Columns);

impl Loader<With<Visible<Uuid>, CommentPage>> for Reader {
    type Value = Page<comments::Comment>;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Visible<Uuid>, CommentPage>]) -> Loaded<With<Visible<Uuid>, CommentPage>> {
        by_args(keys, async |args, claims| {
            comments::pages_of_claims(self.db(), &self.caller, &claims, &args.0, args.1).await
        })
        .await
    }
}

/// A page of the comments of each of these claims, read at once; nothing if any field of them is not at hand.
pub(in crate::graphql) fn of_claims<'a>(
    claims: Vec<Visible<Uuid>>,
    ctx: &'a Context<'a>,
) -> Option<at_hand::Together<'a>> {
    let keys = move |request| {
        let args = Arc::new(CommentPage(request, wanted(ctx)));
        claims.into_iter().map(|id| With::of(id, Arc::clone(&args))).collect()
    };
    page::together(ctx, "CommentConnection", &comments::ORDER, keys, |page| {
        CommentConnection::new(page, Total::nobody())
    })
}

/// A page of the comments of a claim that the caller sees.
pub(in crate::graphql) async fn of_claim(
    ctx: &Context<'_>,
    claim_id: Visible<Uuid>,
    page: PageArgs,
) -> Result<CommentConnection, ApiError> {
    let page = meant(ctx, || Ok(CommentPage(page.of(ctx, &comments::ORDER)?, wanted(ctx))))?;
    let page = page::loaded(ctx, With::of(claim_id, page)).await?;
    let total = Total::loaded(CommentCount(claim_id));
    Ok(CommentConnection::new(page, total))
}
