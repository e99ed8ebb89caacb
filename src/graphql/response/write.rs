//! An answer's data as JSON, in the order of the selection whatever the order in which the fields were ready.

use async_graphql::Value;

use super::Keys;

/// Writes a value; `below` are the keys of the objects in it.
pub(super) fn value(out: &mut Vec<u8>, value: &Value, below: Option<&Keys>) {
    match (value, below) {
        (Value::Object(fields), Some(keys)) => {
            out.push(b'{');
            for (count, key) in keys.of(fields).iter().enumerate() {
                if count > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(key.text().as_bytes());
                self::value(out, key.value(fields).unwrap_or(&Value::Null), key.below.as_ref());
            }
            out.push(b'}');
        }
        (Value::List(items), _) => {
            out.push(b'[');
            for (count, item) in items.iter().enumerate() {
                if count > 0 {
                    out.push(b',');
                }
                self::value(out, item, below);
            }
            out.push(b']');
        }
        (value, _) => leaf(out, value),
    }
}

/// Writes a value without objects of its own: a leaf, or an object that [`crate::graphql::eager`] has written.
pub fn leaf(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Binary(text) => out.extend_from_slice(text),
        Value::String(text) => json(out, text),
        Value::Enum(name) => json(out, name.as_str()),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        value => json(out, value),
    }
}

/// Writes what serde knows. Every key of an answer is a text and the buffer takes everything, so it cannot fail.
pub(super) fn json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}
