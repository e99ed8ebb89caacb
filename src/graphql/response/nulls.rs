//! Null for a field that failed; where the field may not be null, for the closest parent that may.

use async_graphql::{PathSegment, Value, indexmap::IndexMap};

use super::{Key, Keys, Shape};

/// The value itself has to be null.
pub(super) struct HasToBeNull;

/// Makes an object again of what the library made null because all of its fields failed: some of them may be null by
/// themselves.
pub(super) fn revive(value: &mut Value, path: &[PathSegment]) {
    match (value, path) {
        (Value::Object(fields), [PathSegment::Field(name), rest @ ..]) => {
            if let Some(field) = fields.get_mut(name.as_str()) {
                revive(field, rest);
            }
        }
        (Value::List(items), [PathSegment::Index(place), rest @ ..]) => {
            if let Some(item) = items.get_mut(*place) {
                revive(item, rest);
            }
        }
        (value @ Value::Null, [PathSegment::Field(_), ..]) => *value = Value::Object(IndexMap::new()),
        _ => {}
    }
}

/// Puts null at the end of an error's path.
pub(super) fn put(value: &mut Value, path: &[PathSegment], keys: &Keys) -> Result<(), HasToBeNull> {
    match (value, path) {
        // Already null, for another error; so this one is told by the same null.
        (Value::Null, _) => Err(HasToBeNull),
        (Value::Object(fields), [PathSegment::Field(name), rest @ ..]) => {
            match keys.of(fields).iter().find(|key| key.name.as_str() == name) {
                Some(key) => in_object(fields, key, rest),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn in_object(
    fields: &mut IndexMap<async_graphql::Name, Value>,
    key: &Key,
    rest: &[PathSegment],
) -> Result<(), HasToBeNull> {
    let failed = match fields.get_mut(&key.name) {
        Some(value) => within(value, &key.shape, rest, key.below.as_ref()).is_err(),
        None => true,
    };
    if !failed {
        return Ok(());
    }
    if !key.shape.nullable {
        return Err(HasToBeNull);
    }
    fields.insert(key.name.clone(), Value::Null);
    Ok(())
}

/// Follows a path into a value of this shape, through its lists.
fn within(value: &mut Value, shape: &Shape, path: &[PathSegment], below: Option<&Keys>) -> Result<(), HasToBeNull> {
    match (value, &shape.item, path) {
        (Value::List(items), Some(item), [PathSegment::Index(place), rest @ ..]) => {
            let Some(value) = items.get_mut(*place) else { return Ok(()) };
            if within(value, item, rest, below).is_err() {
                if !item.nullable {
                    return Err(HasToBeNull);
                }
                *value = Value::Null;
            }
            Ok(())
        }
        (Value::Null, ..) => Err(HasToBeNull),
        (value, None, path) => match below {
            Some(keys) => put(value, path, keys),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
