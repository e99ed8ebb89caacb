//! The types of all fields, read once from the schema's own text.

use std::{collections::HashMap, sync::LazyLock};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
};

use crate::graphql::schema;

/// The type of a field or of a list's items.
pub(super) struct Shape {
    /// Whether it may be null.
    pub(super) nullable: bool,
    /// The name of the type, within all its lists.
    pub(super) name: String,
    /// The type of the items, if it is a list.
    pub(super) item: Option<Box<Shape>>,
}

impl Shape {
    fn of(declared: &Type) -> Self {
        match &declared.base {
            BaseType::Named(name) => Self { nullable: declared.nullable, name: name.to_string(), item: None },
            BaseType::List(item) => {
                let item = Self::of(item);
                Self { nullable: declared.nullable, name: item.name.clone(), item: Some(Box::new(item)) }
            }
        }
    }
}

/// The fields of a type, by name.
type Fields = HashMap<String, Shape>;

static SHAPES: LazyLock<HashMap<String, Fields>> = LazyLock::new(|| {
    let Ok(document) = parse_schema(schema::sdl()) else { return HashMap::new() };
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    types
        .filter_map(|definition| {
            let fields = match definition.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let shape = |field: &FieldDefinition| (field.name.node.to_string(), Shape::of(&field.ty.node));
            Some((definition.name.node.to_string(), fields.iter().map(|field| shape(&field.node)).collect()))
        })
        .collect()
});

/// The shape of a type's field; nothing for the schema's own fields.
pub(super) fn field(of: &str, name: &str) -> Option<&'static Shape> {
    SHAPES.get(of)?.get(name)
}

/// The name of the root of an operation.
pub(super) const fn root(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}
