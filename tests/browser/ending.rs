//! What a test began ends with it, also where the test fails.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A process of ours, killed by its id when this is dropped.
pub struct Ending(pub Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder that one browser keeps its things in. When this is dropped, whoever still works in it is killed: a
/// chromedriver that is killed leaves its Chromium behind, whose parent is nobody then.
pub struct Profile(tempfile::TempDir);

impl Profile {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // Some are begun by others of them meanwhile.
        for _ in 0..20 {
            let left = in_folder(self.path());
            if left.is_empty() {
                return;
            }
            let ids = left.iter().map(u32::to_string);
            let _ = Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

/// The processes that name this folder, whose name is like no other, in their command line.
pub fn in_folder(folder: &Path) -> Vec<u32> {
    let name = folder.as_os_str().as_encoded_bytes();
    let names = |entry: &PathBuf| {
        let line = std::fs::read(entry.join("cmdline")).unwrap_or_default();
        line.windows(name.len()).any(|part| part == name)
    };
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    entries.filter(names).filter_map(|entry| entry.file_name()?.to_str()?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_leaves_no_browser_behind() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let failing = tokio::spawn(async move {
        let browser = super::browser::Browser::start().await;
        let profile = browser.profile().to_owned();
        let count = in_folder(&profile).len();
        let _ = tell.send((profile, count));
        panic!("as a test does that fails");
    });
    let (profile, count) = told.await.unwrap();
    assert!(count > 0, "a Chromium works in its folder");
    assert!(failing.await.is_err());
    assert_eq!(in_folder(&profile), Vec::<u32>::new(), "and nobody does afterwards");
    assert!(!profile.exists());
}
