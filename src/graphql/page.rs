//! Pages of lists, by the Relay specification: arguments in, connections out.

use std::future::Future;

use async_graphql::{Context, Object, ServerError, parser::types::Field};
use futures_util::future::BoxFuture;

use super::{
    at_hand::{AtHand, Parts, Selected, Together, Write, plain},
    error::ApiError,
    loader::{Load, Reader, ask, load, load_all},
};
use crate::store::{
    StoreError, history,
    page::{Cursor, ListOrder, Page, PageRequest},
};

/// How many items a page has when the client does not say.
const DEFAULT_SIZE: i32 = 20;
/// How many it may have.
const MAX_SIZE: i32 = 100;

/// The arguments of a page as the client gave them.
#[derive(Clone, Debug, Default)]
pub struct PageArgs {
    /// How many from the start.
    pub first: Option<i32>,
    /// Only what comes after this cursor.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// Only what comes before this cursor.
    pub before: Option<String>,
}

impl PageArgs {
    /// The arguments of the field that is being answered.
    ///
    /// # Errors
    /// Malformed input.
    pub fn given(ctx: &Context<'_>) -> Result<Self, ApiError> {
        let size = |name| ctx.param_value::<Option<i32>>(name, None).map(|(_, value)| value);
        let place = |name| ctx.param_value::<Option<String>>(name, None).map(|(_, value)| value);
        let given = || {
            Ok(Self { first: size("first")?, after: place("after")?, last: size("last")?, before: place("before")? })
        };
        given().map_err(|error: ServerError| ApiError::BadInput(error.message))
    }

    /// The page of this list that is meant by the field that is being answered.
    ///
    /// # Errors
    /// Malformed input: a size out of bounds, both ends at once, or a cursor that is none of this list.
    pub fn of(self, ctx: &Context<'_>, list: &ListOrder) -> Result<PageRequest, ApiError> {
        let (name, size) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(ApiError::BadInput("first and last cannot be combined. Give one of them.".to_owned()));
            }
            (None, Some(size)) => ("last", size),
            (first, None) => ("first", first.unwrap_or(DEFAULT_SIZE)),
        };
        let limit = u64::try_from(size).ok().filter(|_| (1..=MAX_SIZE).contains(&size));
        Ok(PageRequest {
            limit: limit
                .ok_or_else(|| ApiError::BadInput(format!("{name} is {size}; it must be from 1 to {MAX_SIZE}.")))?,
            backward: self.last.is_some(),
            after: cursor(list, "after", self.after)?,
            before: cursor(list, "before", self.before)?,
            peeks: ctx.look_ahead().field("pageInfo").exists(),
            cursors: asks_for_cursors(ctx),
        })
    }
}

fn cursor(list: &ListOrder, name: &str, text: Option<String>) -> Result<Option<Cursor>, ApiError> {
    // In the history, a position also works (H2): events, exports and entries return one.
    let decode = |text: String| Cursor::decode(&text, list).or_else(|bad| history::cursor_of(list, &text).ok_or(bad));
    text.map(decode)
        .transpose()
        .map_err(|_| ApiError::BadInput(format!("{name} is not a valid cursor for this list and order.")))
}

/// Whether the cursors of a connection's rows are asked for.
pub(super) fn asks_for_cursors(ctx: &Context<'_>) -> bool {
    let selected = ctx.look_ahead();
    selected.field("pageInfo").exists() || selected.field("edges").field("cursor").exists()
}

/// Whether anything of the page itself is selected, and not the total alone.
fn is_wanted(ctx: &Context<'_>) -> bool {
    let selected = ctx.look_ahead();
    ["nodes", "edges", "pageInfo"].into_iter().any(|part| selected.field(part).exists())
}

