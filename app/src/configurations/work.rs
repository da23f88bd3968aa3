//! The open file on this page: its text, where that began, and what is known of it. Copies share one value.

use leptos::{prelude::*, task::spawn_local};
use workbench::{
    Person,
    configurations::{Checked, Conflicts, Lock, Opened, Room, merge::Format},
};

use super::{
    bridge,
    keep::Keeping,
    server::{check_configuration, get_version, open_configuration},
};
use crate::{AppError, components::toasts::Toasts};

/// The open file.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) name: StoredValue<String>,
    pub(super) format: Format,
    pub(super) me: StoredValue<Person>,
    pub(super) may_override: bool,
    pub(super) toasts: Toasts,
    /// The editing session.
    pub(super) session: RwSignal<String>,
    /// The version that the text began from, and that version's text.
    pub(super) base: RwSignal<u64>,
    pub(super) saved: RwSignal<String>,
    pub(super) text: RwSignal<String>,
    /// The line the caret is in.
    pub(super) line: RwSignal<u32>,
    pub(super) checked: RwSignal<Checked>,
    pub(super) room: RwSignal<Room>,
    pub(super) conflicts: RwSignal<Option<Conflicts>>,
    pub(super) is_saving: RwSignal<bool>,
    /// The editor, once it is there.
    pub(super) editor: RwSignal<Option<u32>>,
    pub(super) draft: Keeping,
    asked: StoredValue<u64>,
}

impl Work {
    pub(super) fn new(opened: Opened, me: Person, may_override: bool, toasts: Toasts) -> Self {
        let draft = opened.draft.as_ref();
        let text = draft.map_or_else(|| opened.text.clone(), |draft| draft.text.clone());
        let base = draft.map_or(opened.version, |draft| draft.base);
        let work = Self {
            format: opened.format,
            me: StoredValue::new(me),
            may_override,
            toasts,
            session: RwSignal::new(opened.session),
            base: RwSignal::new(base),
            saved: RwSignal::new(opened.text),
            text: RwSignal::new(text),
            line: RwSignal::new(1),
            checked: RwSignal::new(Checked::default()),
            room: RwSignal::new(opened.room),
            conflicts: RwSignal::new(None),
            is_saving: RwSignal::new(false),
            editor: RwSignal::new(None),
            draft: Keeping::new(draft.map_or(0, |draft| draft.version)),
            asked: StoredValue::new(0),
            name: StoredValue::new(opened.name),
        };
        if base != opened.version {
            // The draft began from an older version: what it changed is told against that.
            work.load_base(base);
        }
        work
    }

    pub(super) fn load_base(self, version: u64) {
        let name = self.name.get_value();
        spawn_local(async move {
            if let Ok(text) = get_version(name, version).await
                // A save may have been faster.
                && self.base.try_get_untracked() == Some(version)
            {
                self.saved.try_set(text);
            }
        });
    }

    /// Whether there is something to save.
    pub(super) fn has_changes(self) -> bool {
        self.text
            .with(|text| self.saved.with(|saved| text != saved))
    }

    /// Lines of the text that are not as they were saved, counted the short way: those between the first and the last
    /// that differ.
    pub(super) fn changed_lines(self) -> usize {
        self.text
            .with(|text| self.saved.with(|saved| changed(saved, text)))
    }

    /// The lock that this session has.
    pub(super) fn own_lock(self) -> Option<Lock> {
        let session = self.session.get();
        self.room
            .with(|room| room.lock.clone())
            .filter(|lock| lock.session == session)
    }

    /// The lock that somebody else has.
    pub(super) fn others_lock(self) -> Option<Lock> {
        let session = self.session.get();
        self.room
            .with(|room| room.lock.clone())
            .filter(|lock| lock.session != session)
    }

    /// Whether somebody saved since the text began.
    pub(super) fn is_behind(self) -> bool {
        self.room.with(|room| room.version > self.base.get())
    }

    /// Takes a text as what this page shows. It is not undone: what others saved would be taken back with it, and saved so.
    pub(super) fn show(self, text: &str) {
        self.put(text, false);
    }

    /// Takes a text that the person made here without typing it; it can be undone.
    pub(super) fn write(self, text: &str) {
        self.put(text, true);
    }

    fn put(self, text: &str, is_own: bool) {
        match self.editor.get_untracked() {
            Some(editor) => bridge::replace(editor, text, is_own),
            None => self.text.set(text.to_owned()),
        }
    }

    /// The text goes on from this version.
    pub(super) fn go_on(self, version: u64, saved: String, text: &str) {
        self.base.set(version);
        self.saved.set(saved);
        self.show(text);
    }

    /// Asks for outline and problems, once the text rests; an older answer than the newest question is dropped.
    pub(super) fn check(self) {
        let asked = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        let (Some(name), Some(text)) = (self.name.try_get_value(), self.text.try_get_untracked())
        else {
            // The page was left while the text came to rest.
            return;
        };
        spawn_local(async move {
            if let Ok(checked) = check_configuration(name, text).await
                && self.asked.try_get_value() == asked
            {
                self.checked.try_set(checked);
            }
        });
    }

    /// Begins another session on the same text.
    pub(super) async fn reopen(self) -> Result<(), AppError> {
        let opened = open_configuration(self.name.get_value()).await?;
        self.session.try_set(opened.session);
        self.room.try_set(opened.room);
        Ok(())
    }
}

/// Lines between the first and the last that differ, in the newer text; at least one where something went.
fn changed(older: &str, newer: &str) -> usize {
    let (older, newer): (Vec<&str>, Vec<&str>) = (older.lines().collect(), newer.lines().collect());
    let same =
        |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
    let first = same(&mut older.iter().zip(&newer));
    let rest = older.len().min(newer.len()) - first;
    let last = same(&mut older.iter().rev().zip(newer.iter().rev()).take(rest));
    let count = newer.len() - first - last;
    count.max(usize::from(older.len() != newer.len()))
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn changed_lines_are_counted() {
        assert_eq!(changed("a\nb\nc\n", "a\nb\nc\n"), 0);
        assert_eq!(changed("a\nb\nc\n", "a\nx\nc\n"), 1);
        assert_eq!(changed("a\nb\nc\n", "a\nc\n"), 1);
        assert_eq!(changed("a\nb\n", "a\nb\nc\nd\n"), 2);
        assert_eq!(changed("a\na\n", "a\n"), 1);
        assert_eq!(changed("", "a\n"), 1);
    }
}
