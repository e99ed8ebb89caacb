//! Objects whose fields mostly do not wait.
//!
//! An object of which everything selected is at hand is written as JSON at once ([`super::at_hand`]). For any other object the
//! library makes a future on the heap for every field, 1 to 6 KB large, since it has room for whatever the fields of the
//! object may wait for. Most of them wait for nothing: [`Eager`] runs each leaf once in place, and makes a future only of
//! what has to wait; its keys are in the order of the selection.

use std::{
    borrow::Cow,
    task::{Context as TaskContext, Waker},
};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection},
    registry::Registry,
    resolver_utils::resolve_container,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};

use super::at_hand::{self, AtHand};

/// An object that is resolved as far as it can be at once.
pub struct Eager<T>(pub T);

/// A part of an object that is resolved as far as it can be at once.
pub struct EagerPart<'a, T>(pub &'a T);

/// A list of such objects.
pub struct EagerList<T>(pub Vec<T>);

/// A field that waits, with the places of its object and of itself.
type Waiting<'a> = BoxFuture<'a, (usize, usize, ServerResult<Option<Value>>)>;

impl<T: ContainerType + AtHand + 'static> OutputType for Eager<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        object(ctx, &self.0).await
    }
}

impl<T: ContainerType + AtHand + 'static> OutputType for EagerPart<'_, T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        object(ctx, self.0).await
    }
}

/// Resolves an object: at once, if all that is selected of it is at hand.
async fn object<T: ContainerType + AtHand + 'static>(ctx: &ContextSelectionSet<'_>, object: &T) -> ServerResult<Value> {
    if let Some(written) = at_hand::one(ctx, object, &T::type_name()) {
        return Ok(written);
    }
    // On the heap, for these are large.
    if !is_plain(ctx) {
        return Box::pin(resolve_container(ctx, object)).await;
    }
    Box::pin(async move {
        let mut waiting = Vec::new();
        let mut objects = [begin(ctx, object, 0, &mut 0, &mut waiting)];
        wait(ctx, &mut objects, waiting).await;
        let [fields] = objects;
        Ok(finished(fields))
    })
    .await
}

impl<T: ContainerType + AtHand> OutputType for EagerList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let Some(written) = at_hand::list(ctx, &self.0, &T::type_name()).await {
            return Ok(written);
        }
        if !is_plain(ctx) {
            let items: Vec<&T> = self.0.iter().collect();
            return Box::pin(items.resolve(ctx, field)).await;
        }
        let mut waiting = Vec::new();
        let mut known = 0;
        let begin = |(place, item)| begin(&ctx.with_index(place), item, place, &mut known, &mut waiting);
        let mut objects: Vec<Fields> = self.0.iter().enumerate().map(begin).collect();
        wait(ctx, &mut objects, waiting).await;
        Ok(Value::List(objects.into_iter().map(finished).collect()))
    }
}

/// The fields of an object; null where one waits or has failed.
struct Fields {
    values: IndexMap<Name, Value>,
    failed: Vec<usize>,
}

/// Whether every selection is a field of its own, without directives and fragments: the library handles the rest.
fn is_plain(ctx: &ContextSelectionSet<'_>) -> bool {
    let items = &ctx.item.node.items;
    items.iter().enumerate().all(|(place, item)| match &item.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let is_same = |other: &Positioned<Selection>| match &other.node {
                Selection::Field(other) => other.node.response_key().node == *key,
                _ => false,
            };
            field.node.directives.is_empty() && !items[..place].iter().any(is_same)
        }
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    })
}

/// Runs every field once, and leaves those that have to wait for later. `known` has a bit for each field, by its place,
/// that had to wait in an earlier object: such a field is not tried again.
fn begin<'a, T: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    object: &'a T,
    place: usize,
    known: &mut u64,
    waiting: &mut Vec<Waiting<'a>>,
) -> Fields {
    let items = &ctx.item.node.items;
    let mut fields = Fields { values: IndexMap::with_capacity(items.len()), failed: Vec::new() };
    for item in items {
        let Selection::Field(field) = &item.node else { continue };
        let slot = fields.values.len();
        let value = if field.node.name.node == "__typename" {
            Some(Ok(Some(Value::String(object.introspection_type_name().into_owned()))))
        } else if field.node.selection_set.node.items.is_empty() && *known & bit(slot) == 0 {
            // Nothing but a loader makes a leaf wait, and a loader takes the same key again from the future below.
            let now = object.resolve_field(&ctx.with_field(field)).now_or_never();
            now.or_else(|| {
                *known |= bit(slot);
                try_later(ctx, object, field, (place, slot), waiting)
            })
        } else {
            try_later(ctx, object, field, (place, slot), waiting)
        };
        let value = match value {
            Some(Ok(value)) => value.unwrap_or_default(),
            Some(Err(error)) => {
                ctx.add_error(error);
                fields.failed.push(slot);
                Value::Null
            }
            None => Value::Null,
        };
        fields.values.insert(field.node.response_key().node.clone(), value);
    }
    fields
}

/// The bit of a place; none beyond the 64th.
const fn bit(place: usize) -> u64 {
    if place < 64 { 1 << place } else { 0 }
}

/// Makes a future of a field, which is kept unless it is ready at once.
fn try_later<'a, T: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    object: &'a T,
    field: &'a Positioned<Field>,
    (place, slot): (usize, usize),
    waiting: &mut Vec<Waiting<'a>>,
) -> Option<ServerResult<Option<Value>>> {
    let ctx = ctx.clone();
    let mut future: Waiting<'a> =
        Box::pin(async move { (place, slot, object.resolve_field(&ctx.with_field(field)).await) });
    // Whoever waits for it polls it again, with a real waker.
    match future.poll_unpin(&mut TaskContext::from_waker(Waker::noop())) {
        std::task::Poll::Ready((_, _, value)) => Some(value),
        std::task::Poll::Pending => {
            waiting.push(future);
            None
        }
    }
}

/// Puts in what had to be waited for.
async fn wait(ctx: &ContextSelectionSet<'_>, objects: &mut [Fields], waiting: Vec<Waiting<'_>>) {
    if waiting.is_empty() {
        return;
    }
    let mut waiting: FuturesUnordered<Waiting<'_>> = waiting.into_iter().collect();
    while let Some((place, slot, value)) = waiting.next().await {
        let Some(fields) = objects.get_mut(place) else { continue };
        match value {
            Ok(value) => {
                if let Some((_, there)) = fields.values.get_index_mut(slot) {
                    *there = value.unwrap_or_default();
                }
            }
            Err(error) => {
                ctx.add_error(error);
                fields.failed.push(slot);
            }
        }
    }
}

/// The object, without the fields that failed, which [`super::response`] handles.
fn finished(mut fields: Fields) -> Value {
    fields.failed.sort_unstable();
    for slot in fields.failed.iter().rev() {
        fields.values.shift_remove_index(*slot);
    }
    if fields.values.is_empty() { Value::Null } else { Value::Object(fields.values) }
}
