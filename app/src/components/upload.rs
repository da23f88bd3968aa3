//! A file on its way to the server: sent as it is, and what the server says of it.
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

/// The file in an input, which forgets it: the same can be chosen again after it was corrected.
pub(crate) fn chosen(event: &ev::Event) -> Option<Chosen> {
    #[cfg(feature = "hydrate")]
    {
        let input: web_sys::HtmlInputElement = leptos::prelude::event_target(event);
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
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

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::window;
    use serde::de::DeserializeOwned;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen_futures::JsFuture;

    use super::Chosen;
    use crate::{AppError, json::read};

    pub(super) async fn send<T: DeserializeOwned>(
        address: &str,
        file: &Chosen,
    ) -> Result<T, AppError> {
        let name = js_sys::encode_uri_component(&file.name);
        let address = [address, "?name=", &String::from(name)].concat();
        let options = web_sys::RequestInit::new();
        options.set_method("POST");
        options.set_body(&file.file);
        let asked = window().fetch_with_str_and_init(&address, &options);
        let answer = JsFuture::from(asked).await.map_err(|_| AppError::Offline)?;
        let answer: web_sys::Response = answer.unchecked_into();
        let text = answer.text().map_err(|_| AppError::Offline)?;
        let text = JsFuture::from(text).await.map_err(|_| AppError::Offline)?;
        let text = text.as_string().unwrap_or_default();
        let unreadable = |_| AppError::BadRequest("The server's answer cannot be read.".into());
        match answer.ok() {
            true => read(&text).map_err(unreadable),
            false => Err(read(&text).unwrap_or_else(unreadable)),
        }
    }
}
