//! Long work yields to pages: it is done on threads of a lower scheduling priority than those that answer requests.
//!
//! A simulation takes every core for as long as it goes on. Whoever opens a page meanwhile would wait behind it for each of
//! the many short turns that a page takes. What a page waits for itself (counts, rows, charts of a table) does not yield.
//!
//! On Linux a thread has a priority of its own, and the threads it starts begin with that. Elsewhere nothing happens.

use std::{panic::resume_unwind, thread};

/// How nice long work is, between 0, as what answers requests is, and 19. At 10 it gets a tenth of a core that both want,
/// and the whole of one that nobody else wants. Never nothing: what it has locked others wait for.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Does long work on a thread that yields, and so does every thread that the work starts; the caller waits. A thread that is
/// used again, as those of tokio are, could not have its priority back: only an administrator may raise one.
pub(crate) fn yielding<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let done = thread::scope(|scope| {
        let worker = scope.spawn(|| {
            lower();
            work()
        });
        worker.join()
    });
    match done {
        Ok(done) => done,
        Err(panic) => resume_unwind(panic),
    }
}

/// Lowers the priority of this thread. One that is lower already, as the whole program may be, stays as it is.
#[cfg(target_os = "linux")]
fn lower() {
    use rustix::{
        process::{getpriority_process, setpriority_process},
        thread::gettid,
    };

    let this = Some(gettid());
    let lowered = getpriority_process(this).and_then(|now| match now < NICE {
        true => setpriority_process(this, NICE),
        false => Ok(()),
    });
    if let Err(error) = lowered {
        tracing::debug!(%error, "long work does not yield to pages");
    }
}

#[cfg(not(target_os = "linux"))]
fn lower() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use rustix::{process::getpriority_process, thread::gettid};

    use super::*;
    use crate::query::parallel::parallel_on;

    fn nice() -> i32 {
        getpriority_process(Some(gettid())).unwrap()
    }

    #[test]
    fn long_work_and_all_its_threads_yield_and_who_waits_for_it_does_not() {
        let before = nice();
        let expected = before.max(NICE);
        let (own, pool) = yielding(|| (nice(), parallel_on(4, 64, |_| Ok(nice()))));
        assert_eq!(own, expected);
        assert_eq!(pool.unwrap(), [expected; 64]);
        assert_eq!(nice(), before);
        let question = parallel_on(4, 64, |_| Ok(nice()));
        assert_eq!(question.unwrap(), [before; 64], "a question does not yield");
    }

    #[test]
    fn work_that_yields_already_may_do_so_again() {
        let twice = yielding(|| yielding(nice));
        assert_eq!(twice, nice().max(NICE));
    }
}
