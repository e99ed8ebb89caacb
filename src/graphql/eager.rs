//! Objects whose fields are mostly at hand.
//!
//! The library makes a future on the heap for every field and a map for every object. Most fields wait for nothing, so
//! [`Eager`] polls each field once where it stands. An object whose fields are all ready is written as JSON at once, in the
//! order of its selection, and becomes a [`Value::Binary`], which [`super::response`] copies into the answer as it is. An
//! object with a field that waits or failed stays a map of values until the answer is written.
//!
//! Text is only made of what is final: of leaves, and of objects that are text themselves. So no error ever points into it.

use std::{
    borrow::Cow,
    ops::Range,
    task::{Context as TaskContext, Poll, Waker},
};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection},
    registry::Registry,
    resolver_utils::resolve_container,
};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};

use super::response::{TYPE, write_leaf};

/// An object that is resolved as far as it can be at once.
pub struct Eager<T>(pub T);

/// A list of such objects.
pub struct EagerList<T>(pub Vec<T>);

/// A field that waits, with the places of its object and of itself.
type Waiting<'a> = BoxFuture<'a, (usize, usize, ServerResult<Option<Value>>)>;

impl<T: ContainerType> OutputType for Eager<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        if !is_plain(ctx) {
            // On the heap, for this one is big and rare.
            return Box::pin(resolve_container(ctx, &self.0)).await;
        }
        let mut objects = Objects::default();
        objects.add(ctx, &self.0, 0);
        if objects.open.is_empty() {
            return Ok(text(&objects.text));
        }
        objects.wait(ctx).await;
        Ok(objects.open.pop().map_or(Value::Null, Fields::finished))
    }
}

impl<T: ContainerType> OutputType for EagerList<T> {
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
        if !is_plain(ctx) {
            let items: Vec<&T> = self.0.iter().collect();
            return Box::pin(items.resolve(ctx, field)).await;
        }
        let mut objects = Objects::default();
        objects.text.push(b'[');
        for (place, item) in self.0.iter().enumerate() {
            if place > 0 {
                objects.text.push(b',');
            }
            objects.add(&ctx.with_index(place), item, place);
        }
        objects.text.push(b']');
        if objects.open.is_empty() {
            return Ok(text(&objects.text));
        }
        objects.wait(ctx).await;
        Ok(objects.into_list())
    }
}

/// JSON that is ready to be sent.
fn text(json: &[u8]) -> Value {
    Value::Binary(Bytes::copy_from_slice(json))
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

/// What the objects of one selection came to when they were first polled.
#[derive(Default)]
struct Objects<'a> {
    /// The JSON of those that are final.
    text: Vec<u8>,
    /// Their places in the list, and in `text`.
    written: Vec<(usize, Range<usize>)>,
    /// The fields of all others.
    open: Vec<Fields>,
    /// The fields that wait, of objects by their place in `open`.
    waiting: Vec<Waiting<'a>>,
    /// A bit for each field, by its place, that had to wait in an object before: it is not tried where it stands again.
    known: u64,
    /// Where the values of the object that is being written are in `text`.
    values: Vec<Range<usize>>,
}

/// The fields of an object; null where one waits or has failed.
struct Fields {
    /// The object's place in the list.
    place: usize,
    values: IndexMap<Name, Value>,
    failed: Vec<usize>,
}

/// What a field came to when it was first polled.
enum Polled<'a> {
    Ready(ServerResult<Option<Value>>),
    Waiting(Waiting<'a>),
}

impl<'a> Objects<'a> {
    /// Polls every field of an object once.
    fn add<T: ContainerType>(&mut self, ctx: &ContextSelectionSet<'a>, object: &'a T, place: usize) {
        let start = self.text.len();
        self.text.push(b'{');
        self.values.clear();
        // If a field of the object before had to wait, so will that of this one.
        let mut open = (self.known != 0).then(|| Fields::new(place, ctx));
        for (slot, item) in ctx.item.node.items.iter().enumerate() {
            let Selection::Field(field) = &item.node else { continue };
            match (&mut open, self.poll(ctx, object, field, slot)) {
                (None, Polled::Ready(Ok(value))) if is_final(field, value.as_ref()) => {
                    self.write(&field.node.response_key().node, &value.unwrap_or_default());
                }
                (_, polled) => {
                    let fields = open.get_or_insert_with(|| self.reopened(place, ctx));
                    self.take(ctx, fields, field, slot, polled);
                }
            }
        }
        if let Some(fields) = open {
            self.text.truncate(start);
            self.open.push(fields);
        } else {
            self.text.push(b'}');
            self.written.push((place, start..self.text.len()));
        }
    }

