#![expect(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests; the jail's own signature"
)]

use std::{net::SocketAddr, path::Path};

use app::Tier;
use figment::Jail;

use super::*;
use crate::settings::Backend;

#[test]
fn without_a_file_and_environment_the_defaults_are_in_force() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        assert_eq!(
            Settings::load(Path::new("none.toml")).unwrap(),
            Settings::default()
        );
        Ok(())
    });
}

#[test]
fn the_environment_wins_over_flat_names_and_these_over_the_file() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file(
            "holdfast.toml",
            "data_dir = \"here\"\n[state]\nbackend = \"memory\"\nttl_default = 1\ndepth = 5\n",
        )?;
        jail.set_env("STATE_TTL_DEFAULT", "2");
        jail.set_env("STATE_BACKEND", "client");
        jail.set_env("HOLDFAST_STATE__BACKEND", "database");
        jail.set_env("HOLDFAST_SERVER__ADDR", "0.0.0.0:81");
        jail.set_env("HOLDFAST_DATA_DIR", "there");
        let settings = Settings::load(Path::new("holdfast.toml")).unwrap();
        assert_eq!(settings.state.backend, Backend::Database);
        assert_eq!(settings.state.ttl_default, 2);
        assert_eq!(settings.state.depth, 5);
        assert_eq!(settings.server.addr, SocketAddr::from(([0, 0, 0, 0], 81)));
        assert_eq!(settings.data_dir, Path::new("there"));
        Ok(())
    });
}

#[test]
fn an_unknown_key_is_refused_with_the_known_ones() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        let problem = Settings::from_sources("[session]\nidel_days = 3\n")
            .unwrap_err()
            .to_string();
        assert!(
            problem.contains("idel_days") && problem.contains("idle_days"),
            "{problem}"
        );
        jail.set_env("HOLDFAST_STATE__TTL", "3");
        let problem = Settings::from_sources("").unwrap_err().to_string();
        assert!(problem.contains("ttl_default"), "{problem}");
        Ok(())
    });
}

#[test]
fn a_variable_of_another_program_is_left_alone() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.set_env("HOLDFAST_BROWSER", "chromium");
        assert!(Settings::from_sources("").is_ok());
        Ok(())
    });
}

#[test]
fn a_store_moves_to_another_tier_only_under_a_declared_key() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        let settings =
            Settings::from_sources("[stores]\n\"query.filters\" = \"browser\"\n").unwrap();
        assert_eq!(settings.stores["query.filters"], Tier::Browser);
        let problem = Settings::from_sources("[stores]\n\"query.filter\" = \"browser\"\n")
            .unwrap_err()
            .to_string();
        assert!(problem.contains("query.filters"), "{problem}");
        Ok(())
    });
}

#[test]
fn values_that_make_no_sense_are_refused() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        for text in [
            "[session]\nidle_days = 0",
            "[session]\nidle_days = 40\nabsolute_days = 30",
            "[server]\npublic_url = \"data.lab.org\"",
            "[data]\nfile_bytes = 0",
            "[state]\nbackend = \"sqlite\"",
            "[query]\nengine = \"spark://host:50050\"",
            "[query]\nengine = \"ballista://host\"",
            "[query]\nballista_seconds = 0",
        ] {
            assert!(Settings::from_sources(text).is_err(), "{text}");
        }
        Ok(())
    });
}

#[test]
fn a_relative_database_lies_in_the_data_folder_and_an_absolute_one_where_it_says() {
    let path = |url: &str| {
        let mut settings = Settings::default();
        settings.state.database_url = url.into();
        match settings.address(&settings.state.database_url) {
            Ok(Address::Sqlite(path)) => path,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(path("sqlite://holdfast.db"), Path::new("data/holdfast.db"));
    assert_eq!(path("sqlite:holdfast.db"), Path::new("data/holdfast.db"));
    assert_eq!(path("sqlite:///var/lib/h.db"), Path::new("/var/lib/h.db"));
}

#[test]
fn an_address_is_told_by_its_scheme_and_an_unknown_one_is_named_without_its_password() {
    let settings = Settings::default();
    for url in ["postgres://localhost/h", "postgresql://localhost/h"] {
        let found = settings.address(url).unwrap();
        assert_eq!(found, Address::Postgres(url.to_owned()));
    }
    let redis = "redis://localhost/0";
    let found = settings.address(redis).unwrap();
    assert_eq!(found, Address::Redis(redis.to_owned()));
    let refused = settings
        .address("mysql://me:secret@localhost/h")
        .unwrap_err();
    let refused = refused.to_string();
    assert!(
        refused.contains("`mysql:`") && !refused.contains("secret"),
        "{refused}"
    );
}

const SAMPLE: &str = r#"
[kinds.sample]
first = "received"
update = ["received"]
ttl = 60
schema = "schemas/sample.json"
sensitive = ["/donor"]
steps = [{ transition = "store", from = ["received"], to = "stored" }]
"#;

#[test]
fn a_kind_of_ones_own_is_checked_before_anything_starts() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        let with_key = |kinds: &str| {
            let text = format!("[protection]\nmaster_key_file = \"key\"\n{kinds}");
            Settings::from_sources(&text)
        };
        assert_eq!(with_key(SAMPLE).unwrap().kinds["sample"].ttl, Some(60));
        for (text, said) in [
            ("[kinds.sample]\nttl = 60", "kinds.sample: `first`"),
            ("[kinds.user]\nupdate = [\"active\"]", "needs `first`"),
            ("[kinds.user]\nschema_file = \"x\"", "schema_file"),
            (
                "[kinds.store]\nkeep_versions = 0",
                "kinds.store.keep_versions",
            ),
            ("[kinds.compaction]\nkeep_days = 1", "kinds.compaction"),
            (
                "[kinds.a]\nfirst = \"x\"\nsteps = [{ transition = \"t\", to = \"x\" }]",
                "from",
            ),
        ] {
            let refused = with_key(text).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        assert!(
            with_key("[kinds.user]\nttl = 60").is_ok(),
            "the engine's own lifecycle stays"
        );
        assert!(with_key(SAMPLE).unwrap().compaction().unwrap().is_empty());
        let thinned = with_key("[kinds.store]\nkeep_versions = 20\nkeep_days = 30").unwrap();
        assert!(!thinned.compaction().unwrap().is_empty());
        let refused = Settings::from_sources(SAMPLE).unwrap_err().to_string();
        assert!(refused.contains("protection.master_key_file"), "{refused}");
        Ok(())
    });
}

#[test]
fn files_that_settings_name_are_beside_the_settings_file() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_dir("etc")?;
        let text = format!("[protection]\nmaster_key_file = \"key\"\n{SAMPLE}");
        jail.create_file("etc/holdfast.toml", &text)?;
        let settings = Settings::load(Path::new("etc/holdfast.toml")).unwrap();
        assert_eq!(settings.protection.master_key_file, "etc/key");
        let schema = settings.kinds["sample"].schema.clone();
        assert_eq!(schema.unwrap(), Path::new("etc/schemas/sample.json"));
        Ok(())
    });
}

#[test]
fn the_example_file_says_the_defaults() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        let example = include_str!("../../../holdfast.toml.example");
        let uncommented: String = example
            .lines()
            .filter(|line| !line.starts_with("# "))
            .map(|line| line.strip_prefix('#').unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(
            Settings::from_sources(&uncommented).unwrap(),
            Settings::default()
        );
        Ok(())
    });
}
