//! How a connection to Redis is encrypted: `rediss://`, with the certificate checked against the system's
//! authorities, or against those in a file of one's own. There is no way not to check it.

use std::sync::Arc;

use fred::{
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, pem::PemObject},
    },
    types::config::{Config, TlsConfig, TlsConnector},
};
use reqwest::Url;

use super::fault::RedisFault;

const PLAIN: &str = "redis://";
const ENCRYPTED: &str = "rediss://";

/// The parameter of an address that names a file of authorities, as PostgreSQL calls it.
const ROOTS: &str = "sslrootcert";

/// What an address means. The client would take other schemes, and speak to one node of many.
pub(super) fn config(url: &str) -> Result<Config, RedisFault> {
    let misread = |error: &dyn std::fmt::Display| {
        RedisFault::Settings(format!("the address of Redis cannot be read: {error}"))
    };
    let roots = match (url.strip_prefix(ENCRYPTED), url.starts_with(PLAIN)) {
        (Some(rest), _) => roots(url)?.map(|roots| (roots, format!("{PLAIN}{rest}"))),
        (None, true) => None,
        (None, false) => {
            let problem = "the address of Redis must begin with redis:// or rediss:// (one server)";
            return Err(RedisFault::Settings(problem.into()));
        }
    };
    let Some((roots, url)) = roots else {
        return Config::from_url(url).map_err(|error| misread(&error));
    };
    // As if in plain text first: the client would look for the system's authorities, which nobody needs here.
    let mut config = Config::from_url(&url).map_err(|error| misread(&error))?;
    config.tls = Some(trusting(&roots)?);
    Ok(config)
}

/// The file of authorities that an address names.
fn roots(url: &str) -> Result<Option<String>, RedisFault> {
    let url = Url::parse(url);
    let url = url.map_err(|error| {
        RedisFault::Settings(format!("the address of Redis cannot be read: {error}"))
    })?;
    let mut parameters = url.query_pairs();
    let named = parameters.find(|(name, _)| name == ROOTS);
    Ok(named.map(|(_, file)| file.into_owned()))
}

/// Trusts the authorities in this file and nobody else.
fn trusting(file: &str) -> Result<TlsConfig, RedisFault> {
    let refuse = |problem: String| RedisFault::Settings(format!("{ROOTS} ({file}): {problem}"));
    let found = CertificateDer::pem_file_iter(file).map_err(|error| refuse(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in found {
        let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
        let added = roots.add(certificate);
        added.map_err(|error| refuse(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refuse("there is no certificate in it".into()));
    }
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(error.to_string()))?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(config).into())
}
