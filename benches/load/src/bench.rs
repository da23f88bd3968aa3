//! What every scenario is given: the options, the table, and a server with somebody who may ask it.

use std::{env, path::PathBuf, time::Duration};

use crate::{
    account,
    answer::Wire,
    arguments::Options,
    drive::Load,
    error::{Error, Result},
    fill::fill,
    program::{Home, Server, Settings},
    request::Access,
    table::Table,
};

#[derive(Debug)]
pub struct Bench {
    pub options: Options,
    pub table: Table,
}

/// A server, its folder, and who asks. The server ends before its folder goes.
#[derive(Debug)]
pub struct Ready {
    pub server: Server,
    /// A program with a token that writes.
    pub access: Access,
    _home: Home,
}

impl Bench {
    pub fn new(options: Options) -> Self {
        let table = Table::new(!options.no_bars);
        Self { options, table }
    }

    /// A data folder for servers.
    pub fn home(&self, settings: Settings) -> Result<Home> {
        let site = std::path::absolute(&self.options.site);
        let site = site.map_err(Error::io(self.options.site.display().to_string()))?;
        Home::new(&self.program(), &site, settings)
    }

    /// A server on a new folder.
    pub async fn ready(&self, settings: Settings) -> Result<Ready> {
        let home = self.home(settings)?;
        let token = account::token(&home)?;
        let server = home.serve().await?;
        let access = Access::token(server.address, &token);
        Ok(Ready {
            server,
            access,
            _home: home,
        })
    }

    /// The same with notes in it; how many.
    pub async fn filled(&self, notes: usize) -> Result<(Ready, usize)> {
        let notes = self.options.states.unwrap_or(notes);
        let ready = self.ready(Settings::new()).await?;
        fill(&ready.server, &ready.access, notes).await?;
        Ok((ready, notes))
    }

    /// As many connections for as long as the options say.
    pub fn load(&self, servers: &[&Server]) -> Load {
        Load {
            servers: servers.iter().map(|it| it.address).collect(),
            wire: Wire::Http,
            connections: self.options.connections,
            warm: seconds(self.options.warm),
            lasts: seconds(self.options.seconds),
            pause: None,
        }
    }

    /// The server's program: as it is named, else where Cargo puts it, which is beside this one.
    fn program(&self) -> PathBuf {
        let named = self.options.program.clone();
        named.unwrap_or_else(|| {
            let folder =
                env::var_os("CARGO_TARGET_DIR").map(|it| PathBuf::from(it).join("release"));
            let beside = || Some(env::current_exe().ok()?.parent()?.to_owned());
            let folder = folder.or_else(beside).unwrap_or_default();
            folder.join(format!("holdfast{}", env::consts::EXE_SUFFIX))
        })
    }
}

/// Whatever is typed for seconds.
pub fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
