//! Roots of the schema that are put together from parts: objects that each hold the root fields of one feature.
//!
//! async-graphql's `MergedObject` does the same, but asks the parts one after the other for a field, each in a future inside
//! the previous one's. A root declared with `root!` looks the field up in a table and calls its part only. The table is
//! made from the fields that the parts register, so it cannot miss one.

use std::{any, collections::HashMap};

use async_graphql::{
    CacheControl, Context, ObjectType, OutputType, ServerResult, Value,
    indexmap::IndexMap,
    registry::{MetaField, MetaType, MetaTypeId, Registry},
};
use futures_util::future::BoxFuture;

type Resolve = for<'a> fn(&'a Context<'_>) -> BoxFuture<'a, ServerResult<Option<Value>>>;

/// An object whose fields become fields of a root.
pub(super) struct Part {
    register: fn(&mut Registry) -> MetaType,
    resolve: Resolve,
}

impl Part {
    /// The part of this type.
    pub(super) const fn of<P: ObjectType + Default + 'static>() -> Self {
        Self { register: Registry::create_fake_output_type::<P>, resolve: resolve::<P> }
    }

    fn fields(&self, registry: &mut Registry) -> IndexMap<String, MetaField> {
        match (self.register)(registry) {
            MetaType::Object { fields, .. } => fields,
            _ => IndexMap::new(),
        }
    }
}

fn resolve<'a, P: ObjectType + Default + 'static>(ctx: &'a Context<'_>) -> BoxFuture<'a, ServerResult<Option<Value>>> {
    Box::pin(async move { P::default().resolve_field(ctx).await })
}

/// How to resolve each field of a root, by the field's name.
pub(super) struct Fields(HashMap<String, Resolve>);

impl Fields {
    /// The fields of the parts.
    pub(super) fn of(parts: &[Part]) -> Self {
        let mut registry = Registry::default();
        let fields =
            parts.iter().flat_map(|part| part.fields(&mut registry).into_keys().map(|name| (name, part.resolve)));
        Self(fields.collect())
    }

    /// Resolves the field that the context is at; `None` if no part has it.
    pub(super) async fn resolve(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match self.0.get(ctx.item.node.name.node.as_str()) {
            Some(resolve) => resolve(ctx).await,
            None => Ok(None),
        }
    }
}

/// Registers a root with the fields of its parts, in their order. The description is the lines of its documentation.
pub(super) fn register<R: OutputType>(registry: &mut Registry, description: &[&str], parts: &[Part]) -> String {
    registry.create_output_type::<R, _>(MetaTypeId::Object, |registry| MetaType::Object {
        name: R::type_name().into_owned(),
        description: Some(description.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n")),
        fields: parts.iter().flat_map(|part| part.fields(registry)).collect(),
        cache_control: CacheControl::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        keys: None,
        is_subscription: false,
        rust_typename: Some(any::type_name::<R>()),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    })
}

/// Declares a root by its parts. Its documentation is its description in the schema.
macro_rules! root {
    ($(#[doc = $line:literal])* $name:ident { $($part:ident,)* }) => {
        $(#[doc = $line])*
        pub struct $name(&'static $crate::graphql::root::Fields);

        const _: () = {
            use std::{borrow::Cow, sync::LazyLock};

            use async_graphql::{
                ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
                parser::types::Field, registry::Registry, resolver_utils::resolve_container,
            };
            use $crate::graphql::root::{Fields, Part, register};

            const PARTS: &[Part] = &[$(Part::of::<$part>()),*];
            static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields::of(PARTS));

            impl Default for $name {
                fn default() -> Self {
                    Self(&FIELDS)
                }
            }

            impl ContainerType for $name {
                async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
                    self.0.resolve(ctx).await
                }
            }

            impl OutputType for $name {
                fn type_name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }

                fn create_type_info(registry: &mut Registry) -> String {
                    register::<Self>(registry, &[$($line),*], PARTS)
                }

                async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                    resolve_container(ctx, self).await
                }
            }

            impl ObjectType for $name {}
        };
    };
}

pub(super) use root;
