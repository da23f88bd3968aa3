#![expect(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests; the jail's own signature"
)]

use std::path::Path;

use figment::Jail;

use super::*;

/// What is told of one setting: its value, and where it came from.
fn about(told: &ServerTold, name: &str) -> (String, Option<String>) {
    let found = told.settings.iter().find(|setting| setting.name == name);
    let found = found.unwrap().clone();
    (found.value, found.source)
}

fn only(value: &str, source: &str) -> (String, Option<String>) {
    (value.to_owned(), Some(source.to_owned()))
}

#[test]
fn every_setting_is_told_with_its_value_and_where_it_came_from() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file(
            "holdfast.toml",
            "data_dir = \"here\"\n[state]\ndepth = 5\nttl_default = 1\nscope_states = 9\n[stores]\n\"query.filters\" = \"browser\"\n",
        )?;
        jail.set_env("STATE_TTL_DEFAULT", "2");
        jail.set_env("HOLDFAST_STATE__SCOPE_STATES", "3");
        let settings = Settings::load(Path::new("holdfast.toml")).unwrap();
        let told = settings.told("SQLite");
        assert_eq!(about(&told, "state.depth"), only("5", "file"));
        assert_eq!(
            about(&told, "state.ttl_default"),
            only("2", "environment: STATE_TTL_DEFAULT")
        );
        assert_eq!(
            about(&told, "state.scope_states"),
            only("3", "environment: HOLDFAST_STATE__SCOPE_STATES")
        );
        assert_eq!(
            about(&told, "stores"),
            only("query.filters = browser", "file")
        );
        assert_eq!(about(&told, "data.files"), ("50".to_owned(), None));
        assert_eq!(about(&told, "server.public_url"), (String::new(), None));
        let names = told.settings.iter().map(|setting| setting.name.clone());
        assert!(names.eq(keys()));
        assert!(told.data_dir.ends_with("/here"), "{}", told.data_dir);
        assert!(told.file.unwrap().ends_with("/holdfast.toml"));
        assert_eq!(told.states_in, "SQLite");
        Ok(())
    });
}

#[test]
fn without_a_file_none_is_named_and_everything_is_a_default() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        let told = Settings::load(Path::new("none.toml"))
            .unwrap()
            .told("SQLite");
        assert_eq!(told.file, None);
        assert!(told.settings.iter().all(|setting| setting.source.is_none()));
        Ok(())
    });
}

#[test]
fn no_secret_is_told_wherever_it_stands() {
    let mut settings = Settings::default();
    settings.state.database_url = "postgres://ada:hush@db.lab.org/h?password=hush".into();
    settings.server.public_url = "https://ada:hush@data.lab.org".into();
    settings.state.redis_url = "redis://:hush@cache.lab.org:6379/0".into();
    settings.storage.url = "s3://id:hush@bucket/prefix".into();
    settings.storage.endpoint = "https://id:hush@minio.lab.org".into();
    settings.storage.credentials_file = "/etc/hush".into();
    settings.log.otlp_endpoint = "https://traces.lab.org/?token=hush".into();
    settings.protection.master_key_file = "/etc/hush".into();
    settings.protection.former_master_key_files = vec!["/etc/hush".into()];
    let told = settings.told("PostgreSQL");
    assert!(!serde_json::to_string(&told).unwrap().contains("hush"));
    let value = |name| about(&told, name).0;
    assert_eq!(value("state.database_url"), "postgres://…@db.lab.org/h?…");
    assert_eq!(value("state.redis_url"), "redis://…@cache.lab.org:6379/0");
    assert_eq!(told.address, "https://…@data.lab.org");
    for name in ONLY_SET {
        assert_eq!(value(name), "set", "{name}");
        let told = Settings::default().told("SQLite");
        assert_eq!(about(&told, name).0, "", "{name}");
    }
}

#[test]
fn a_password_with_any_letter_stays_hidden_and_what_is_no_address_stays_as_it_is() {
    for address in [
        "postgres://ada:hu?sh@db/h",
        "postgres://ada:sh@hu@db/h",
        "postgres:ada:hush@db/h",
        "postgres://db/h?password=hu@sh",
        "postgres://db/h#sh@hu",
        "redis://:sh/hu@db/0",
    ] {
        let told = without_secrets(address);
        assert!(!told.contains("hu") && !told.contains("sh"), "{told}");
        assert!(told.contains(':'), "{told}");
    }
    for plain in [
        "127.0.0.1:3000",
        "[::1]:3000",
        "info,tower_http::trace=debug",
        "sqlite://holdfast.db",
        "s3://bucket/prefix",
        "data",
    ] {
        assert_eq!(without_secrets(plain), plain);
    }
}
