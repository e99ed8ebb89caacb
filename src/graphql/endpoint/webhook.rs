//! The selection of a webhook endpoint: judged as a document when it is given, executed as a subscription for every event (W2).

use std::{collections::HashMap, sync::Arc};

use async_graphql::Variables;
use domain::{caller::Caller, kinds::WebhookEventType};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Endpoint, Engine, Execution, Files, subscribe::is_unavailable};
use crate::{
    app::webhooks::{Named, Rendered, Renderer},
    graphql::{
        answer::Answer,
        document::{Form, Gate, is_selection_set},
        global_id::{self, Kind},
    },
    store::history::HistoryEntry,
};

/// What renders events for webhooks, behind the same gate as every document.
struct Selections {
    gate: Arc<Gate>,
    engine: Arc<dyn Engine>,
}

impl Endpoint {
    /// What renders events for webhooks.
    #[must_use]
    pub fn webhook_renderer(&self) -> Arc<dyn Renderer> {
        Arc::new(Selections { gate: Arc::clone(&self.gate), engine: Arc::clone(&self.engine) })
    }
}

/// The subscription whose events a selection is executed on. An event is given to the field, so that no argument matters.
fn document(event: WebhookEventType, selection: &str) -> String {
    let field = match event {
        WebhookEventType::ClaimStatusChanged => "claimStatusChanged",
        WebhookEventType::CommentAdded => "commentAdded",
        WebhookEventType::HistoryAppended => "historyAppended",
    };
    // On lines of their own: a comment at the end of the selection must not hide the brace.
    format!("subscription {{\n{field}\n{selection}\n}}")
}

impl Selections {
    fn form(&self, event: WebhookEventType, selection: &str, subject: &str) -> Result<Arc<Form>, String> {
        let text = document(event, selection);
        let prepared = self
            .gate
            .prepare(&text, None, &Variables::default(), subject)
            .map_err(|refusal| format!("The selection cannot be executed: {}", refusal.message))?;
        // Parsed only now that its size was judged: what closes its brace early would be more than a selection.
        if !is_selection_set(selection) {
            return Err("The selection is not one selection set in braces.".to_owned());
        }
        self.gate.form(&prepared).map_err(|errors| {
            let first = errors.first().map_or("it is not valid", |error| error.message.as_str());
            format!("The selection cannot be executed: {first}")
        })
    }
}

/// An answer, taken apart.
#[derive(Deserialize)]
struct Parts {
    data: Option<HashMap<String, Box<RawValue>>>,
    errors: Option<Box<RawValue>>,
}

fn parts(answer: &Answer) -> Rendered {
    let parts: Parts = serde_json::from_slice(&answer.body).unwrap_or(Parts { data: None, errors: None });
    let data = parts.data.and_then(|fields| fields.into_values().next());
    Rendered::Event {
        data: data.map_or_else(|| "null".to_owned(), |value| value.get().to_owned()),
        errors: parts.errors.map(|errors| errors.get().to_owned()),
    }
}

impl Renderer for Selections {
    fn id_of(&self, named: Named) -> String {
        let (kind, id) = match named {
            Named::Claim(id) => (Kind::Claim, id),
            Named::Comment(id) => (Kind::Comment, id),
            Named::Endpoint(id) => (Kind::WebhookEndpoint, id),
        };
        global_id::encode(kind, id).0
    }

    fn check(&self, event: WebhookEventType, selection: &str, subject: &str) -> Result<(), String> {
        self.form(event, selection, subject).map(drop)
    }

    fn render(
        &self,
        event: WebhookEventType,
        selection: String,
        caller: Arc<Caller>,
        entry: HistoryEntry,
    ) -> BoxFuture<'_, Rendered> {
        Box::pin(async move {
            let form = match self.form(event, &selection, &caller.subject) {
                Ok(form) => form,
                // It was good when it was given: the limits are narrower now, or the schema has changed.
                Err(why) => {
                    let errors = serde_json::json!([{ "message": why }]).to_string();
                    return Rendered::Event { data: "null".to_owned(), errors: Some(errors) };
                }
            };
            let execution = Execution {
                form: Arc::clone(&form),
                variables: Variables::default(),
                uploads: Vec::new(),
                files: Files::default(),
                introspects: false,
            };
            let response = self.engine.resolve(execution, caller, entry).await;
            if is_unavailable(&response) {
                return Rendered::Unavailable;
            }
            parts(&Answer::of(response, &form))
        })
    }
}
