//! From a request in plain parts to an answer, the same for every transport: gate, validation, execution, form of the answer.

#[cfg(test)]
pub mod sample;
mod subscribe;
mod webhook;

use std::sync::Arc;

use async_graphql::{Request, Response, UploadValue, Value, Variables, parser::types::OperationType};
use bytes::Bytes;
use domain::caller::Caller;
use futures_util::future::BoxFuture;
use serde_json::Map;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::{
    answer::Answer,
    document::{BAD_USER_INPUT, Form, GRAPHQL_VALIDATION_FAILED, Gate, Prepared, Refusal},
    execute::fault,
};
use crate::{config::Introspection, documents::Received, events::Follower, store::history::HistoryEntry, telemetry};
use subscribe::Fingerprint;

/// How the library writes an uploaded file into a variable.
const UPLOAD_MARK: &str = "#__graphql_file__:";

/// What executes operations: the schema with all that its resolvers need.
pub trait Engine: Send + Sync {
    /// Executes a query or a mutation for a caller.
    fn execute(&self, execution: Execution, caller: Arc<Caller>) -> BoxFuture<'_, Response>;

    /// Starts a subscription, after the position `last` if there is one, or returns the response with the error.
    fn open(
        &self,
        execution: Execution,
        caller: Arc<Caller>,
        last: Option<String>,
    ) -> BoxFuture<'_, Result<Follower, Response>>;

    /// Executes a subscription for one entry of what it follows.
    fn resolve(&self, execution: Execution, caller: Arc<Caller>, entry: HistoryEntry) -> BoxFuture<'_, Response>;

    /// Executes nothing of an operation but introspection.
    fn introspect(&self, request: Request) -> BoxFuture<'_, Response>;
}

/// A valid operation with its variables and files, ready to be executed.
pub struct Execution {
    /// The operation to execute.
    pub form: Arc<Form>,
    /// The variables that were sent.
    pub variables: Variables,
    /// The files, in the places that the variables name; their content is in `files`, in the same order.
    pub uploads: Vec<UploadValue>,
    /// The files as they were received.
    pub files: Files,
    /// Whether the document asks for the schema, which the library alone can answer.
    pub introspects: bool,
}

impl Execution {
    /// The same as a request to the library.
    #[must_use]
    pub fn request(self) -> Request {
        let mut request = self.form.request(self.variables);
        request.uploads = self.uploads;
        request.data(self.files)
    }
}

/// The files of an operation as they were received. The library takes content in memory only, so they go beside it.
#[derive(Clone, Debug, Default)]
pub struct Files(pub Vec<Received>);

/// A file that came with a request, and where in the variables it belongs.
#[derive(Clone, Debug)]
pub struct File {
    /// The path in the variables, such as `variables.input.file`.
    pub path: String,
    /// The name that the client gave it.
    pub name: String,
    /// The media type that the client gave it.
    pub media_type: Option<String>,
    /// The file, received and looked at.
    pub content: Received,
}

/// A request as any transport brings it.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The document.
    pub query: String,
    /// Which of its operations is meant.
    pub operation_name: Option<String>,
    /// The values of the variables.
    pub variables: Map<String, serde_json::Value>,
    /// The files; each replaces a null in the variables.
    pub files: Vec<File>,
    /// Whether the answer is to tell what the operation cost.
    pub tells_cost: bool,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It reads.
    Query,
    /// It writes.
    Mutation,
    /// It follows events.
    Subscription,
}

impl Kind {
    /// As the specification calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// An operation that has passed the gate.
pub struct Operation {
    prepared: Prepared,
    variables: Variables,
    uploads: Vec<UploadValue>,
    files: Files,
    /// The hash of document and variables, by which equal subscriptions are known; of subscriptions only.
    fingerprint: Fingerprint,
    tells_cost: bool,
}

impl Operation {
    /// What it is called where operations are counted: its root field, or one of a few other words, and nothing that a
    /// client chose.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.prepared.label()
    }

    /// What it does.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.prepared.kind() {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        }
    }

    /// What it costs, in points.
    #[must_use]
    pub const fn cost(&self) -> usize {
        self.prepared.cost
    }

    /// Whether its answer is to tell what it cost.
    #[must_use]
    pub const fn tells_cost(&self) -> bool {
        self.tells_cost
    }

    /// Whether it asks for nothing but the schema and type names.
    #[must_use]
    pub fn is_introspection(&self) -> bool {
        self.prepared.is_introspection()
    }
}

/// The one way to the schema.
pub struct Endpoint {
    gate: Arc<Gate>,
    engine: Arc<dyn Engine>,
    introspection: Introspection,
    /// The mutations that run.
    mutations: TaskTracker,
}

impl Endpoint {
    /// An endpoint over a schema, behind a gate. Waiting for `mutations` waits for every mutation that has started.
    pub fn new(
        gate: Gate,
        engine: impl Engine + 'static,
        introspection: Introspection,
        mutations: TaskTracker,
    ) -> Self {
        Self { gate: Arc::new(gate), engine: Arc::new(engine), introspection, mutations }
    }

    /// Whether callers without a token may ask for the schema.
    #[must_use]
    pub const fn is_schema_public(&self) -> bool {
        matches!(self.introspection, Introspection::On)
    }

