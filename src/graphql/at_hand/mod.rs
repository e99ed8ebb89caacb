//! Fields whose values are at hand: they are written as JSON at once, without a future, a value and a map for each object.
//!
//! `document::merge` has inlined fragments, evaluated directives and merged equal keys; this module relies on it.
//!
//! A type says in [`AtHand::field`] how its plain fields are written, and in [`AtHand::together`] which fields of a whole list
//! are read at once. A selection that names nothing else is written by [`Selected`] or [`list`]; every other selection is
//! left to the library's resolvers, which answer the same. A field that may fail, needs a guard or takes arguments is never at
//! hand.

mod json;

use std::sync::Arc;

use async_graphql::{
    Context, ContextBase, ContextSelectionSet, Value,
    parser::types::{Field, Selection, SelectionSet},
};
use futures_util::future::{BoxFuture, join_all};

use super::{
    loader::{Reader, planned},
    response::TYPE,
};

pub use json::Json;

/// Writes a field of an object; false where the object turns out to lack the value, with anything written.
pub type Write<T> = Box<dyn Fn(&T, &Reader, &mut Json) -> bool + Send + Sync>;

/// A field of many objects, read at once: its JSON for each of them, in their order. Nothing where the read failed or an object
/// lacked a value: then each object is asked for the field by itself, and fails with the path of the field.
pub type Together<'a> = BoxFuture<'a, Option<Parts>>;

/// An object type of the API, or what it is made of.
pub trait AtHand: Send + Sync {
    /// How a field without arguments is written; nothing for one that is not at hand.
    fn field(_field: &Field) -> Option<Write<Self>> {
        None
    }

    /// Reads a field of all of these objects; nothing for a field that has to be resolved one by one.
    fn together<'a>(_objects: &[&'a Self], _ctx: &'a Context<'a>) -> Option<Together<'a>> {
        None
    }
}

impl<T: AtHand + 'static> AtHand for &T {
    fn field(field: &Field) -> Option<Write<Self>> {
        inner(T::field(field), |one: &&T| *one)
    }

    fn together<'a>(objects: &[&'a Self], ctx: &'a Context<'a>) -> Option<Together<'a>> {
        T::together(&objects.iter().map(|one| **one).collect::<Vec<&T>>(), ctx)
    }
}

/// Types of which no field is at hand.
macro_rules! nothing_at_hand {
    ($($type:ty),* $(,)?) => { $(impl $crate::graphql::at_hand::AtHand for $type {})* };
}
pub(super) use nothing_at_hand;

/// A field that is written by `write`, which always can.
#[expect(clippy::unnecessary_wraps, reason = "as its siblings, which cannot always")]
pub fn plain<T>(write: impl Fn(&T, &Reader, &mut Json) + Send + Sync + 'static) -> Option<Write<T>> {
    Some(Box::new(move |object, reader, out| {
        write(object, reader, out);
        true
    }))
}

/// The field of a part of an object.
fn inner<T, U: 'static>(write: Option<Write<U>>, get: impl Fn(&T) -> &U + Send + Sync + 'static) -> Option<Write<T>> {
    let write = write?;
    Some(Box::new(move |object, reader, out| write(get(object), reader, out)))
}

/// A field that is an object, if all that is selected of it is at hand; `get` calls the writer that it is given with the object.
pub fn object<T, U: AtHand + 'static>(
    field: &Field,
    name: &str,
    get: impl Fn(&T, &Reader, &mut dyn FnMut(&U) -> bool) -> bool + Send + Sync + 'static,
) -> Option<Write<T>> {
    let selected = Selected::<U>::of(&field.selection_set.node, name)?;
    Some(Box::new(move |object, reader, out| get(object, reader, &mut |one: &U| selected.write(one, reader, out))))
}

/// A field that is a list of objects, if all that is selected of them is at hand.
pub fn objects<T, U: AtHand + 'static>(
    field: &Field,
    name: &str,
    get: impl Fn(&T) -> &[U] + Send + Sync + 'static,
) -> Option<Write<T>> {
    let selected = Selected::<U>::of(&field.selection_set.node, name)?;
    Some(Box::new(move |object, reader, out| out.list(get(object), |out, one| selected.write(one, reader, out))))
}

/// What is selected of an object, all of it at hand.
pub struct Selected<T>(Vec<(Vec<u8>, Write<T>)>);

impl<T: AtHand> Selected<T> {
    /// What is selected; nothing if any field of it is not at hand. `name` is the name of the type.
    pub fn of(set: &SelectionSet, name: &str) -> Option<Self> {
        let fields = set.items.iter().map(|item| {
            let Selection::Field(field) = &item.node else { return None };
            Some((key(&field.node), write::<T>(&field.node, name)?))
        });
        Some(Self(fields.collect::<Option<_>>()?))
    }

