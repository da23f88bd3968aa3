//! A server, an account in it, and the program at a terminal over the same folder.

use std::sync::Arc;

use app::people::{Joining, People, Role};
use holdfast::SystemClock;
use serde_json::Value;

use super::{holdfast, lines};
use crate::helpers::{Browser, TestApp, application};

pub const ADA: &str = "ada@lab.org";

pub struct Lab {
    app: TestApp,
    people: People,
}

impl Lab {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let application = application(&folder, Arc::new(SystemClock), |_| {}).await;
        let router = application.router();
        let lab = Self {
            people: application.people(),
            app: TestApp { folder, router },
        };
        lab.account(ADA, Role::Analyst).await;
        lab
    }

    pub async fn account(&self, email: &str, role: Role) {
        let joining = Joining {
            email: email.into(),
            name: email.split('@').next().unwrap().into(),
            password: "kelp holds fast".into(),
        };
        assert_eq!(self.people.add(joining, role).await, Ok(true));
    }

    /// A browser in which Ada is logged in.
    pub async fn ada(&self) -> Browser<'_> {
        let mut browser = self.app.browser();
        let fields = format!("email={ADA}&password=kelp+holds+fast&stay=yes");
        let answer = browser.submit("/account/log-in", &fields).await;
        assert_eq!(answer.header("location"), "/", "{}", answer.text());
        browser
    }

    /// Runs the program: its exit code, what it answered, what it complained of.
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        holdfast(self.app.folder.path(), arguments)
    }

    /// The same where it must end well; its answers.
    pub fn done(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments = [arguments, &["--json"]].concat();
        let (code, text, why) = self.run(&arguments);
        assert_eq!(code, 0, "{arguments:?}: {text}{why}");
        lines(&text)
    }

    /// A file in the folder that the program runs in.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.app.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn content(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    pub fn path(&self) -> &std::path::Path {
        self.app.folder.path()
    }
}
