//! Descriptions that the library has no attribute for: that of the schema itself in introspection, of `ID`, and of the built-in
//! directives' arguments in the SDL.
//!
//! In introspection the library describes the arguments, but returns a fixed text for `__schema { description }`, which
//! [`Described`] replaces. Only operations with introspection fields run on a schema with this extension.

use std::sync::Arc;

use async_graphql::{
    ServerResult, Value,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};

/// The description of the schema.
pub(super) const SCHEMA: &str = "The claims server: partners claim customers' subscriptions and products, reviewers \
    decide, customers may decline. Refusals by the rules are data (`problems`); errors have `extensions.code`. Lists are \
    Relay connections, and objects have global ids. Every operation needs a bearer token.";

/// The description of the scalar `ID`.
pub(super) const ID: &str = "An opaque identifier, always a string in output. Global ids are accepted by `node`.";

/// The arguments of built-in directives as the library prints them, with the descriptions that it omits.
const ARGUMENTS: &[(&str, &str, &str)] = &[
    ("include", "if: Boolean!", "Included when true."),
    ("skip", "if: Boolean!", "Skipped when true."),
    ("specifiedBy", "url: String!", "URL that specifies the behavior of this scalar."),
];

/// Gives `__schema` its description.
pub(super) struct Described;

impl ExtensionFactory for Described {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Described {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if info.parent_type == "__Schema" && info.name == "description" {
            return Ok(Some(Value::from(SCHEMA)));
        }
        next.run(ctx, info).await
    }
}

/// The SDL with the descriptions that the library leaves out. The schema itself stays without one there: the library's own
/// parser rejects a description before `schema`.
pub(super) fn complete(sdl: &str) -> String {
    let mut sdl = sdl.to_owned();
    for (directive, argument, text) in ARGUMENTS {
        let plain = format!("directive @{directive}({argument})");
        let full = format!("directive @{directive}(\n  \"\"\"\n  {text}\n  \"\"\"\n  {argument}\n)");
        sdl = sdl.replace(&plain, &full);
    }
    sdl
}
