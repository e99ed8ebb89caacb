//! The real program, as a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    thread::JoinHandle,
};

use super::{database::Database, source::root};

/// A command of the program, run in this folder: with none of the options that this process may have in its environment.
pub fn cpor(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cpor"));
    command.args(arguments).current_dir(folder);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CPOR_") || text == "DATABASE_URL" || text == "RUST_LOG" {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs the program on this database, in the project's folder.
pub fn on(database: &Database, arguments: &[&str]) -> Ended {
    run(cpor(root(), arguments).env("DATABASE_URL", &database.url))
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Ended {
    /// What it wrote; it did what it was asked.
    #[track_caller]
    pub fn done(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out.trim_end()
    }

    /// What it told; it failed with this exit code, with a reason and a remedy.
    #[track_caller]
    pub fn failed(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.contains("error: ") && !self.err.contains("panicked"), "{self:?}");
        assert!(self.err.contains("help: ") || self.err.contains("try '--help'"), "no remedy: {self:?}");
        &self.err
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ended {
    command.stdin(Stdio::null()).output().unwrap().into()
}

/// Runs a command to its end, with this as its standard input.
pub fn run_on(input: &str, command: &mut Command) -> Ended {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

/// A server that runs; it is killed when this is dropped.
pub struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Reads what it writes to standard error: a server must not wait for that.
    errors: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts it and waits for a line of its output with this text; gives that line.
    pub fn start(command: &mut Command, ready: &str) -> (Self, String) {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let errors = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let mut line = String::new();
        while !line.contains(ready) {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                let (code, err) = (child.wait().unwrap().code(), errors.join().unwrap());
                panic!("it ended before it was ready: {code:?} {err}");
            }
        }
        (Self { child, output, errors: Some(errors) }, line)
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(self) -> Ended {
        self.ask_to_stop();
        self.ended()
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it has ended.
    pub fn ended(mut self) -> Ended {
        let mut out = String::new();
        self.output.read_to_string(&mut out).unwrap();
        let err = self.errors.take().map(|errors| errors.join().unwrap()).unwrap_or_default();
        Ended { code: self.child.wait().unwrap().code(), out, err }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is gone already where it was stopped.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs these tests, each an `async fn name(database: &Database)`, on an empty database of either kind.
macro_rules! on_empty_databases {
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            use crate::support::{Backend, database::Database};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = Database::empty(Backend::Sqlite).await;
                super::$name(&database).await;
                database.delete().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let database = Database::empty(Backend::Postgres).await;
                super::$name(&database).await;
                database.delete().await;
            }
        })+
    };
}
pub(crate) use on_empty_databases;
