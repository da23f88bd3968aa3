//! Callbacks: named subscribers that handle changes at least once, in order per state, across crashes.
//!
//! A subscriber is a place in the log and a handler. What it must not forget is one note
//! ([`book`]): its position, the lanes of states with something still to do ([`lanes`]), and who works on it
//! ([`worker`]). On several servers exactly one works ([`shift`]) and the others stand by.
//! What cannot be handled becomes a dead letter ([`dead`]), and the subscriber goes on.
//!
//! Handlers here run in this process; [`webhooks`] are subscribers whose handler tells somebody
//! else's server.

mod book;
mod dead;
mod handler;
mod hold;
mod lanes;
mod replay;
mod schedule;
mod shift;
mod status;
pub mod webhooks;
mod worker;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle};

pub(crate) use self::hold::Hold;
use self::{book::Book, worker::Worker};
pub use self::{
    book::Tally,
    dead::DeadLetter,
    handler::{Handler, HandlerError},
    schedule::Schedule,
    status::{Progress, Status},
};
use crate::{Error, Interest, Revision, StateManager, Timestamp};

/// Handlers of one subscriber at work at the same time, unless it says otherwise.
const AT_ONCE: usize = 16;

/// How long one attempt may take, unless the subscriber says otherwise.
const ATTEMPT: Duration = Duration::from_secs(30);

/// The longest name of a subscriber: it is part of its notes' names.
const NAME_BYTES: usize = 128;

/// A subscriber to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Its name: whoever subscribes under it goes on where the last one stopped. At most 128 bytes,
    /// without `/`.
    pub name: String,
    /// What it wants to hear of.
    pub interest: Interest,
    /// Where a name that was never heard of begins.
    pub begin: Begin,
    /// When a change that failed is tried again.
    pub schedule: Schedule,
    /// How many changes, of different states, are handled at the same time.
    pub at_once: usize,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// Where in the log a new subscriber begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// With the next change.
    Now,
    /// Behind this place; 0 is the beginning of the log.
    After(Revision),
}

impl Subscriber {
    /// A subscriber that begins now, with the usual schedule.
    pub fn new(name: impl Into<String>, interest: impl Into<Interest>) -> Self {
        Self {
            name: name.into(),
            interest: interest.into(),
            begin: Begin::Now,
            schedule: Schedule::default(),
            at_once: AT_ONCE,
            timeout: ATTEMPT,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let name = &self.name;
        let is_word = !name.is_empty() && !name.contains(|it: char| it == '/' || it.is_control());
        if !is_word || name.len() > NAME_BYTES {
            let problem = format!("must be 1 to {NAME_BYTES} bytes without `/`");
            return Err(Error::invalid("subscriber.name", problem));
        }
        if self.at_once == 0 {
            return Err(Error::invalid("subscriber.at_once", "must not be 0"));
        }
        Ok(())
    }
}

impl StateManager {
    /// Has `handler` called for every change of interest, from the moment this returns until the
    /// [`Subscription`] ends, and again from there when somebody subscribes under the same name.
    ///
    /// At least once: a change is handled again when its attempt failed, and after a crash when that
    /// was not yet written down. In order for each state; different states side by side. Where several servers
    /// subscribe under one name, one of them works, and another takes over when its lease is over.
    ///
    /// ```
    /// # #[cfg(feature = "engine")]
    /// # async fn example(states: holdfast::StateManager) -> Result<(), holdfast::Error> {
    /// use std::sync::Arc;
    /// use holdfast::{Change, Kind, callbacks::Subscriber};
    ///
    /// let mailer = Subscriber::new("mailer", Kind::USER);
    /// let subscription = states.subscribe(mailer, async |change: Arc<Change>| {
    ///     println!("{} is {} now", change.after.name, change.after.status);
    ///     Ok(())
    /// }).await?;
    /// // ... and when the server ends:
    /// subscription.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn subscribe(
        &self,
        subscriber: Subscriber,
        handler: impl Handler,
    ) -> Result<Subscription, Error> {
        subscriber.check()?;
        while book::load(self, &subscriber.name).await?.is_none() {
            let position = match subscriber.begin {
                Begin::Now => self.revision().await?,
                Begin::After(revision) => revision,
            };
            let book = Book::behind(position);
            // Whether it was written or another server was faster: there is one now.
            book::store(self, &subscriber.name, 0, Some(&book)).await?;
        }
        let (stop, is_stopping) = watch::channel(false);
        let (progress, shown) = watch::channel(Progress::default());
        let worker = Worker {
            states: self.clone(),
            me: self.new_id().to_string(),
            subscriber,
            handler: Arc::new(handler),
            is_stopping,
            progress,
        };
        Ok(Subscription {
            stop,
            progress: shown,
            work: Work(tokio::spawn(worker.run())),
        })
    }

    /// Forgets a subscriber and its dead letters; who works under this name stops. It is not an error when
    /// there is none.
    pub async fn unsubscribe(&self, name: &str) -> Result<(), Error> {
        while let Some((_, version)) = book::load(self, name).await? {
            book::store(self, name, version, None).await?;
        }
        for letter in self.dead_letters(name).await? {
            self.discard_dead_letter(name, letter.revision).await?;
        }
        Ok(())
    }
}

/// A subscriber at work, or standing by. When this is dropped it stops where it is, as in a crash;
/// [`Subscription::stop`] ends it well.
#[derive(Debug)]
#[must_use = "the subscriber stops when this is dropped"]
pub struct Subscription {
    stop: watch::Sender<bool>,
    progress: watch::Receiver<Progress>,
    work: Work,
}

impl Subscription {
    /// How it stands.
    pub fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// Waits until it stands so, and says how exactly; `None` when it ended before that.
    pub async fn when(&self, is_so: impl FnMut(&Progress) -> bool) -> Option<Progress> {
        let mut progress = self.progress.clone();
        let found = progress.wait_for(is_so).await;
        found.ok().map(|progress| *progress)
    }

    /// Takes nothing more, lets what is under way finish, writes down the position, and lets another server
    /// take over at once.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // An end by panic or abortion is an end too; what was not written down is handled again.
        let _ = (&mut self.work.0).await;
    }
}

#[derive(Debug)]
struct Work(JoinHandle<()>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// So long after `time`.
fn later(time: Timestamp, by: Duration) -> Timestamp {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp(time.0.saturating_add(millis))
}
