//! A client of GraphQL over Server-Sent Events, as simple as one can be.

use std::time::Duration;

use reqwest::{
    Method, RequestBuilder, Response,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::caller::Caller;

/// What a stream takes.
pub const EVENTS: &str = "text/event-stream";

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a stream brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A sign of life.
    Comment,
    /// An answer.
    Next(Value),
    /// No further answer comes.
    Complete,
    /// The stream is at its end, or was torn off.
    End,
}

/// An open stream; dropped, its client has gone away.
pub struct EventStream {
    response: Response,
    read: Vec<u8>,
    /// The id of the last event that had one, as a browser keeps it.
    pub last_id: Option<String>,
}

impl EventStream {
    /// Sends an operation by POST and waits until its stream is open: from then on a subscription misses nothing.
    pub async fn open(caller: &Caller, query: &str, variables: Value) -> Self {
        let response = asking(caller, query, variables).send().await.expect("an answer");
        let mut stream = Self::of(response);
        assert_eq!(stream.event().await, Event::Comment, "a stream begins with a comment");
        stream
    }

    /// The stream of a response, of which nothing was read.
    #[track_caller]
    pub fn of(response: Response) -> Self {
        let headers = response.headers();
        assert_eq!((response.status().as_u16(), headers[CONTENT_TYPE].to_str().unwrap()), (200, EVENTS));
        assert_eq!(
            (&headers["cache-control"], &headers["x-accel-buffering"]),
            (&"no-store".parse().unwrap(), &"no".parse().unwrap())
        );
        Self { response, read: Vec::new(), last_id: None }
    }

    /// The next answer, past any comments.
    pub async fn next(&mut self) -> Value {
        match self.past_comments().await {
            Event::Next(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }

    /// The data of the next answer, which has no errors.
    pub async fn data(&mut self) -> Value {
        let mut answer = self.next().await;
        assert!(answer["errors"].is_null() && answer["data"].is_object(), "{answer}");
        answer["data"].take()
    }

    /// Asserts that the operation is complete, and the stream with it.
    pub async fn ended(mut self) {
        assert_eq!(self.past_comments().await, Event::Complete);
        assert_eq!(self.event().await, Event::End);
    }

    /// Asserts that the stream ends without a word, so that its client comes back.
    pub async fn ended_for_now(mut self) {
        assert_eq!(self.past_comments().await, Event::End);
    }

    /// Whatever comes next, comments aside.
    pub async fn past_comments(&mut self) -> Event {
        let reading = async {
            loop {
                match self.read_event().await {
                    Event::Comment => {}
                    event => return event,
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("nothing but comments came in time")
    }

    /// Whatever comes next.
    pub async fn event(&mut self) -> Event {
        tokio::time::timeout(PATIENCE, self.read_event()).await.expect("nothing came in time")
    }

    async fn read_event(&mut self) -> Event {
        loop {
            if let Some(end) = self.read.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                let block = std::str::from_utf8(&block).unwrap().trim_end_matches('\n');
                let id = block.strip_prefix("id: ").and_then(|rest| rest.split_once('\n'));
                if let Some((id, _)) = id {
                    self.last_id = Some(id.to_owned());
                }
                return parse(id.map_or(block, |(_, rest)| rest));
            }
            match self.response.chunk().await {
                Ok(Some(chunk)) => self.read.extend_from_slice(&chunk),
                Ok(None) => {
                    assert!(self.read.is_empty(), "half an event: {:?}", String::from_utf8_lossy(&self.read));
                    return Event::End;
                }
                Err(_) => return Event::End,
            }
        }
    }
}

/// The request of [`EventStream::open`], not sent yet.
#[expect(clippy::needless_pass_by_value, reason = "made for `json!`")]
pub fn asking(caller: &Caller, query: &str, variables: Value) -> RequestBuilder {
    let body = json!({ "query": query, "variables": variables });
    caller.request(Method::POST, "/graphql").header(ACCEPT, EVENTS).json(&body)
}

/// The event of a block of lines, strictly as the server writes it.
fn parse(block: &str) -> Event {
    let lines: Vec<_> = block.lines().collect();
    match lines[..] {
        [":"] => Event::Comment,
        ["event: next", data] => {
            let json = data.strip_prefix("data: ").unwrap_or_else(|| panic!("no data: {data:?}"));
            assert!(!json.contains("INTERNAL_SERVER_ERROR"), "a fault of the server: {json}");
            Event::Next(serde_json::from_str(json).unwrap())
        }
        ["event: complete", "data:"] => Event::Complete,
        _ => panic!("no event of GraphQL: {block:?}"),
    }
}