/// Reads a page by a statement of its own, if it is wanted.
///
/// # Errors
/// Those of the statement.
pub async fn asked<T, F>(ctx: &Context<'_>, read: impl FnOnce(Reader) -> F) -> Result<Page<T>, ApiError>
where
    T: Send + 'static,
    F: Future<Output = Result<Page<T>, StoreError>> + Send + 'static,
{
    if is_wanted(ctx) { ask(ctx, read).await } else { Ok(Page::empty()) }
}

/// Reads a page together with those of other parents, if it is wanted.
///
/// # Errors
/// Those of the statement.
pub async fn loaded<T>(ctx: &Context<'_>, key: impl Load<Value = Page<T>>) -> Result<Page<T>, ApiError> {
    let page = if is_wanted(ctx) { load(ctx, key).await? } else { None };
    Ok(page.unwrap_or_else(Page::empty))
}

/// Reads a page for each of many parents by the arguments of the field that is being answered, and writes what is selected of
/// the pages; nothing if any of that is not at hand. `name` is the connection's type, `keys` makes a key for each parent.
pub fn together<'a, C, T, K>(
    ctx: &'a Context<'a>,
    name: &str,
    list: &'a ListOrder,
    keys: impl FnOnce(PageRequest) -> Vec<K> + Send + 'a,
    connection: impl Fn(Page<T>) -> C + Send + 'a,
) -> Option<Together<'a>>
where
    C: AtHand + 'static,
    T: Send + Sync,
    K: Load<Value = Page<T>>,
{
    let selected = Selected::<C>::planned(ctx, &ctx.item.node.selection_set.node, name)?;
    if !is_wanted(ctx) {
        return None;
    }
    Some(Box::pin(async move {
        let request = PageArgs::given(ctx).and_then(|args| args.of(ctx, list)).ok()?;
        let pages = load_all(ctx, keys(request)).await.ok()?;
        let (reader, mut parts) = (Reader::of(ctx).ok()?, Parts::of(pages.len()));
        for page in pages {
            let page = connection(page.unwrap_or_else(Page::empty));
            parts.add(|out| selected.write(&page, reader, out))?;
        }
        Some(parts)
    }))
}

/// Counts a whole list, when somebody asks.
pub struct Total(Box<dyn Count>);

impl Total {
    /// For a page whose total is not selected.
    pub fn nobody() -> Self {
        Self::asked(|_| async { Ok(0) })
    }

    /// Counts by a statement of its own.
    pub fn asked<F>(count: impl Fn(Reader) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<u64, StoreError>> + Send + 'static,
    {
        Self(Box::new(Asked(count)))
    }

    /// Counts together with the lists of other parents.
    pub fn loaded(key: impl Load<Value = u64>) -> Self {
        Self(Box::new(Loaded(key)))
    }

    pub(super) async fn count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(total(self.0.count(ctx).await?))
    }
}

trait Count: Send + Sync {
    fn count<'a>(&'a self, ctx: &'a Context<'_>) -> BoxFuture<'a, Result<u64, ApiError>>;
}

struct Asked<C>(C);

impl<C, F> Count for Asked<C>
where
    C: Fn(Reader) -> F + Send + Sync,
    F: Future<Output = Result<u64, StoreError>> + Send + 'static,
{
    fn count<'a>(&'a self, ctx: &'a Context<'_>) -> BoxFuture<'a, Result<u64, ApiError>> {
        Box::pin(ask(ctx, &self.0))
    }
}

struct Loaded<K>(K);

impl<K: Load<Value = u64>> Count for Loaded<K> {
    fn count<'a>(&'a self, ctx: &'a Context<'_>) -> BoxFuture<'a, Result<u64, ApiError>> {
        Box::pin(async move { Ok(load(ctx, self.0.clone()).await?.unwrap_or_default()) })
    }
}

