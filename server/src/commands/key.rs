//! Data keys at the terminal: new ones for what is written from now on, and none any more. Servers may go on.

use std::sync::Arc;

use app::people::Tenant;
use clap::Subcommand;
use holdfast::{
    Scope, SystemClock,
    backend::{Sealed, SealedFault},
};
use serde_json::json;

use super::{Terminal, user::tenant};
use crate::{Error, Settings, application::open::open_keys};

/// What is done to data keys.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Seal what is written from now on with new data keys; what was sealed before stays readable
    Rotate {
        /// Only what an organisation has in common; without it, everybody's
        #[arg(long, value_parser = tenant)]
        tenant: Option<Tenant>,
    },
    /// Forget the data keys of an organisation: what it has in common and was sealed can never be read again
    Forget {
        /// Its name
        #[arg(value_parser = tenant)]
        tenant: Tenant,
        /// Yes: there is no way back
        #[arg(long)]
        for_good: bool,
    },
}

pub(super) async fn run(settings: &Settings, deed: Deed, terminal: Terminal) -> Result<(), Error> {
    let keys = open_keys(settings, Arc::new(SystemClock)).await?;
    match deed {
        Deed::Rotate { tenant } => rotate(&keys, tenant.as_ref(), terminal).await?,
        Deed::Forget { tenant, for_good } => forget(&keys, &tenant, for_good, terminal).await?,
    }
    let seconds = Sealed::LAG.as_secs();
    terminal.mention(&format!("servers follow within {seconds} seconds"));
    Ok(())
}

async fn rotate(keys: &Sealed, tenant: Option<&Tenant>, terminal: Terminal) -> Result<(), Error> {
    let owners = match tenant {
        Some(tenant) => owners_of(keys, tenant).await?,
        None => keys.owners().await.map_err(fault)?,
    };
    for owner in &owners {
        let key = keys.rotate_key(owner).await.map_err(fault)?;
        let words = || format!("{owner}: sealed with {key} from now on");
        terminal.tell(words, || json!({ "owner": owner.to_string(), "key": key }));
    }
    match owners.is_empty() {
        true => Err(Error::NotThere("nothing was sealed yet".into())),
        false => Ok(()),
    }
}

async fn forget(
    keys: &Sealed,
    tenant: &Tenant,
    is_meant: bool,
    terminal: Terminal,
) -> Result<(), Error> {
    if tenant.is_first() {
        let problem = format!("the key of {tenant} is that of all people, and cannot be forgotten");
        return Err(Error::Refused(problem));
    }
    let owners = owners_of(keys, tenant).await?;
    if !is_meant {
        let problem = format!(
            "what {tenant} has in common and was sealed could never be read again, here, in its history and in later \
             backups; if that is meant, say --for-good"
        );
        return Err(Error::Refused(problem));
    }
    let mut forgotten = 0;
    for id in owners.iter().filter_map(Scope::tenant) {
        forgotten += keys.forget(id).await.map_err(fault)?;
    }
    terminal.tell(
        || format!("{forgotten} data keys of {tenant} are forgotten"),
        || json!({ "tenant": tenant, "forgotten": forgotten }),
    );
    terminal.mention("older backups hold them yet: change the master key, and destroy the old one");
    Ok(())
}

/// The owners of a tenant's data keys: what it has in common, and who shares what with whom.
async fn owners_of(keys: &Sealed, tenant: &Tenant) -> Result<Vec<Scope>, Error> {
    let mut owners = keys.owners().await.map_err(fault)?;
    owners.retain(|owner| *owner == tenant.common() || *owner == tenant.sharing());
    match owners.is_empty() {
        true => Err(Error::NotThere(format!("{tenant} has no data key"))),
        false => Ok(owners),
    }
}

fn fault(fault: SealedFault) -> Error {
    Error::States(fault.into())
}
