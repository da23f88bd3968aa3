//! Where files come in: dropped, chosen, or sent by a plain form.

use leptos::{ev, prelude::*};

use super::uploads::{Stage, Upload, cancel, use_uploads};
use crate::{
    boot::use_boot,
    components::{format, icon::Icon},
};

/// Id of the file input, which the page's "Add files" names too.
pub(super) const FILE_INPUT: &str = "hf-files";

/// Without scripts the file input itself is shown (`style/app.css`), with a button that sends. A
/// browser with scripts sees this as text, so it is no part of the view.
const PLAIN_SEND: &str = r#"<button class="btn btn-sm mt-2">Send the chosen files</button>"#;

/// The zone, with the files on their way inside it.
#[component]
pub(super) fn DropZone() -> impl IntoView {
    let uploads = use_uploads();
    let is_over = RwSignal::new(false);
    let limits = use_boot().with_value(|boot| boot.limits.clone());
    let take_up = Taking::new();
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        take_up.dropped(&event);
    };
    let over = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    view! {
        <form
            method="post"
            action="/data/upload"
            enctype="multipart/form-data"
            class="rounded-box border border-dashed border-line-strong bg-base-100 px-4 py-3 flex flex-wrap items-center gap-4"
            class=("bg-soft", is_over)
            data-testid="drop-zone"
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=dropped
        >
            <span class="size-9 rounded-field bg-soft text-primary grid place-items-center">
                <Icon name="file-up" class="size-5!"/>
            </span>
            <div class="flex-1 min-w-48">
                <label class="font-medium" for=FILE_INPUT>"Drop CSV, Parquet or JSON lines here"</label>
                <p class="text-xs text-muted">
                    {format!("Up to {} a file, {} files at a time", format::bytes(limits.file_bytes), limits.files)}
                </p>
                <input
                    id=FILE_INPUT
                    class="sr-only"
                    r#type="file"
                    name="files"
                    multiple
                    accept=".csv,.tsv,.txt,.parquet,.jsonl,.ndjson"
                    on:change=move |event| take_up.chosen(&event)
                />
                <noscript inner_html=PLAIN_SEND></noscript>
            </div>
            <ul class="flex flex-col gap-2 w-full sm:w-72 empty:hidden" aria-label="Files on their way">
                <For each=move || uploads.list.get() key=|upload| upload.id let:upload>
                    <UploadView id=upload.id/>
                </For>
            </ul>
        </form>
    }
}

/// What happens to chosen or dropped files. Without a browser there are none.
#[derive(Clone, Copy)]
struct Taking {
    #[cfg(feature = "hydrate")]
    uploads: super::uploads::Uploads,
    #[cfg(feature = "hydrate")]
    study: crate::study::StudyContext,
    #[cfg(feature = "hydrate")]
    toasts: crate::components::toasts::Toasts,
    #[cfg(feature = "hydrate")]
    limits: StoredValue<crate::boot::Limits>,
}

impl Taking {
    fn new() -> Self {
        Self {
            #[cfg(feature = "hydrate")]
            uploads: use_uploads(),
            #[cfg(feature = "hydrate")]
            study: crate::study::use_study(),
            #[cfg(feature = "hydrate")]
            toasts: crate::components::toasts::use_toasts(),
            #[cfg(feature = "hydrate")]
            limits: StoredValue::new(use_boot().with_value(|boot| boot.limits.clone())),
        }
    }

    #[cfg(feature = "hydrate")]
    fn dropped(&self, event: &ev::DragEvent) {
        self.send(event.data_transfer().and_then(|transfer| transfer.files()));
    }

    #[cfg(feature = "hydrate")]
    fn chosen(&self, event: &ev::Event) {
        let input: web_sys::HtmlInputElement = event_target(event);
        self.send(input.files());
        // The same file can be chosen again after it was corrected.
        input.set_value("");
    }

    #[cfg(feature = "hydrate")]
    fn send(&self, files: Option<web_sys::FileList>) {
        let Some(files) = files else { return };
        let limits = self.limits.get_value();
        if limits.files > 0 && files.length() > limits.files {
            let most = limits.files;
            self.toasts.error(format!(
                "{} files at once; at most {most} are taken. Nothing was sent.",
                files.length()
            ));
            return;
        }
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            super::uploads::send(&file, &limits, self.uploads, self.study, self.toasts);
        }
    }

    #[cfg(not(feature = "hydrate"))]
    fn dropped(&self, _event: &ev::DragEvent) {}

    #[cfg(not(feature = "hydrate"))]
    fn chosen(&self, _event: &ev::Event) {}
}

/// One file on its way.
#[component]
fn UploadView(id: u64) -> impl IntoView {
    let uploads = use_uploads();
    let upload = Memo::new(move |_| {
        uploads
            .list
            .with(|list| list.iter().find(|upload| upload.id == id).cloned())
    });
    move || {
        upload.get().map(|upload| {
            let name = upload.name.clone();
            let label = match upload.stage {
                Stage::Failed(_) => format!("Dismiss {name}"),
                _ => format!("Cancel upload of {name}"),
            };
            view! {
                <li>
                    <div class="flex items-center gap-2 text-xs mb-1">
                        <span class="font-medium truncate">{name}</span>
                        <span class="text-faint num ml-auto whitespace-nowrap">{sizes(&upload)}</span>
                        <button r#type="button" class="btn btn-xs btn-ghost btn-square" aria-label=label on:click=move |_| cancel(uploads, id)>
                            <Icon name="x" small=true/>
                        </button>
                    </div>
                    {standing(&upload)}
                </li>
            }
        })
    }
}

fn sizes(upload: &Upload) -> String {
    match upload.stage {
        Stage::Sending => format!(
            "{} of {}",
            format::bytes(upload.sent),
            format::bytes(upload.total)
        ),
        _ => format::bytes(upload.total),
    }
}

fn standing(upload: &Upload) -> AnyView {
    let percent = (upload.sent * 100).checked_div(upload.total).unwrap_or(100);
    match &upload.stage {
        Stage::Failed(problem) => view! {
            <p class="text-xs text-err-text break-words" role="alert">{problem.clone()}</p>
        }
        .into_any(),
        Stage::Reading => view! {
            <progress class="progress progress-primary h-1.5 block" aria-label="Reading the table"></progress>
            <p class="text-2xs text-muted mt-1">"Sent. Reading the table"</p>
        }
        .into_any(),
        Stage::Sending => view! {
            <progress class="progress progress-primary h-1.5 block" value=percent.to_string() max="100" aria-label="Sent"></progress>
            <p class="text-2xs text-muted mt-1 num">{format!("{percent} %{}", time_left(upload))}</p>
        }
        .into_any(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds are rounded anyway")]
fn time_left(upload: &Upload) -> String {
    let seconds = (upload.now_ms - upload.started_ms) / 1_000.0;
    if upload.sent == 0 || seconds < 1.0 {
        return String::new();
    }
    let left = (upload.total - upload.sent) as f64 * seconds / upload.sent as f64;
    format!(", about {} s left", format::number(left.max(1.0), 0))
}
