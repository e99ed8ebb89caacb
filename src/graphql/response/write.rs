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
        // What `graphql::at_hand` has written.
        (Value::Binary(text), _) => out.extend_from_slice(text),
        (Value::String(text), _) => json(out, text),
        (Value::Enum(name), _) => json(out, name.as_str()),
        (Value::Null, _) => out.extend_from_slice(b"null"),
        (Value::Boolean(true), _) => out.extend_from_slice(b"true"),
        (Value::Boolean(false), _) => out.extend_from_slice(b"false"),
        (value, _) => json(out, value),
    }
}

/// Writes what serde knows. Every key of an answer is a text and the buffer takes everything, so it cannot fail.
pub(super) fn json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}
