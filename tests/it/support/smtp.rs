//! A mail server on loopback: real TCP, the little of SMTP that clients need, and whatever can go wrong with one.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// How the server treats a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes it.
    Accepts,
    /// Takes none now: 451.
    Busy,
    /// Refuses this recipient for good: 550.
    Refuses(String),
    /// Refuses to talk to the client: 535.
    Distrusts,
    /// Takes it, and never says so.
    Hangs,
    /// Takes it, and breaks the connection off instead of saying so.
    BreaksOff,
    /// Takes it after this long.
    Slow(Duration),
}

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    /// Byte for byte, without the final dot.
    pub raw: String,
}

/// What there is of a mail server while its process is away too.
struct Shared {
    mood: Mutex<Mood>,
    mails: Mutex<Vec<Mail>>,
    /// How many messages came, taken or not.
    came: watch::Sender<usize>,
}

/// The server.
pub struct Smtp {
    address: SocketAddr,
    shared: Arc<Shared>,
    running: Mutex<Option<JoinHandle<()>>>,
}

impl Smtp {
    pub async fn start() -> Self {
        let (came, _) = watch::channel(0);
        let shared = Arc::new(Shared { mood: Mutex::new(Mood::Accepts), mails: Mutex::default(), came });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let running = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self { address, shared, running: Mutex::new(Some(running)) }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn is(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// Dies, with every connection.
    pub fn die(&self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            running.abort();
        }
    }

    /// Comes back at the same address.
    pub fn come_back(&self) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        let listener = socket.listen(64).unwrap();
        *self.running.lock().unwrap() = Some(tokio::spawn(serve(listener, Arc::clone(&self.shared))));
    }

    /// The messages that came so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// The messages to this address.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.mails().into_iter().filter(|mail| mail.to == address).collect()
    }

    /// Waits until so many messages came, taken or not.
    pub async fn came(&self, count: usize) -> Vec<Mail> {
        let mut came = self.shared.came.subscribe();
        let waiting = came.wait_for(|came| *came >= count);
        if tokio::time::timeout(Duration::from_mins(1), waiting).await.is_err() {
            let subjects: Vec<_> = self.mails().iter().map(|mail| format!("{} {}", mail.to, mail.subject())).collect();
            panic!("{count} messages were awaited, these came: {subjects:#?}");
        }
        self.mails()
    }

    /// Waits until so many messages to this address were taken.
    pub async fn arrived(&self, to: &str, count: usize) -> Vec<Mail> {
        let mut came = self.shared.came.subscribe();
        let waiting = async {
            while self.to(to).len() < count {
                came.changed().await.unwrap();
            }
        };
        let arrived = tokio::time::timeout(Duration::from_mins(1), waiting).await;
        assert!(arrived.is_ok(), "{count} messages to {to} were awaited: {:#?}", self.mails());
        self.to(to)
    }

    /// How many attempts there were, taken or not.
    pub fn attempts(&self) -> usize {
        *self.shared.came.borrow()
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task: the connections of a server that dies are gone.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(talk(stream, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until either side has enough.
async fn talk(stream: TcpStream, shared: Arc<Shared>) {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut to = String::new();
    if writing.write_all(b"220 smtp.example ESMTP\r\n").await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let mood = shared.mood.lock().unwrap().clone();
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match (word.as_str(), &mood) {
            ("MAIL", Mood::Distrusts) => failed(&shared, "535 5.7.8 Authentication credentials invalid"),
            ("MAIL", Mood::Busy) => failed(&shared, "451 4.3.2 Try again later"),
            ("RCPT", mood) => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match mood {
                    Mood::Refuses(address) if *address == to => failed(&shared, "550 5.1.1 No such mailbox"),
                    _ => "250 OK".to_owned(),
                }
            }
            ("DATA", _) => {
                if writing.write_all(b"354 Go on\r\n").await.is_err() {
                    return;
                }
                let mut raw = String::new();
                loop {
                    let Ok(Some(line)) = lines.next_line().await else { return };
                    if line == "." {
                        break;
                    }
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push_str("\r\n");
                }
                if let Mood::Slow(pause) = mood {
                    tokio::time::sleep(pause).await;
                }
                shared.mails.lock().unwrap().push(Mail { to: to.clone(), raw });
                shared.came.send_modify(|came| *came += 1);
                match mood {
                    Mood::Hangs => std::future::pending().await,
                    Mood::BreaksOff => return,
                    _ => "250 OK".to_owned(),
                }
            }
            ("EHLO", _) => "250 smtp.example".to_owned(),
            ("QUIT", _) => "221 Bye".to_owned(),
            _ => "250 OK".to_owned(),
        };
        if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn failed(shared: &Shared, answer: &str) -> String {
    shared.came.send_modify(|came| *came += 1);
    answer.to_owned()
}

impl Mail {
    /// The headers, unfolded.
    fn headers(&self) -> Vec<(String, String)> {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        head.split("\r\n").filter_map(pair).collect()
    }

    /// A header, encoded words decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let found = self.headers().into_iter().find(|(known, _)| *known == name.to_lowercase())?.1;
        Some(decoded_words(&found))
    }

    pub fn subject(&self) -> String {
        self.header("Subject").unwrap_or_default()
    }

    pub fn id(&self) -> String {
        self.header("Message-ID").unwrap()
    }

    /// The part of this type, decoded.
    fn part(&self, kind: &str) -> String {
        let boundary = self.header("Content-Type").unwrap();
        let boundary = boundary.split("boundary=").nth(1).unwrap().trim_matches('"').to_owned();
        let part = self.raw.split(&format!("--{boundary}")).find(|part| part.contains(kind)).unwrap();
        let (head, body) = part.trim_start().split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        if head.contains("quoted-printable") {
            quoted_printable(body)
        } else if head.contains("base64") {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap()
        } else {
            body.to_owned()
        }
    }

    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// Every address that a scanner would fetch: those in both parts and in the headers, each once.
    pub fn links(&self) -> Vec<String> {
        let everything =
            format!("{} {} {}", self.text(), self.html(), self.header("List-Unsubscribe").unwrap_or_default());
        let mut links: Vec<String> = everything
            .split(|c: char| c.is_whitespace() || "\"<>".contains(c))
            .filter(|word| word.starts_with("https://"))
            .map(str::to_owned)
            .collect();
        links.sort();
        links.dedup();
        links
    }

    /// The path of the link that declines.
    pub fn consent_path(&self) -> String {
        let link = self.links().into_iter().find(|link| link.contains("/consent/")).unwrap();
        link[link.find("/consent/").unwrap()..].to_owned()
    }
}

fn quoted_printable(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut place = 0;
    while place < bytes.len() {
        let code = (bytes[place] == b'=').then(|| text.get(place + 1..place + 3)).flatten();
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            decoded.push(byte);
            place += 3;
        } else {
            decoded.push(bytes[place]);
            place += 1;
        }
    }
    String::from_utf8(decoded).unwrap()
}

/// `=?utf-8?b?..?=` as text.
fn decoded_words(value: &str) -> String {
    let mut decoded = String::new();
    let mut was_encoded = false;
    for word in value.split(' ') {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        if !(decoded.is_empty() || was_encoded && inner.is_some()) {
            decoded.push(' ');
        }
        was_encoded = inner.is_some();
        match inner {
            Some(inner) => decoded.push_str(&String::from_utf8(STANDARD.decode(inner).unwrap()).unwrap()),
            None => decoded.push_str(word),
        }
    }
    decoded
}
