//! The keys of every object in the order of the selection.

use async_graphql::{Value, indexmap::IndexMap};

use super::Selected;

/// Orders the keys of a value and of all below it.
pub(super) fn put(value: &mut Value, selected: &Selected<'_>) {
    if matches!(value, Value::Object(_) | Value::List(_)) {
        let keys = selected.keys().into_iter().map(|key| (key.name, selected.below(&key))).collect::<Vec<_>>();
        of(value, &keys);
    }
}

/// Orders one value by keys that were looked up once for all items of a list.
fn of(value: &mut Value, keys: &[(&async_graphql::Name, Selected<'_>)]) {
    match value {
        Value::List(items) => items.iter_mut().for_each(|item| of(item, keys)),
        Value::Object(fields) => {
            let mut ordered = IndexMap::with_capacity(fields.len());
            for (name, below) in keys {
                if let Some((name, mut field)) = fields.swap_remove_entry(*name) {
                    put(&mut field, below);
                    ordered.insert(name, field);
                }
            }
            // Nothing should be left: what was not selected is not in the answer.
            ordered.append(fields);
            *fields = ordered;
        }
        _ => {}
    }
}