    /// Takes a request through the gate, for the subject that sent it.
    ///
    /// # Errors
    /// The answer to a request that is refused.
    pub fn prepare(&self, parts: Parts, subject: &str) -> Result<Operation, Answer> {
        let (variables, uploads, files) = values(parts.variables, parts.files)?;
        let prepared = self.gate.prepare(&parts.query, parts.operation_name.as_deref(), &variables, subject)?;
        if prepared.introspects() && self.introspection == Introspection::Off {
            return Err(Refusal::new(GRAPHQL_VALIDATION_FAILED, "Introspection is disabled on this server.").into());
        }
        let follows = prepared.kind() == OperationType::Subscription;
        let fingerprint = if follows {
            Fingerprint::of(&parts.query, parts.operation_name.as_deref(), &variables)
        } else {
            Fingerprint::default()
        };
        Ok(Operation { prepared, variables, uploads, files, fingerprint, tells_cost: parts.tells_cost })
    }

    /// Executes an operation; without a caller nothing of it but introspection.
    pub async fn execute(&self, operation: Operation, caller: Option<Arc<Caller>>) -> Answer {
        let _timer = telemetry::operation_timer(operation.label());
        let is_mutation = operation.kind() == Kind::Mutation;
        let execution = match self.execution(operation) {
            Ok(execution) => execution,
            Err(invalid) => return invalid,
        };
        let form = Arc::clone(&execution.form);
        let response = match caller {
            Some(caller) if is_mutation => self.mutate(execution, caller).await,
            Some(caller) => self.engine.execute(execution, caller).await,
            None => self.engine.introspect(execution.request().only_introspection()).await,
        };
        Answer::of(response, &form)
    }

    /// Executes a mutation in a task of its own: it runs to its end, also when its client hangs up or is no longer waited
    /// for.
    async fn mutate(&self, execution: Execution, caller: Arc<Caller>) -> Response {
        let engine = Arc::clone(&self.engine);
        let mutation = async move { engine.execute(execution, caller).await };
        match self.mutations.spawn(mutation.in_current_span()).await {
            Ok(response) => response,
            Err(ended) => match ended.try_into_panic() {
                // To the layer that answers for panics, as if it had happened here.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(ended) => fault(&format!("the server aborted a mutation: {ended}")),
            },
        }
    }

    /// The operation to execute, if the document is valid.
    fn execution(&self, operation: Operation) -> Result<Execution, Answer> {
        let Operation { prepared, variables, uploads, files, .. } = operation;
        let form = self.gate.form(&prepared).map_err(Answer::invalid)?;
        Ok(Execution { form, variables, uploads, files, introspects: prepared.introspects() })
    }
}

/// The variables with the files in their places.
fn values(
    variables: Map<String, serde_json::Value>,
    files: Vec<File>,
) -> Result<(Variables, Vec<UploadValue>, Files), Refusal> {
    let refuse = |message: String| Refusal::new(BAD_USER_INPUT, message);
    if variables.values().any(names_a_file) {
        return Err(refuse(format!("A text in the variables begins with \"{UPLOAD_MARK}\", which is reserved.")));
    }
    let mut variables = serde_json::Value::Object(variables);
    write_whole_numbers_plainly(&mut variables);
    let mut request = Request::new(String::new()).variables(Variables::from_json(variables));
    let mut received = Vec::new();
    for file in files {
        let path = file.path.clone();
        if !is_null_at(&request.variables, &path) {
            return Err(refuse(format!("The variables have no null at {path:?} for the file.")));
        }
        request.set_upload(
            &path,
            UploadValue { filename: file.name, content_type: file.media_type, content: Bytes::new() },
        );
        received.push(file.content);
    }
    Ok((request.variables, request.uploads, Files(received)))
}

/// The largest whole number up to which a float has every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// JSON has one kind of number: `1.0` and `1e2` are whole numbers, which `Int` and `ID` accept.
fn write_whole_numbers_plainly(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => {
            let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT);
            #[expect(clippy::cast_possible_truncation, reason = "it is whole, and no larger than EXACT")]
            let whole = float.map(|float| float as i64);
            if let Some(whole) = whole {
                *number = whole.into();
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(write_whole_numbers_plainly),
        serde_json::Value::Object(entries) => entries.values_mut().for_each(write_whole_numbers_plainly),
        _ => {}
    }
}

/// Whether a value holds a text in the form in which the library names files: it would look for such a file, and panic.
fn names_a_file(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.starts_with(UPLOAD_MARK),
        serde_json::Value::Array(items) => items.iter().any(names_a_file),
        serde_json::Value::Object(entries) => entries.values().any(names_a_file),
        _ => false,
    }
}

fn is_null_at(variables: &Variables, path: &str) -> bool {
    let Some((name, rest)) = path.strip_prefix("variables.").map(|path| path.split_once('.').unwrap_or((path, "")))
    else {
        return false;
    };
    let steps = rest.split('.').filter(|_| !rest.is_empty());
    let found = steps.fold(variables.get(name), |value, step| match value? {
        Value::Object(entries) => entries.get(step),
        Value::List(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    });
    found == Some(&Value::Null)
}
