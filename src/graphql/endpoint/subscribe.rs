//! A subscription: opened once, then executed for every event that it follows.
//!
//! Each event is an execution of its own, with fresh reads: it shows the subscriber what a query would show at that
//! moment, and it can be tried again when the database was away. Those who sent the same document with the same
//! variables and see the same share one execution.

use std::{sync::Arc, time::Duration};

use async_graphql::{Response, Value, Variables};
use bytes::Bytes;
use domain::caller::{Caller, Side};
use futures_util::stream::{self, Stream};
use sha2::{Digest, Sha256};
use tracing::{Instrument, Span};

use super::{Endpoint, Engine, Execution, Files, Operation};
use crate::{
    events::{Candidate, Event, Follower, Known, Prepare, Sight},
    graphql::{
        answer::{Answer, Outcome},
        codes::SERVICE_UNAVAILABLE,
        document::Form,
    },
    telemetry::{self, LiveOperation},
};

/// How long to wait before an event is tried again that the database was away for.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// The hash of a document, the name of its operation, and its variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(query: &str, operation_name: Option<&str>, variables: &Variables) -> Self {
        let mut hash = Sha256::new();
        let variables = serde_json::to_vec(variables).unwrap_or_default();
        for part in [query.as_bytes(), operation_name.unwrap_or_default().as_bytes(), &variables] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The same with all of the caller that an answer can depend on. Of a partner or customer that is the company, the
    /// roles and the scopes; of the vendor's people also who they are, since what they may do depends on assignment.
    fn for_caller(self, caller: &Caller) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        let subject = if caller.side == Side::Vendor { caller.subject.as_str() } else { "" };
        hash.update(format!("{:?} {:?} {:?} {subject}", caller.side, caller.roles, caller.scopes));
        Self(hash.finalize().into())
    }
}

/// A subscription that runs.
struct Subscription {
    follower: Follower,
    resolution: Arc<Resolution>,
    key: Fingerprint,
    /// Its fields for the log.
    span: Span,
    live: LiveOperation,
}

/// The operation to execute for an event, and its caller.
struct Resolution {
    engine: Arc<dyn Engine>,
    sight: Arc<Sight>,
    form: Arc<Form>,
    variables: Variables,
}

impl Endpoint {
    /// Starts a subscription for a caller and returns its responses, one per event, which end only with the stream.
    /// With `last`, the position of the client's last event, it continues from there, whatever its argument `after`.
    ///
    /// # Errors
    /// The only answer to a subscription that is refused.
    pub async fn subscribe(
        &self,
        operation: Operation,
        caller: Arc<Caller>,
        last: Option<String>,
    ) -> Result<impl Stream<Item = Answer> + Send + use<>, Answer> {
        let _timer = telemetry::operation_timer(operation.label());
        let span = telemetry::operation_span(operation.kind().as_str(), operation.label());
        self.follow(operation, caller, last).instrument(span).await
    }

    async fn follow(
        &self,
        operation: Operation,
        caller: Arc<Caller>,
        last: Option<String>,
    ) -> Result<impl Stream<Item = Answer> + Send + use<>, Answer> {
        let span = Span::current();
        let fingerprint = operation.fingerprint;
        let Execution { form, variables, .. } = self.execution(operation)?;
        let opening = execution(&form, &variables);
        let mut follower =
            self.engine.open(opening, Arc::clone(&caller), last).await.map_err(|answer| Answer::of(answer, &form))?;
        let resolution =
            Resolution { engine: Arc::clone(&self.engine), sight: Arc::clone(follower.sight()), form, variables };
        let (resolution, key) = (Arc::new(resolution), fingerprint.for_caller(&caller));
        follower.join(key.0, Resolution::preparing(&resolution, key, &span));
        // Boxed, because it is moved for every event.
        let subscription =
            Box::new(Subscription { follower, resolution, key, span, live: telemetry::live_operation() });
        Ok(stream::unfold(
            subscription,
            |mut subscription| async move { Some((subscription.next().await, subscription)) },
        ))
    }
}

impl Subscription {
    /// The answer for the next event that the subscriber may see.
    async fn next(&mut self) -> Answer {
        loop {
            let Candidate { event, known } = self.follower.next_candidate().await;
            let body = match known {
                Known::Answer(answer) => answer,
                Known::Visible => self.answer_to(&event, true).await,
                Known::Nothing => self.answer_to(&event, false).await,
            };
            if let Some(body) = body {
                self.live.delivered();
                return Answer { outcome: Outcome::Executed, body, has_errors: false, entry: Some(event.entry.id) };
            }
        }
    }

    /// What is sent for an event, computed once for all subscribers with the same key.
    async fn answer_to(&self, event: &Arc<Event>, is_visible: bool) -> Option<Bytes> {
        let resolve = || {
            let resolution = Arc::clone(&self.resolution);
            resolution.resolve(Arc::clone(event), is_visible).instrument(self.span.clone())
        };
        event.shared(self.key.0, resolve).await
    }
}

impl Resolution {
    /// Works out the answers for all who have this key, before they ask for them.
    fn preparing(resolution: &Arc<Self>, key: Fingerprint, span: &Span) -> Prepare {
        let (resolution, span) = (Arc::clone(resolution), span.clone());
        Box::new(move |event| {
            let (resolution, span) = (Arc::clone(&resolution), span.clone());
            Box::pin(async move {
                event.shared(key.0, || resolution.resolve(Arc::clone(&event), false).instrument(span)).await
            })
        })
    }

    /// The answer for an event, tried until the database answers: an event is never lost to a fault that passes. Nothing
    /// when it is not for this subscriber, or its claim has gone out of sight meanwhile.
    async fn resolve(self: Arc<Self>, event: Arc<Event>, is_visible: bool) -> Option<Bytes> {
        if !is_visible && !self.sight.may_see(&event).await {
            return None;
        }
        loop {
            let execution = execution(&self.form, &self.variables);
            let response = self.engine.resolve(execution, Arc::clone(self.sight.caller()), event.entry.clone()).await;
            if response.errors.is_empty() {
                return Some(Answer::of(response, &self.form).body);
            }
            match self.sight.still_sees(&event.entry).await {
                Ok(false) => return None,
                Ok(true) if !is_unavailable(&response) => return Some(Answer::of(response, &self.form).body),
                _ => tokio::time::sleep(AGAIN_AFTER).await,
            }
        }
    }
}

/// A subscription, ready to be executed once more.
fn execution(form: &Arc<Form>, variables: &Variables) -> Execution {
    Execution {
        form: Arc::clone(form),
        variables: variables.clone(),
        uploads: Vec::new(),
        files: Files::default(),
        introspects: false,
    }
}

pub(super) fn is_unavailable(response: &Response) -> bool {
    let codes = response.errors.iter().filter_map(|error| error.extensions.as_ref()?.get("code"));
    codes.into_iter().any(|code| *code == Value::from(SERVICE_UNAVAILABLE))
}
