//! The test program once more, as a process of its own: it runs one ignored test, and the two speak
//! in lines. It ends when this is dropped.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
};

/// Where a line of ours begins: the test harness says things too, and ends no line before ours.
const MARK: &str = "\u{bb} ";

pub struct Again {
    child: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Again {
    /// Starts it by a command that names the test program (`env::current_exe`), or what runs it.
    pub fn start(command: &mut Command, test: &str) -> Self {
        let mut child = command
            .args(["--ignored", "--exact", test, "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            orders,
            lines,
        }
    }

    /// Its next line; `None` when it has ended.
    pub fn hear(&mut self) -> Option<String> {
        loop {
            // A killed process leaves half a line behind, perhaps in the midst of a letter.
            let line = self.lines.next()?.ok()?;
            if let Some((_, line)) = line.split_once(MARK) {
                return Some(line.to_owned());
            }
        }
    }

    pub fn say(&mut self, line: &str) {
        writeln!(self.orders, "{line}").unwrap();
    }

    /// SIGKILL. What it said before can still be heard.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says a line to whoever started this process, with one call, so that others do not come between.
pub fn tell(line: &str) {
    let line = format!("{MARK}{line}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// Waits for the next line of whoever started this process; `None` when they are gone.
pub fn told() -> Option<String> {
    std::io::stdin().lines().next().map(Result::unwrap)
}
