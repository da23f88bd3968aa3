//! Which paths the server answers at, asked of its router: a route that is added is found without being named.

use super::TestApp;

impl TestApp {
    /// Every path but those of the built packages, parameters as they are declared: `/api/v1/configurations/{name}`.
    pub fn routes(&self) -> Vec<String> {
        // The router tells its paths nowhere else. `paths: {RouteId(0): "/session", ...}`
        let told = format!("{:?}", self.router);
        let (_, paths) = told.split_once("paths: {").unwrap();
        let mut paths: Vec<String> = paths
            .split('"')
            .filter(|text| text.starts_with('/') && !text.starts_with("/pkg"))
            .map(str::to_owned)
            .collect();
        paths.sort();
        paths.dedup();
        for known in ["/session", "/events", "/health", "/api/read_store"] {
            assert!(
                paths.iter().any(|path| path == known),
                "{known} is not in {told}"
            );
        }
        paths
    }
}

/// A path with something in the place of each parameter.
pub fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        "{name}" => "aflibercept_te.yaml",
        parameter if parameter.starts_with('{') => "x",
        plain => plain,
    });
    segments.collect::<Vec<_>>().join("/")
}
