//! Receivers over TLS (W6): only one with a valid certificate from a trusted authority gets a message.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use super::crash::{OPTIONS, admin};
use crate::support::{Backend, Caller, database::Database, files, process::Home};

/// An authority that signs certificates.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self(Issuer::new(params, key), certificate)
    }
}

/// A receiver over TLS that accepts every message.
struct Secured {
    url: String,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Secured {
    /// With a certificate for this name by this authority, valid to the end of a year.
    async fn start(authority: &Authority, name: &str, year: i32) -> Self {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority.0).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<u8>>> = Arc::default();
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), received.clone()));
        Self { url, received }
    }

    fn has_received(&self) -> bool {
        !self.received.lock().unwrap().is_empty()
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, received: Arc<Mutex<Vec<u8>>>) {
    while let Ok((connection, _)) = listener.accept().await {
        // A client that refuses the certificate ends the handshake.
        let Ok(mut connection) = acceptor.accept(connection).await else { continue };
        let mut piece = [0; 16 * 1024];
        if let Ok(length @ 1..) = connection.read(&mut piece).await {
            received.lock().unwrap().extend_from_slice(&piece[..length]);
            let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            connection.write_all(answer).await.unwrap();
            let _ = connection.shutdown().await;
        }
    }
}

/// What a test message to this receiver comes to.
async fn attempt(admin: &Caller, receiver: &Secured) -> Value {
    let input = json!({ "url": receiver.url, "events": ["HISTORY_APPENDED"] });
    let created = admin.mutate("createWebhookEndpoint", input).await;
    let id = &created.payload()["endpoint"]["id"];
    assert!(id.is_string(), "{}", created.text);
    admin.mutate("testWebhookEndpoint", json!({ "endpointId": id })).await.payload()["attempt"].clone()
}

#[tokio::test]
async fn a_message_goes_only_to_a_receiver_whose_certificate_is_valid_on_sqlite() {
    only_valid_certificates_are_accepted(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_message_goes_only_to_a_receiver_whose_certificate_is_valid_on_postgres() {
    only_valid_certificates_are_accepted(Backend::Postgres).await;
}

async fn only_valid_certificates_are_accepted(backend: Backend) {
    // W6
    let home = Home::new(Database::copied(backend).await);
    let (trusted, stranger) = (Authority::new(), Authority::new());
    let authorities = files::new_folder("authorities").join("ca.pem");
    std::fs::create_dir_all(authorities.parent().unwrap()).unwrap();
    std::fs::write(&authorities, &trusted.1).unwrap();
    let process = home.serve_trusting(&authorities, &OPTIONS);
    let admin = admin(&process);

    let good = Secured::start(&trusted, "127.0.0.1", 2099).await;
    let accepted = attempt(&admin, &good).await;
    assert_eq!((&accepted["status"], &accepted["error"]), (&json!(200), &Value::Null));
    assert!(good.has_received());

    for (fault, receiver) in [
        ("of an unknown authority", Secured::start(&stranger, "127.0.0.1", 2099).await),
        ("of another address", Secured::start(&trusted, "127.0.0.2", 2099).await),
        ("expired", Secured::start(&trusted, "127.0.0.1", 2020).await),
    ] {
        let refused = attempt(&admin, &receiver).await;
        assert!(refused["status"].is_null(), "{fault}: {refused}");
        assert!(refused["error"].as_str().unwrap().contains("certificate"), "{fault}: {refused}");
        assert!(!receiver.has_received(), "{fault}");
    }
    drop(process);
    home.database.delete().await;
}
