//! The built site: names of its files for the pages, and its packages, which never change.

use std::{
    collections::{BTreeMap, HashSet},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::Assets;
use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::Response,
};
use leptos::config::LeptosOptions;
use tower_http::services::ServeDir;

use crate::Error;

/// File names carry a hash of the content: what was fetched once is never asked for again.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const OUTPUT_NAME: &str = "holdfast";
const PACKAGES: &str = "pkg";
const STYLESHEET: &str = "holdfast.css";
/// The font of nearly all text: worth fetching before the stylesheet asks for it.
const TEXT_FONT: &str = "inter";
/// Where JavaScript bundles are; pages load them by their role.
const BUNDLES: &str = "/pkg/js/";

/// A built site.
pub(crate) struct Site {
    pub(crate) leptos: LeptosOptions,
    pub(crate) assets: Arc<Assets>,
    /// Paths of the files beside the packages: icons and the like.
    pub(crate) files: HashSet<String>,
}

impl Site {
    /// Reads the names that the site's build wrote. Without a built site the server still runs:
    /// pages come as plain HTML, and the log says how to build it.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let folder = std::path::absolute(folder).map_err(Error::io(folder))?;
        let assets = read_assets(&folder.join("manifest.json"))?;
        let hashes = folder.join("hash.txt");
        let is_hashed = hashes.is_file();
        if !is_hashed {
            tracing::warn!(folder = %folder.display(), "there is no built site here: run `make build`, or set `site_dir`");
        }
        let leptos = LeptosOptions::builder()
            .output_name(OUTPUT_NAME)
            .site_root(folder.to_string_lossy())
            .site_pkg_dir(PACKAGES)
            .hash_files(is_hashed)
            // Leptos looks beside the program; an absolute path is taken as it is.
            .hash_file(hashes.to_string_lossy().into())
            .build();
        Ok(Self {
            leptos,
            assets: Arc::new(assets),
            files: files(&folder),
        })
    }
}

/// The files right in the folder; none where there is no folder.
fn files(folder: &Path) -> HashSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| Some(format!("/{}", entry.file_name().to_str()?)))
        .collect()
}

/// Role -> address of every file with a hash in its name, as the site's build wrote it.
type Manifest = BTreeMap<String, String>;

fn read_assets(path: &PathBuf) -> Result<Assets, Error> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(assets)
            .map_err(|error| Error::Io {
                path: path.clone(),
                source: error.into(),
            }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Assets::default()),
        Err(error) => Err(Error::io(path)(error)),
    }
}

fn assets(manifest: Manifest) -> Assets {
    let address = |role: &str| manifest.get(role).cloned();
    Assets {
        stylesheet: address(STYLESHEET).unwrap_or_default(),
        preload_fonts: address(TEXT_FONT).into_iter().collect(),
        bundles: manifest
            .into_iter()
            .filter(|(_, address)| address.starts_with(BUNDLES))
            .collect(),
    }
}

/// `/pkg`: WASM, scripts, styles, fonts, as the build compressed them.
pub(crate) fn packages(leptos: &LeptosOptions) -> Router {
    let folder = Path::new(&*leptos.site_root).join(PACKAGES);
    let files = ServeDir::new(folder)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    Router::new()
        .nest_service(&format!("/{PACKAGES}"), files)
        .layer(map_response(keep_for_ever))
}

async fn keep_for_ever(mut response: Response) -> Response {
    let status = response.status();
    if status.is_success() || status == axum::http::StatusCode::NOT_MODIFIED {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, FOR_EVER);
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_site_that_was_built_gives_pages_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = r#"{"chart": "/pkg/js/chart.2d.js", "holdfast.css": "/pkg/holdfast.1e.css",
            "holdfast.js": "/pkg/holdfast.0f.js", "inter": "/pkg/fonts/inter.3a.woff2"}"#;
        std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
        std::fs::write(folder.path().join("hash.txt"), "js: 0f\n").unwrap();
        let site = Site::open(folder.path()).unwrap();
        assert_eq!(site.assets.stylesheet, "/pkg/holdfast.1e.css");
        assert_eq!(site.assets.preload_fonts, ["/pkg/fonts/inter.3a.woff2"]);
        assert_eq!(
            site.assets.bundles,
            BTreeMap::from([("chart".to_owned(), "/pkg/js/chart.2d.js".to_owned())])
        );
        let files = ["/hash.txt", "/manifest.json"].map(str::to_owned);
        assert_eq!(site.files, HashSet::from(files));
        assert!(site.leptos.hash_files && Path::new(&*site.leptos.hash_file).is_absolute());
    }

    #[test]
    fn without_a_built_site_pages_come_without_hashed_names() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::open(&folder.path().join("none")).unwrap();
        assert_eq!(*site.assets, Assets::default());
        assert!(!site.leptos.hash_files);
    }

    #[test]
    fn a_broken_manifest_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manifest.json"), "{").unwrap();
        let problem = Site::open(folder.path()).err().unwrap().to_string();
        assert!(problem.contains("manifest.json"), "{problem}");
    }
}
