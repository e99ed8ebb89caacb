//! `GET /documents/{id}`: a proof document as an attachment (P1).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::Response;
use domain::kinds::Scope;

use super::failure::Failure;
use super::{Edge, session};
use crate::app::{AppError, Download};

/// The longest name in the header, in characters: all that a document's name may have (P1).
const LONGEST_NAME: usize = domain::text::NAME_MAX;

/// Sends a document to whoever may see its claim; to anybody else there is none (A4).
pub(super) async fn download(
    State(edge): State<Arc<Edge>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let caller = edge.known_caller(request.headers(), session::address(request.extensions())).await?;
    let Ok(Path(id)) = path else { return Err(Failure::not_found()) };
    let opening = edge.backend.open_document(&caller, &id);
    let opened =
        tokio::time::timeout(edge.config.limits.patience(), opening).await.map_err(|_| Failure::timed_out())?;
    match opened {
        Ok(Some(document)) => Ok(attachment(document)),
        Ok(None) => Err(Failure::not_found()),
        Err(AppError::Forbidden(why)) => Err(Failure::without_scope(why, Scope::ClaimsRead)),
        Err(AppError::BadInput(why)) => Err(Failure::bad_input(why)),
        Err(AppError::Unavailable(cause)) => {
            tracing::warn!(cause, "the database does not answer");
            Err(Failure::unavailable())
        }
        Err(AppError::Internal(cause)) => Err(Failure::internal(&cause)),
    }
}

fn attachment(document: Download) -> Response {
    let media_type = HeaderValue::from_str(&document.media_type);
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(CONTENT_LENGTH, document.content.len().into());
    headers.insert(CONTENT_DISPOSITION, disposition(&document.name));
    // Should a browser show it after all, it gets no scripts and no origin (T38).
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    *response.body_mut() = Body::from(document.content);
    response
}

/// `attachment` with the name twice: as plain ASCII for old clients, and as it is, percent-encoded (RFC 6266).
fn disposition(name: &str) -> HeaderValue {
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ()".contains(c) { c } else { '_' }).collect();
    let encoded = encoded(&name);
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// The name with everything percent-encoded that is not plain.
fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || ".-_".contains(c) {
            encoded.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(char::from_digit(digit.into(), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NAME, disposition};

    #[test]
    fn names_cannot_leave_their_quotes() {
        for (name, header) in [
            ("proof.pdf", "attachment; filename=\"proof.pdf\"; filename*=UTF-8''proof.pdf"),
            ("a\"b\\c.pdf", "attachment; filename=\"a_b_c.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf"),
            ("a\r\nX: y", "attachment; filename=\"aX_ y\"; filename*=UTF-8''aX%3A%20y"),
            (
                "Bericht für Zoë.docx",
                "attachment; filename=\"Bericht f_r Zo_.docx\"; filename*=UTF-8''Bericht%20f%C3%BCr%20Zo%C3%AB.docx",
            ),
            ("../../etc/passwd", "attachment; filename=\".._.._etc_passwd\"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd"),
        ] {
            assert_eq!(disposition(name).to_str().unwrap(), header);
        }
        // A whole name of characters that take the most room.
        let longest = disposition(&"💻".repeat(LONGEST_NAME));
        assert_eq!(longest.to_str().unwrap().matches("%F0%9F%92%BB").count(), LONGEST_NAME);
        assert!(disposition(&"💻".repeat(5_000)).len() < 2_700);
    }
}
