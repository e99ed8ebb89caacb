//! The keys of an answer's objects, known before anything is executed.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{Name, Value, indexmap::IndexMap, registry::MetaTypeName};

/// The response key under which an object of the library carries the name of its type: one that no document can hold.
pub const TYPE: &str = "";

/// The keys of an object in the order of its selection.
#[derive(Debug, Default)]
pub struct Keys {
    /// Those of an object whose type is not in `by_type`.
    pub general: Vec<Key>,
    /// Those of the types that the selection names, where the object may be of several types.
    pub by_type: Vec<(Name, Vec<Key>)>,
}

/// One key of an object.
#[derive(Debug)]
pub struct Key {
    /// The key itself.
    pub name: Name,
    /// Where null may stand in the value.
    pub shape: Shape,
    /// What is selected of the object or the objects under the key.
    pub below: Option<Keys>,
    /// The key as JSON, with its colon.
    text: Box<str>,
    /// Where the key was in the last object: the objects of a list have their keys in the same order, mostly.
    place: AtomicUsize,
}

impl Key {
    /// A key with a value of this shape.
    #[must_use]
    pub fn new(name: Name, shape: Shape, below: Option<Keys>) -> Self {
        // A name of GraphQL has no character that JSON would escape.
        let text = format!("\"{name}\":").into_boxed_str();
        Self { name, shape, below, text, place: AtomicUsize::new(0) }
    }

    /// The key as JSON, with its colon.
    pub(super) const fn text(&self) -> &str {
        &self.text
    }

    /// The value of the key in an object.
    pub(super) fn value<'a>(&self, fields: &'a IndexMap<Name, Value>) -> Option<&'a Value> {
        match fields.get_index(self.place.load(Ordering::Relaxed)) {
            Some((name, value)) if *name == self.name => Some(value),
            _ => {
                let (place, _, value) = fields.get_full(&self.name)?;
                self.place.store(place, Ordering::Relaxed);
                Some(value)
            }
        }
    }
}

impl Keys {
    /// The keys of this object, by its type.
    pub(super) fn of(&self, fields: &IndexMap<Name, Value>) -> &[Key] {
        if self.by_type.is_empty() {
            return &self.general;
        }
        let Some(Value::String(of)) = fields.get(TYPE) else { return &self.general };
        self.by_type.iter().find(|(name, _)| name.as_str() == of).map_or(&self.general, |(_, keys)| keys)
    }
}

/// Where null may stand in a value.
#[derive(Debug)]
pub struct Shape {
    /// Whether the value itself may be null.
    pub nullable: bool,
    /// The items, if it is a list.
    pub item: Option<Box<Self>>,
}

impl Shape {
    /// The shape of a type as the schema writes it, such as `[Claim!]!`.
    #[must_use]
    pub fn of(declared: &str) -> Self {
        match MetaTypeName::create(declared) {
            MetaTypeName::NonNull(inner) => Self { nullable: false, ..Self::of(inner) },
            MetaTypeName::List(item) => Self { nullable: true, item: Some(Box::new(Self::of(item))) },
            MetaTypeName::Named(_) => Self { nullable: true, item: None },
        }
    }
}