/// A total for a client, who counts in 32 bits.
pub(super) fn total(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The cursors at a page's ends, and whether there are more pages, by the Relay specification.
#[derive(Clone, Debug)]
pub struct PageInfo {
    has_next: bool,
    has_previous: bool,
    start: Option<Cursor>,
    end: Option<Cursor>,
}

impl PageInfo {
    pub(super) fn of<T>(page: &Page<T>) -> Self {
        let cursor = |(cursor, _): &(Cursor, T)| cursor.clone();
        Self {
            has_next: page.has_next,
            has_previous: page.has_previous,
            start: page.items.first().map(cursor),
            end: page.items.last().map(cursor),
        }
    }
}

/// The cursors at a page's ends, and whether there are more pages, by the Relay specification.
#[Object]
impl PageInfo {
    /// Whether more items follow this page.
    async fn has_next_page(&self) -> bool {
        self.has_next
    }

    /// Whether items come before this page.
    async fn has_previous_page(&self) -> bool {
        self.has_previous
    }

    /// The cursor of the page's first item; null on an empty page.
    async fn start_cursor(&self) -> Option<String> {
        self.start.as_ref().map(Cursor::encode)
    }

    /// The cursor of the page's last item; null on an empty page.
    async fn end_cursor(&self) -> Option<String> {
        self.end.as_ref().map(Cursor::encode)
    }
}

impl AtHand for PageInfo {
    fn field(field: &Field) -> Option<Write<Self>> {
        let cursor = |cursor: &Option<Cursor>| cursor.as_ref().map(Cursor::encode);
        match field.name.node.as_str() {
            "hasNextPage" => plain(|page: &Self, _, out| out.bool(page.has_next)),
            "hasPreviousPage" => plain(|page: &Self, _, out| out.bool(page.has_previous)),
            "startCursor" => plain(move |page: &Self, _, out| out.maybe_text(cursor(&page.start).as_deref())),
            "endCursor" => plain(move |page: &Self, _, out| out.maybe_text(cursor(&page.end).as_deref())),
            _ => None,
        }
    }
}

/// Declares the connection and the edge of a type.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ident, $items:literal, $item:literal) => {
        #[doc = concat!("A page of ", $items, ".")]
        pub struct $connection {
            edges: Vec<$edge>,
            page_info: $crate::graphql::page::PageInfo,
            total: $crate::graphql::page::Total,
        }

        impl $connection {
            /// A page of a list, and how to count the whole of it.
            pub fn new<T: Into<$node>>(
                page: $crate::store::page::Page<T>,
                total: $crate::graphql::page::Total,
            ) -> Self {
                let page_info = $crate::graphql::page::PageInfo::of(&page);
                let edge = |(cursor, record): (_, T)| $edge { cursor, node: record.into() };
                Self { edges: page.items.into_iter().map(edge).collect(), page_info, total }
            }
        }

        #[doc = concat!("A page of ", $items, ", as a Relay connection.")]
        #[async_graphql::Object]
        impl $connection {
            #[doc = concat!("The ", $items, " of this page, each with its cursor, in the order of the list.")]
            async fn edges(&self) -> $crate::graphql::eager::EagerList<&$edge> {
                $crate::graphql::eager::EagerList(self.edges.iter().collect())
            }

            #[doc = concat!("The ", $items, " of this page, in the order of the list.")]
            async fn nodes(&self) -> $crate::graphql::eager::EagerList<&$node> {
                $crate::graphql::eager::EagerList(self.edges.iter().map(|edge| &edge.node).collect())
            }

            /// The cursors at the page's ends, and whether there are more pages.
            async fn page_info(&self) -> $crate::graphql::eager::EagerPart<'_, $crate::graphql::page::PageInfo> {
                $crate::graphql::eager::EagerPart(&self.page_info)
            }

            #[doc = concat!("The number of ", $items, " in the whole list, not only on this page. Counted only if selected.")]
            async fn total_count(&self, ctx: &async_graphql::Context<'_>) -> Result<i32, $crate::graphql::error::ApiError> {
                self.total.count(ctx).await
            }
        }

        impl $crate::graphql::at_hand::AtHand for $connection {
            fn field(field: &async_graphql::parser::types::Field) -> Option<$crate::graphql::at_hand::Write<Self>> {
                use $crate::graphql::{at_hand, page::PageInfo};
                let (node, edge) = (stringify!($node), stringify!($edge));
                match field.name.node.as_str() {
                    "edges" => at_hand::objects(field, edge, |page: &Self| &page.edges[..]),
                    "nodes" => {
                        let selected = at_hand::Selected::<$node>::of(&field.selection_set.node, node)?;
                        Some(Box::new(move |page, reader, out| {
                            out.list(&page.edges, |out, edge| selected.write(&edge.node, reader, out))
                        }))
                    }
                    "pageInfo" => at_hand::object::<_, PageInfo>(field, "PageInfo", |page: &Self, _, write| write(&page.page_info)),
                    _ => None,
                }
            }
        }

        impl $crate::graphql::at_hand::AtHand for $edge {
            fn field(field: &async_graphql::parser::types::Field) -> Option<$crate::graphql::at_hand::Write<Self>> {
                use $crate::graphql::at_hand;
                match field.name.node.as_str() {
                    "cursor" => at_hand::plain(|edge: &Self, _, out| out.text(&edge.cursor.encode())),
                    "node" => at_hand::object::<_, $node>(field, stringify!($node), |edge: &Self, _, write| write(&edge.node)),
                    _ => None,
                }
            }
        }

        #[doc = concat!("An item of a page: ", $item, " with its cursor.")]
        pub struct $edge {
            cursor: $crate::store::page::Cursor,
            node: $node,
        }

        #[doc = concat!("An item of a page: ", $item, " with its cursor.")]
        #[async_graphql::Object]
        impl $edge {
            /// The item's position, for `after` and `before`. Opaque, specific to this list and its order, and valid
            /// while items are added.
            async fn cursor(&self) -> String {
                self.cursor.encode()
            }

            #[doc = concat!("The item at the cursor: ", $item, ".")]
            async fn node(&self) -> $crate::graphql::eager::EagerPart<'_, $node> {
                $crate::graphql::eager::EagerPart(&self.node)
            }
        }
    };
}

pub(super) use connection;
