//! Files on their way to the server: progress, cancel, and what became of each.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
pub(super) use self::browser::send;

/// Where one file stands.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only the browser sends")
)]
pub(super) enum Stage {
    /// Bytes are on their way.
    Sending,
    /// The server reads the table.
    Reading,
    /// It could not be taken, and why.
    Failed(String),
}

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Upload {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) sent: u64,
    pub(super) total: u64,
    pub(super) started_ms: f64,
    pub(super) now_ms: f64,
    pub(super) stage: Stage,
}

/// All files on their way. Copies share one list.
#[derive(Clone, Copy)]
pub(crate) struct Uploads {
    pub(super) list: RwSignal<Vec<Upload>>,
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser sends")
    )]
    pub(super) next: StoredValue<u64>,
}

impl Uploads {
    /// Takes one off the list.
    pub(super) fn remove(&self, id: u64) {
        self.list
            .update(|list| list.retain(|upload| upload.id != id));
    }
}

/// Provides the list to every page.
pub(crate) fn provide_uploads() -> Uploads {
    let uploads = Uploads {
        list: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
    };
    provide_context(uploads);
    uploads
}

/// The list.
pub(super) fn use_uploads() -> Uploads {
    use_context::<Uploads>().unwrap_or_else(provide_uploads)
}

/// Stops a file on its way; the server keeps nothing of it.
pub(super) fn cancel(uploads: Uploads, id: u64) {
    #[cfg(feature = "hydrate")]
    browser::abort(id);
    uploads.remove(id);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, collections::HashMap};

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{File, ProgressEvent, XmlHttpRequest};
    use workbench::data::Outcome;

    use super::{Stage, Upload, Uploads};
    use crate::{
        AppError,
        boot::Limits,
        components::{format, toasts::Toasts},
        study::StudyContext,
    };

    thread_local! {
        /// Requests by upload, to abort them. The requests are the browser's, so they stay here.
        static REQUESTS: RefCell<HashMap<u64, XmlHttpRequest>> = RefCell::new(HashMap::new());
    }

    pub(super) fn abort(id: u64) {
        if let Some(request) = REQUESTS.with_borrow_mut(|requests| requests.remove(&id)) {
            drop(request.abort());
        }
    }

    /// Sends one file; the study is asked again when it is in.
    pub(in crate::data) fn send(
        file: &File,
        limits: &Limits,
        uploads: Uploads,
        study: StudyContext,
        toasts: Toasts,
    ) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a file's size"
        )]
        let total = file.size() as u64;
        let Some(id) = uploads.next.try_update_value(|next| {
            *next += 1;
            *next
        }) else {
            return;
        };
        let now = js_sys::Date::now();
        let mut upload = Upload {
            id,
            name: file.name(),
            sent: 0,
            total,
            started_ms: now,
            now_ms: now,
            stage: Stage::Sending,
        };
        if limits.file_bytes > 0 && total > limits.file_bytes {
            upload.stage = Stage::Failed(format!(
                "{} is over the limit of {} a file.",
                format::bytes(total),
                format::bytes(limits.file_bytes)
            ));
            uploads.list.update(|list| list.push(upload));
            return;
        }
        let Ok(request) = XmlHttpRequest::new() else {
            return;
        };
        uploads.list.update(|list| list.push(upload));
        watch(&request, id, uploads, study, toasts);
        let name = String::from(js_sys::encode_uri_component(&file.name()));
        let opened = request.open("POST", &format!("/data/upload?name={name}"));
        if opened
            .and_then(|()| request.send_with_opt_blob(Some(file)))
            .is_err()
        {
            fail(uploads, id, AppError::Offline.to_string());
            return;
        }
        REQUESTS.with_borrow_mut(|requests| requests.insert(id, request));
    }

    fn watch(
        request: &XmlHttpRequest,
        id: u64,
        uploads: Uploads,
        study: StudyContext,
        toasts: Toasts,
    ) {
        let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bytes sent"
            )]
            let sent = event.loaded() as u64;
            change(uploads, id, |upload| {
                upload.sent = sent.min(upload.total);
                upload.now_ms = js_sys::Date::now();
                if sent >= upload.total {
                    upload.stage = Stage::Reading;
                }
            });
        });
        if let Ok(target) = request.upload() {
            target.set_onprogress(Some(on_progress.into_js_value().unchecked_ref()));
        }
        let answered = request.clone();
        let on_load = Closure::once_into_js(move || {
            forget(id);
            let text = answered.response_text().ok().flatten().unwrap_or_default();
            if answered.status().is_ok_and(|status| status == 200) {
                uploads.remove(id);
                tell(&text, toasts);
                study.reload();
            } else {
                let error = crate::json::read::<AppError>(&text);
                fail(uploads, id, error.unwrap_or(AppError::Offline).to_string());
            }
        });
        request.set_onload(Some(on_load.unchecked_ref()));
        let on_error = Closure::once_into_js(move || {
            forget(id);
            fail(
                uploads,
                id,
                "The connection broke. Nothing was kept; add the file again.".into(),
            );
        });
        request.set_onerror(Some(on_error.unchecked_ref()));
    }

    fn tell(answer: &str, toasts: Toasts) {
        match crate::json::read::<Outcome>(answer) {
            Ok(Outcome::Imported { table }) => {
                let rows = format::plural(table.rows, "row", "rows");
                let mut text = format!("{} is in: {rows}.", table.name);
                for note in &table.notes {
                    text.push(' ');
                    text.push_str(note);
                }
                toasts.say(text);
            }
            Ok(Outcome::Unchanged { table }) => {
                toasts.say(format!("{table} is here already, with the same content."));
            }
            // The question shows itself on the page.
            Ok(Outcome::Duplicate { .. } | Outcome::Skipped) | Err(_) => {}
        }
    }

    fn forget(id: u64) {
        REQUESTS.with_borrow_mut(|requests| requests.remove(&id));
    }

    fn fail(uploads: Uploads, id: u64, problem: String) {
        change(uploads, id, |upload| upload.stage = Stage::Failed(problem));
    }

    fn change(uploads: Uploads, id: u64, change: impl FnOnce(&mut Upload)) {
        uploads.list.update(|list| {
            if let Some(upload) = list.iter_mut().find(|upload| upload.id == id) {
                change(upload);
            }
        });
    }
}
