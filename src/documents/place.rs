//! Which store a URL names, and how it is reached.

use std::{sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
};

use super::{SettingError, incoming::Folder};
use crate::private;

/// How a store is named, for remedies.
const FORMS: &str =
    "Set --documents (CPOR_DOCUMENTS) to file:// and a folder, or to s3://bucket or s3://bucket/prefix.";
/// How long connecting to an S3 store may take, and a single try.
const CONNECT: &str = "2s";
const TRY: &str = "8s";

/// The folder of what is being uploaded, below that of the documents; no document has such a key.
pub(super) const INCOMING: &str = "incoming";

/// A store, and how files come into it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) store: Arc<dyn ObjectStore>,
    /// The store where it is a folder: files are put in place by a link.
    pub(super) folder: Option<Arc<LocalFileSystem>>,
    /// Where files are until then.
    pub(super) incoming: Arc<Folder>,
}

impl Place {
    /// A path that is not a folder.
    pub(super) fn elsewhere(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None, incoming: Arc::new(Folder::own()) }
    }
}

/// Opens the store of a URL.
pub(super) fn open(url: &str) -> Result<Place, SettingError> {
    if let Some(folder) = url.strip_prefix("file://").filter(|folder| !folder.is_empty()) {
        return folder_store(folder);
    }
    match url.strip_prefix("s3://") {
        // The settings of AWS's own tools, as the library reads them: they are not options of cpor.
        Some(place) => bucket_store(place, AmazonS3Builder::from_env()).map(Place::elsewhere),
        None => Err(SettingError::new(format!("Documents cannot be stored at {url:?}."), FORMS)),
    }
}

fn folder_store(folder: &str) -> Result<Place, SettingError> {
    let wrong = |error: &dyn std::fmt::Display| {
        let message = format!("The documents folder {folder} cannot be opened: {error}.");
        SettingError::new(message, FORMS)
    };
    private::make_folder(folder.as_ref()).map_err(|error| wrong(&error))?;
    // An accepted document survives a loss of power, like its row.
    let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?.with_fsync(true);
    let store = Arc::new(store);
    let incoming = Arc::new(Folder::shared(std::path::Path::new(folder).join(INCOMING)));
    Ok(Place { store: Arc::clone(&store) as Arc<dyn ObjectStore>, folder: Some(store), incoming })
}

/// The store of `bucket[/prefix]`, configured by the environment.
fn bucket_store(place: &str, environment: AmazonS3Builder) -> Result<Arc<dyn ObjectStore>, SettingError> {
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if bucket.is_empty() || !bucket.chars().all(is_name) {
        return Err(SettingError::new(format!("{bucket:?} is not a valid bucket name."), FORMS));
    }
    let prefix = Path::parse(prefix.trim_end_matches('/'))
        .map_err(|error| SettingError::new(format!("Documents cannot be stored under {prefix:?}: {error}."), FORMS))?;
    look_at(&environment)?;
    let store = environment
        .with_bucket_name(bucket)
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout), CONNECT)
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), TRY)
        .with_retry(RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(1),
                base: 2.0,
            },
            max_retries: 3,
            retry_timeout: Duration::from_secs(5),
        })
        .build()
        .map_err(|error| {
            SettingError::new(
                format!("The documents' bucket {bucket} cannot be used: {error}."),
                "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (both or neither), AWS_REGION and AWS_ENDPOINT_URL.",
            )
        })?;
    Ok(if prefix.as_ref().is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, prefix)) })
}

/// Reports at the start what every request would fail with later.
fn look_at(environment: &AmazonS3Builder) -> Result<(), SettingError> {
    let value = |key| environment.get_config_value(&key).filter(|value| !value.is_empty());
    let endpoint = value(AmazonS3ConfigKey::S3Endpoint).or_else(|| value(AmazonS3ConfigKey::Endpoint));
    let allows_http = value(AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp));
    let allows_http =
        allows_http.is_some_and(|value| ["true", "1", "yes", "on"].contains(&value.to_ascii_lowercase().as_str()));
    match endpoint {
        Some(endpoint) if endpoint.starts_with("http://") && !allows_http => Err(SettingError::new(
            format!("The connection to the document store {endpoint} would not be encrypted."),
            "Set AWS_ENDPOINT_URL to an https:// URL, or set AWS_ALLOW_HTTP=true if you trust the network in between.",
        )),
        Some(endpoint) if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") => {
            Err(SettingError::new(
                format!("The address {endpoint:?} of the document store is not a URL."),
                "Set AWS_ENDPOINT_URL to https://host[:port], or unset it for AWS itself.",
            ))
        }
        None if value(AmazonS3ConfigKey::Region).is_none() => Err(SettingError::new(
            "The AWS region of the documents' bucket is not configured.",
            "Set AWS_REGION, or AWS_ENDPOINT_URL for another S3-compatible store.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(place: &str, environment: AmazonS3Builder) -> String {
        let error = bucket_store(place, environment).unwrap_err();
        assert!(!error.remedy.is_empty());
        error.message
    }

    fn with(settings: &[(&str, &str)]) -> AmazonS3Builder {
        settings.iter().fold(AmazonS3Builder::new(), |builder, (name, value)| {
            builder.with_config(name.to_ascii_lowercase().parse().unwrap(), *value)
        })
    }

    #[test]
    fn buckets_and_prefixes_are_taken() {
        for place in ["proof", "proof/", "proof/cpor", "proof/cpor/live/", "proof.example.com"] {
            bucket_store(place, with(&[("AWS_REGION", "eu-central-1")])).unwrap();
        }
        let own = [("AWS_ENDPOINT_URL", "http://store:9000"), ("AWS_ALLOW_HTTP", "true")];
        bucket_store("proof", with(&own)).unwrap();
        bucket_store("proof", with(&[("AWS_ENDPOINT_URL", "https://store.example")])).unwrap();
    }

    #[test]
    fn what_cannot_work_is_said_at_the_start() {
        let region = || with(&[("AWS_REGION", "eu-central-1")]);
        for place in ["", "/prefix", "two words", "user@bucket", "bucket?x=1"] {
            assert!(refused(place, region()).contains("not a valid bucket name"), "{place}");
        }
        assert!(refused("proof/a//b", region()).contains("cannot be stored under"));
        assert!(refused("proof", with(&[])).contains("region"));
        assert!(refused("proof", with(&[("AWS_ENDPOINT_URL", "http://store:9000")])).contains("not be encrypted"));
        assert!(refused("proof", with(&[("AWS_ENDPOINT_URL_S3", "http://store:9000")])).contains("not be encrypted"));
        assert!(refused("proof", with(&[("AWS_ENDPOINT_URL", "store:9000")])).contains("is not a URL"));
        let half = [("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "somebody")];
        assert!(refused("proof", with(&half)).contains("cannot be used"));
        for url in ["", "file://", "ftp://documents.example", "documents"] {
            assert!(open(url).unwrap_err().message.contains("cannot be stored"), "{url}");
        }
    }
}
