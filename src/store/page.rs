//! Pages of a list: their arguments, their results, and cursors.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One value that a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A number or a time.
    #[serde(rename = "i")]
    Int(i64),
    /// A text.
    #[serde(rename = "t")]
    Text(String),
    /// An id.
    #[serde(rename = "u")]
    Id(Uuid),
}

/// The type of a [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// [`Key::Int`]
    Int,
    /// [`Key::Text`]
    Text,
    /// [`Key::Text`]: a name, which is sorted by its sort key (L14).
    Name,
    /// [`Key::Id`]
    Id,
}

impl Key {
    /// Whether it is of this type, and could be in a row: no text that is kept has NUL.
    fn is(&self, kind: KeyKind) -> bool {
        match (self, kind) {
            (Self::Int(_), KeyKind::Int) | (Self::Id(_), KeyKind::Id) => true,
            (Self::Text(text), KeyKind::Text | KeyKind::Name) => !text.contains('\0'),
            _ => false,
        }
    }
}

/// A list and its order. Cursors are valid only for the same list and order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListOrder {
    /// The name of the list and its order, which its cursors contain.
    pub(super) tag: &'static str,
    /// What it is sorted by; the last of them is unique.
    pub(super) kinds: &'static [KeyKind],
    /// Whether it runs from the highest to the lowest.
    pub(super) descending: bool,
}

/// A place in a list: the sort keys of its row. It stays valid when the row is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    tag: &'static str,
    keys: Vec<Key>,
}

/// A text that is not a cursor of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCursor;

impl Cursor {
    pub(super) const fn new(order: &ListOrder, keys: Vec<Key>) -> Self {
        Self { tag: order.tag, keys }
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The opaque text that clients hold.
    #[must_use]
    pub fn encode(&self) -> String {
        // Strings, numbers and ids: this cannot fail.
        let text = serde_json::to_vec(&(self.tag, &self.keys)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Reads a cursor of this list.
    ///
    /// # Errors
    /// [`BadCursor`] if it is invalid, or of another list or order.
    pub fn decode(text: &str, order: &ListOrder) -> Result<Self, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let (tag, keys): (String, Vec<Key>) = serde_json::from_slice(&bytes).map_err(|_| BadCursor)?;
        let fits = tag == order.tag
            && keys.len() == order.kinds.len()
            && keys.iter().zip(order.kinds).all(|(key, kind)| key.is(*kind));
        if fits { Ok(Self::new(order, keys)) } else { Err(BadCursor) }
    }
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// How many rows at most.
    pub limit: u64,
    /// Whether they are the last ones of the part and not the first.
    pub backward: bool,
    /// Only rows after this.
    pub after: Option<Cursor>,
    /// Only rows before this.
    pub before: Option<Cursor>,
    /// Whether it is to be known if there are more. One row more is read then.
    pub peeks: bool,
    /// Whether the cursors of its rows are asked for. Else they are blank, and what they are made of is not read.
    pub cursors: bool,
}

impl PageRequest {
    /// The first rows of the list.
    #[must_use]
    pub const fn first(limit: u64) -> Self {
        Self { limit, backward: false, after: None, before: None, peeks: true, cursors: true }
    }
}

/// A part of a list, always in the list's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, each with its place.
    pub items: Vec<(Cursor, T)>,
    /// Whether more rows follow.
    pub has_next: bool,
    /// Whether rows come before.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// The page of a list without rows.
    #[must_use]
    pub const fn empty() -> Self {
        Self { items: Vec::new(), has_next: false, has_previous: false }
    }

    /// Makes the page of the rows that answered the request, one more than asked for if there are more and the request
    /// peeks, and in the order they were read: backward from the end when the request is.
    ///
    /// What lies beyond the cursor that the request starts from is taken to be there, for the cursor came from there.
    pub(super) fn of(mut items: Vec<(Cursor, T)>, request: &PageRequest) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        if request.backward {
            items.reverse();
            Self { items, has_next: request.before.is_some(), has_previous: more }
        } else {
            Self { items, has_next: more, has_previous: request.after.is_some() }
        }
    }
}
