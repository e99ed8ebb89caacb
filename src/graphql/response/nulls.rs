//! Null for a field that failed; where the field may not be null, for the closest parent that may.

use async_graphql::{PathSegment, Value, indexmap::IndexMap};

use super::{Key, Selected, Shape};

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

/// Puts null at the end of an error's path. `of` is the type of the value, without its lists.
pub(super) fn put(
    value: &mut Value,
    path: &[PathSegment],
    of: &'static str,
    selected: &Selected<'_>,
) -> Result<(), HasToBeNull> {
    match (value, path) {
        // Already null, for another error; so this one is told by the same null.
        (Value::Null, _) => Err(HasToBeNull),
        (Value::Object(fields), [PathSegment::Field(name), rest @ ..]) => {
            let keys = selected.keys();
            let Some(key) = keys.iter().find(|key| key.name.as_str() == name) else { return Ok(()) };
            let Some(shape) = shape_of(key, of) else { return Ok(()) };
            in_object(fields, key, shape, rest, selected)
        }
        _ => Ok(()),
    }
}

/// The type of a key's field: of the type that it is selected of, or of the object's own.
fn shape_of(key: &Key<'_>, of: &'static str) -> Option<&'static Shape> {
    key.fields.iter().find_map(|(condition, field)| super::shape::field(condition.unwrap_or(of), &field.name.node))
}

fn in_object(
    fields: &mut IndexMap<async_graphql::Name, Value>,
    key: &Key<'_>,
    shape: &'static Shape,
    rest: &[PathSegment],
    selected: &Selected<'_>,
) -> Result<(), HasToBeNull> {
    let below = selected.below(key);
    let failed = match fields.get_mut(key.name) {
        Some(value) => within(value, shape, rest, &below).is_err(),
        None => true,
    };
    if !failed {
        return Ok(());
    }
    if !shape.nullable {
        return Err(HasToBeNull);
    }
    fields.insert(key.name.clone(), Value::Null);
    Ok(())
}

/// Follows a path into a value of this shape, through its lists.
fn within(
    value: &mut Value,
    shape: &'static Shape,
    path: &[PathSegment],
    selected: &Selected<'_>,
) -> Result<(), HasToBeNull> {
    match (value, &shape.item, path) {
        (Value::List(items), Some(item), [PathSegment::Index(place), rest @ ..]) => {
            let Some(value) = items.get_mut(*place) else { return Ok(()) };
            if within(value, item, rest, selected).is_err() {
                if !item.nullable {
                    return Err(HasToBeNull);
                }
                *value = Value::Null;
            }
            Ok(())
        }
        (value, None, path) => put(value, path, &shape.name, selected),
        _ => Ok(()),
    }
}