    /// The same of a selection of the operation that is being executed, computed once for the operation.
    pub fn planned<C>(ctx: &ContextBase<'_, C>, set: &SelectionSet, name: &str) -> Option<Arc<Self>>
    where
        T: 'static,
    {
        let kept = planned(ctx, set, || Self::of(set, name).map(Arc::new)).ok()?;
        kept.as_ref().clone()
    }

    /// Writes the object; false where it lacks a value.
    pub fn write(&self, object: &T, reader: &Reader, out: &mut Json) -> bool {
        let written = Keys::begin(out);
        let is_whole = self.0.iter().all(|(key, write)| {
            written.next(out, key);
            write(object, reader, out)
        });
        out.raw(b"}");
        is_whole
    }
}

/// How a field is written that is at hand; nothing for any other.
fn write<T: AtHand>(field: &Field, name: &str) -> Option<Write<T>> {
    if !field.arguments.is_empty() || !field.directives.is_empty() {
        return None;
    }
    if field.name.node == "__typename" {
        let name = if field.response_key().node == TYPE { String::new() } else { format!("\"{name}\"") };
        return plain(move |_, _, out: &mut Json| out.raw(name.as_bytes()));
    }
    T::field(field)
}

/// The key of a field as JSON, with a comma before it and its colon after it; empty where the field is not written.
fn key(field: &Field) -> Vec<u8> {
    let key = &field.response_key().node;
    // A name of GraphQL has no character that JSON would escape.
    if key == TYPE { Vec::new() } else { [b",\"", key.as_bytes(), b"\":"].concat() }
}

/// The keys of an object while it is written.
struct Keys {
    start: usize,
}

impl Keys {
    fn begin(out: &mut Json) -> Self {
        out.raw(b"{");
        Self { start: out.len() }
    }

    /// Writes the next key; the first one without its comma.
    fn next(&self, out: &mut Json, key: &[u8]) {
        let is_first = out.len() == self.start;
        out.raw(if is_first { key.get(1..).unwrap_or_default() } else { key });
    }
}

/// How much room is made for an object, in bytes: as a piece of JSON usually takes.
const ROOM: usize = 256;

/// Pieces of JSON, one for each object of a list.
pub struct Parts {
    text: Json,
    ends: Vec<usize>,
}

impl Parts {
    /// With room for the pieces of so many objects.
    pub fn of(objects: usize) -> Self {
        Self { text: Json::with_room(objects * ROOM), ends: Vec::with_capacity(objects) }
    }

    /// Adds the next piece; nothing where it could not be written.
    pub fn add(&mut self, write: impl FnOnce(&mut Json) -> bool) -> Option<()> {
        let is_written = write(&mut self.text);
        self.ends.push(self.text.len());
        is_written.then_some(())
    }

    fn get(&self, place: usize) -> &[u8] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.text.as_bytes().get(start..end).unwrap_or_default()
    }
}

/// An object as JSON; nothing if anything that is selected of it is not at hand.
pub fn one<T: AtHand + 'static>(ctx: &ContextSelectionSet<'_>, object: &T, name: &str) -> Option<Value> {
    let selected = Selected::<T>::planned(ctx, &ctx.item.node, name)?;
    let mut out = Json::default();
    selected.write(object, Reader::of(ctx).ok()?, &mut out).then(|| text(out))
}

/// How a field of a list is come by.
enum Column<T> {
    AtHand(Write<T>),
    /// By its place among those that were read together.
    Read(usize),
}

/// A list as JSON; nothing if a field of it is neither at hand nor can be read for all objects together.
pub async fn list<T: AtHand>(ctx: &ContextSelectionSet<'_>, objects: &[T], name: &str) -> Option<Value> {
    let reader = Reader::of(ctx).ok()?;
    let fields = ctx.item.node.items.iter().map(|item| match &item.node {
        Selection::Field(field) => Some(ctx.with_field(field)),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    });
    let fields: Vec<Context<'_>> = fields.collect::<Option<_>>()?;
    let (mut columns, mut reads, all) =
        (Vec::with_capacity(fields.len()), Vec::new(), objects.iter().collect::<Vec<&T>>());
    for field in &fields {
        let column = if let Some(read) = T::together(&all, field) {
            reads.push(read);
            Column::Read(reads.len() - 1)
        } else {
            Column::AtHand(write::<T>(&field.item.node, name)?)
        };
        columns.push((key(&field.item.node), column));
    }
    let parts: Vec<Parts> = join_all(reads).await.into_iter().collect::<Option<_>>()?;
    let mut out = Json::with_room(parts.iter().map(|parts| parts.text.len()).sum::<usize>() + objects.len() * ROOM);
    let mut place = 0;
    let is_whole = out.list(objects, |out, object| {
        let written = Keys::begin(out);
        let is_whole = columns.iter().all(|(key, column)| {
            written.next(out, key);
            match column {
                Column::AtHand(write) => write(object, reader, out),
                Column::Read(of) => {
                    out.raw(parts.get(*of).map(|parts: &Parts| parts.get(place)).unwrap_or_default());
                    true
                }
            }
        });
        out.raw(b"}");
        place += 1;
        is_whole
    });
    is_whole.then(|| text(out))
}

/// JSON that is ready to be sent.
fn text(json: Json) -> Value {
    Value::Binary(json.into_bytes().into())
}
