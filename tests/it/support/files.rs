//! Files of this test process, in a folder that is deleted when the process is gone.

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

static FOLDER: OnceLock<(PathBuf, Child)> = OnceLock::new();

/// The folder of this test process. A shell waits for the end of its input, which comes with the end of this process
/// however that ends, and deletes the folder.
pub fn folder() -> PathBuf {
    let (folder, _) = FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("cpor-it-files.{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let broom = Command::new("sh")
            .args(["-c", "trap '' HUP INT TERM; cat > /dev/null; rm -rf \"$0\""])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        (folder, broom)
    });
    folder.clone()
}

/// A new folder inside of it.
pub fn new_folder(purpose: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = folder().join(format!("{purpose}-{}", COUNT.fetch_add(1, Ordering::SeqCst)));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a file in this folder, and gives its path.
pub fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
