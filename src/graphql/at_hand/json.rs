//! An answer's JSON while it is written.

use std::io::Write;

use async_graphql::resolver_utils::EnumType;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::graphql::global_id::Kind;

/// JSON text that grows.
#[derive(Default)]
pub struct Json(Vec<u8>);

impl Json {
    /// With room for a text of about this many bytes.
    pub fn with_room(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// The whole text.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The text so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How long it is.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends what is JSON already.
    pub fn raw(&mut self, json: &[u8]) {
        self.0.extend_from_slice(json);
    }

    /// Writes null.
    pub fn null(&mut self) {
        self.raw(b"null");
    }

    /// Writes a text. The buffer takes everything, so it cannot fail.
    pub fn text(&mut self, text: &str) {
        let _ = serde_json::to_writer(&mut self.0, text);
    }

    /// Writes a text, or null.
    pub fn maybe_text(&mut self, text: Option<&str>) {
        self.maybe(text, Self::text);
    }

    /// Writes a number.
    pub fn int(&mut self, number: i32) {
        let _ = write!(self.0, "{number}");
    }

    /// Writes true or false.
    pub fn bool(&mut self, value: bool) {
        self.raw(if value { b"true" } else { b"false" });
    }

    /// Writes an instant.
    pub fn time(&mut self, at: Timestamp) {
        self.raw(b"\"");
        self.raw(at.rfc3339().as_bytes());
        self.raw(b"\"");
    }

    /// Writes an instant, or null.
    pub fn maybe_time(&mut self, at: Option<Timestamp>) {
        self.maybe(at, Self::time);
    }

    /// Writes a UUID.
    pub fn uuid(&mut self, id: Uuid) {
        let _ = write!(self.0, "\"{id}\"");
    }

    /// Writes a global id.
    pub fn id(&mut self, kind: Kind, key: Uuid) {
        let mut bytes = [kind as u8; 17];
        bytes[1..].copy_from_slice(key.as_bytes());
        // 17 bytes are 23 characters, none of which JSON would escape.
        let mut spelled = [b'"'; 25];
        let _ = URL_SAFE_NO_PAD.encode_slice(bytes, &mut spelled[1..24]);
        self.raw(&spelled);
    }

    /// Writes a word of a vocabulary.
    pub fn word<E: EnumType>(&mut self, word: impl Into<E>) {
        let word = word.into();
        match E::items().iter().find(|item| item.value == word) {
            Some(item) => {
                self.raw(b"\"");
                self.raw(item.name.as_bytes());
                self.raw(b"\"");
            }
            None => self.null(),
        }
    }

    /// Writes a list of words.
    pub fn words<E: EnumType, W: Into<E>>(&mut self, words: impl IntoIterator<Item = W>) {
        self.list(words, |out, word| {
            out.word::<E>(word);
            true
        });
    }

    /// Writes a value, or null.
    pub fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// Writes a list; `write` says whether it could write the item. False where one could not be written.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T) -> bool) -> bool {
        self.raw(b"[");
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.raw(b",");
            }
            if !write(self, item) {
                return false;
            }
        }
        self.raw(b"]");
        true
    }
}
