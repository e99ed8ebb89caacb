//! Writing JSON by hand.

use std::io::Write;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// A body that grows.
pub struct Body(pub Vec<u8>);

impl Body {
    pub fn new(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// JSON as it is.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        if text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
            // Writing to memory does not fail.
            let _ = serde_json::to_writer(&mut self.0, text);
            return self;
        }
        self.raw("\"").raw(text).raw("\"")
    }

    /// A number.
    pub fn number(&mut self, number: i32) -> &mut Self {
        let _ = write!(self.0, "{number}");
        self
    }

    /// A time in microseconds, or null.
    pub fn time(&mut self, micros: Option<i64>) -> &mut Self {
        let Some(at) = micros.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()) else {
            return self.raw("null");
        };
        let _ = write!(self.0, "\"{at}\"");
        self
    }

    /// A global id: the byte of its kind, and the key.
    pub fn id(&mut self, kind: u8, key: Uuid) -> &mut Self {
        let mut bytes = [0; 17];
        bytes[0] = kind;
        bytes[1..].copy_from_slice(key.as_bytes());
        let mut text = [0; 23];
        let _ = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        self.0.push(b'"');
        self.0.extend_from_slice(&text);
        self.0.push(b'"');
        self
    }

    /// Items with commas between them.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) -> &mut Self {
        self.0.push(b'[');
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.0.push(b',');
            }
            write(self, item);
        }
        self.0.push(b']');
        self
    }
}