    /// Polls a field once.
    fn poll<T: ContainerType>(
        &mut self,
        ctx: &ContextSelectionSet<'a>,
        object: &'a T,
        field: &'a Positioned<Field>,
        slot: usize,
    ) -> Polled<'a> {
        if field.node.name.node == "__typename" {
            return Polled::Ready(Ok(Some(Value::String(object.introspection_type_name().into_owned()))));
        }
        if field.node.arguments.is_empty() && self.known & bit(slot) == 0 {
            // Nothing but a loader makes such a field wait, and a loader takes the same key again from the future below.
            if let Some(value) = object.resolve_field(&ctx.with_field(field)).now_or_never() {
                return Polled::Ready(value);
            }
            self.known |= bit(slot);
        }
        let (ctx, place) = (ctx.clone(), self.open.len());
        let mut future: Waiting<'a> =
            Box::pin(async move { (place, slot, object.resolve_field(&ctx.with_field(field)).await) });
        // It is polled again by whoever waits for it, with a waker that wakes.
        match future.poll_unpin(&mut TaskContext::from_waker(Waker::noop())) {
            Poll::Ready((_, _, value)) => Polled::Ready(value),
            Poll::Pending => Polled::Waiting(future),
        }
    }

    /// Writes a field of an object of which all fields so far were final.
    fn write(&mut self, key: &Name, value: &Value) {
        let start = if key.as_str() == TYPE {
            self.text.len()
        } else {
            if self.text.last() != Some(&b'{') {
                self.text.push(b',');
            }
            // A name of GraphQL has no character that JSON would escape.
            self.text.push(b'"');
            self.text.extend_from_slice(key.as_bytes());
            self.text.extend_from_slice(b"\":");
            let start = self.text.len();
            write_leaf(&mut self.text, value);
            start
        };
        self.values.push(start..self.text.len());
    }

    /// The object that is being written, as a map of what is written of it.
    fn reopened(&self, place: usize, ctx: &ContextSelectionSet<'_>) -> Fields {
        let mut fields = Fields::new(place, ctx);
        for (item, value) in ctx.item.node.items.iter().zip(&self.values) {
            if let Selection::Field(field) = &item.node {
                let value = self.text.get(value.clone()).map_or(Value::Null, text);
                fields.values.insert(field.node.response_key().node.clone(), value);
            }
        }
        fields
    }

    /// Takes what a field came to.
    fn take(
        &mut self,
        ctx: &ContextSelectionSet<'_>,
        fields: &mut Fields,
        field: &Positioned<Field>,
        slot: usize,
        polled: Polled<'a>,
    ) {
        let value = match polled {
            Polled::Ready(Ok(value)) => value.unwrap_or_default(),
            Polled::Ready(Err(error)) => {
                ctx.add_error(error);
                fields.failed.push(slot);
                Value::Null
            }
            Polled::Waiting(future) => {
                self.waiting.push(future);
                Value::Null
            }
        };
        fields.values.insert(field.node.response_key().node.clone(), value);
    }

    /// Puts in what had to be waited for.
    async fn wait(&mut self, ctx: &ContextSelectionSet<'_>) {
        let mut waiting: FuturesUnordered<Waiting<'_>> = std::mem::take(&mut self.waiting).into_iter().collect();
        while let Some((place, slot, value)) = waiting.next().await {
            let Some(fields) = self.open.get_mut(place) else { continue };
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

    /// The list of all objects in their order.
    fn into_list(self) -> Value {
        let mut items = vec![Value::Null; self.written.len() + self.open.len()];
        let written = self.written.into_iter().filter_map(|(place, json)| Some((place, text(self.text.get(json)?))));
        let open = self.open.into_iter().map(|fields| (fields.place, fields.finished()));
        for (place, value) in written.chain(open) {
            if let Some(item) = items.get_mut(place) {
                *item = value;
            }
        }
        Value::List(items)
    }
}

impl Fields {
    fn new(place: usize, ctx: &ContextSelectionSet<'_>) -> Self {
        Self { place, values: IndexMap::with_capacity(ctx.item.node.items.len()), failed: Vec::new() }
    }

    /// The object, without the fields that failed: [`super::response`] decides what becomes of them.
    fn finished(mut self) -> Value {
        self.failed.sort_unstable();
        for slot in self.failed.iter().rev() {
            self.values.shift_remove_index(*slot);
        }
        Value::Object(self.values)
    }
}

/// Whether no error can point into the value: it is a leaf, or an object or a list that is text.
fn is_final(field: &Positioned<Field>, value: Option<&Value>) -> bool {
    field.node.selection_set.node.items.is_empty() || matches!(value, Some(Value::Binary(_)))
}

/// The bit of a place; none beyond the 64th.
const fn bit(place: usize) -> u64 {
    if place < 64 { 1 << place } else { 0 }
}
