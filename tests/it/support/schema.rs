//! A GraphQL schema text, taken apart.

use std::collections::BTreeMap;

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition},
};

/// One named thing of a schema, by its coordinate (`Type`, `Type.field`, `Type.field(argument:)`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The type of a field, argument or input field; the kind of a type; nothing for an enum value.
    pub shape: String,
    pub described: bool,
    /// Whether a value must be given: an argument or input field without a default that may not be null.
    pub required: bool,
}

/// Everything in a schema, by coordinate.
pub type Elements = BTreeMap<String, Element>;

/// Reads a schema text.
pub fn elements(sdl: &str) -> Elements {
    let mut all = Elements::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            add_type(&mut all, &definition.node);
        }
    }
    all
}

fn add_type(all: &mut Elements, definition: &TypeDefinition) {
    let name = definition.name.node.as_str();
    let mut add = |coordinate: String, shape: String, described: bool| {
        all.insert(coordinate, Element { shape, described, required: false });
    };
    add(name.to_owned(), kind(&definition.kind).to_owned(), definition.description.is_some());
    match &definition.kind {
        TypeKind::Scalar | TypeKind::Union(_) => {}
        TypeKind::Object(object) => {
            for interface in &object.implements {
                add(format!("{name} implements {}", interface.node), String::new(), true);
            }
            object.fields.iter().for_each(|field| add_field(all, name, &field.node));
        }
        TypeKind::Interface(interface) => interface.fields.iter().for_each(|field| add_field(all, name, &field.node)),
        TypeKind::Enum(values) => {
            for value in &values.values {
                add(format!("{name}.{}", value.node.value.node), String::new(), value.node.description.is_some());
            }
        }
        TypeKind::InputObject(input) => {
            for field in &input.fields {
                all.insert(format!("{name}.{}", field.node.name.node), input_value(&field.node));
            }
        }
    }
}

fn add_field(all: &mut Elements, owner: &str, field: &FieldDefinition) {
    let coordinate = format!("{owner}.{}", field.name.node);
    for argument in &field.arguments {
        all.insert(format!("{coordinate}({}:)", argument.node.name.node), input_value(&argument.node));
    }
    let element = Element { shape: field.ty.node.to_string(), described: field.description.is_some(), required: false };
    all.insert(coordinate, element);
}

fn input_value(value: &InputValueDefinition) -> Element {
    Element {
        shape: value.ty.node.to_string(),
        described: value.description.is_some(),
        required: !value.ty.node.nullable && value.default_value.is_none(),
    }
}

const fn kind(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Scalar => "scalar",
        TypeKind::Object(_) => "type",
        TypeKind::Interface(_) => "interface",
        TypeKind::Union(_) => "union",
        TypeKind::Enum(_) => "enum",
        TypeKind::InputObject(_) => "input",
    }
}
