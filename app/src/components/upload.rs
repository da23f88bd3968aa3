//! Files on their way to the server: sent as they are, and what the server says of them.
//!
//! **Server-side rendering.** Files are chosen in a browser only; on the server there is nothing to send.

use leptos::ev;
use serde::de::DeserializeOwned;

use crate::AppError;

/// A file that was chosen. On the server there are none.
pub(crate) struct Chosen {
    pub(crate) name: String,
    #[cfg(feature = "hydrate")]
    file: web_sys::File,
}

/// The files in an input, which forgets them: the same can be chosen again after they were corrected.
pub(crate) fn chosen(event: &ev::Event) -> Vec<Chosen> {
    #[cfg(feature = "hydrate")]
    {
        let input: web_sys::HtmlInputElement = leptos::prelude::event_target(event);
        let files = input.files();
        let count = files.as_ref().map_or(0, web_sys::FileList::length);
        let all = (0..count).filter_map(|at| files.as_ref()?.get(at));
        let all = all.map(|file| Chosen {
            name: file.name(),
            file,
        });
        let all = all.collect();
        input.set_value("");
        all
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _there_are_none = event;
        Vec::new()
    }
}

/// The first of the files that were dropped.
pub(crate) fn dropped(event: &ev::DragEvent) -> Option<Chosen> {
    #[cfg(feature = "hydrate")]
    {
        let files = event.data_transfer().and_then(|dropped| dropped.files());
        let file = files.and_then(|files| files.get(0));
        file.map(|file| Chosen {
            name: file.name(),
            file,
        })
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _there_are_none = event;
        None
    }
}

impl Chosen {
    /// Whether it is a package of a run, by its name.
    pub(crate) fn is_package(&self) -> bool {
        self.name.to_lowercase().ends_with(".zip")
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> f64 {
        #[cfg(feature = "hydrate")]
        return self.file.size();
        #[cfg(not(feature = "hydrate"))]
        0.0
    }
}

/// Sends it to an address, with its name behind.
pub(crate) async fn send<T: DeserializeOwned>(address: &str, file: &Chosen) -> Result<T, AppError> {
    #[cfg(feature = "hydrate")]
    return browser::send(address, file).await;
    #[cfg(not(feature = "hydrate"))]
    {
        let _nothing_to_send = (address, &file.name);
        Err(AppError::Offline)
    }
}

/// Sends all of them to an address in one form, with the tags that they get.
pub(crate) async fn send_all<T: DeserializeOwned>(
    address: &str,
    files: &[Chosen],
    tags: &str,
) -> Result<T, AppError> {
    #[cfg(feature = "hydrate")]
    return browser::send_all(address, files, tags).await;
    #[cfg(not(feature = "hydrate"))]
    {
        let _nothing_to_send = (address, files, tags);
        Err(AppError::Offline)
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::window;
    use serde::de::DeserializeOwned;
    use wasm_bindgen::{JsCast as _, JsValue};
    use wasm_bindgen_futures::JsFuture;

    use super::Chosen;
    use crate::{AppError, json::read};

    pub(super) async fn send<T: DeserializeOwned>(
        address: &str,
        file: &Chosen,
    ) -> Result<T, AppError> {
        let name = js_sys::encode_uri_component(&file.name);
        let address = [address, "?name=", &String::from(name)].concat();
        post(&address, &file.file).await
    }

    pub(super) async fn send_all<T: DeserializeOwned>(
        address: &str,
        files: &[Chosen],
        tags: &str,
    ) -> Result<T, AppError> {
        let form = || {
            let form = web_sys::FormData::new()?;
            form.append_with_str("tags", tags)?;
            for file in files {
                form.append_with_blob_and_filename("file", &file.file, &file.name)?;
            }
            Ok::<_, JsValue>(form)
        };
        let form = form().map_err(|_| unreadable("The files"))?;
        post(address, &form).await
    }

    async fn post<T: DeserializeOwned>(address: &str, body: &JsValue) -> Result<T, AppError> {
        let headers = web_sys::Headers::new().map_err(|_| AppError::Offline)?;
        let accepted = headers.set("accept", "application/json");
        accepted.map_err(|_| AppError::Offline)?;
        let options = web_sys::RequestInit::new();
        options.set_method("POST");
        options.set_headers(&headers);
        options.set_body(body);
        let asked = window().fetch_with_str_and_init(address, &options);
        let answer = JsFuture::from(asked).await.map_err(|_| AppError::Offline)?;
        let answer: web_sys::Response = answer.unchecked_into();
        let text = answer.text().map_err(|_| AppError::Offline)?;
        let text = JsFuture::from(text).await.map_err(|_| AppError::Offline)?;
        let text = text.as_string().unwrap_or_default();
        let broken = |_| unreadable("The server's answer");
        match answer.ok() {
            true => read(&text).map_err(broken),
            false => Err(read(&text).unwrap_or_else(broken)),
        }
    }

    fn unreadable(what: &str) -> AppError {
        AppError::BadRequest([what, " cannot be read."].concat())
    }
}
