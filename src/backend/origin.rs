//! Where a change came from, in the one column `client` that the SQL backends have for it: the actor's client, then on a
//! line of its own the address. Neither has a line break in it: clients are checked as names are, addresses have a type.

use std::borrow::Cow;

use crate::Actor;

/// The column's text.
pub(super) fn of(actor: &Actor) -> Option<Cow<'_, str>> {
    let client = actor.client.as_deref();
    match actor.address {
        None => client.map(Cow::Borrowed),
        Some(address) => Some(format!("{}\n{address}", client.unwrap_or_default()).into()),
    }
}

/// The actor of this name, with what the column says.
pub(super) fn actor(name: String, column: Option<String>) -> Actor {
    let split = column.as_deref().and_then(|text| text.split_once('\n'));
    let Some((client, address)) = split else {
        return Actor {
            name,
            client: column,
            address: None,
        };
    };
    Actor {
        name,
        client: (!client.is_empty()).then(|| client.to_owned()),
        address: address.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{actor, of};
    use crate::Actor;

    #[test]
    fn what_is_written_is_read() {
        let here = "2001:db8::7".parse().ok();
        assert!(here.is_some());
        for client in [None, Some("tab 1".to_owned())] {
            for address in [None, here] {
                let ada = Actor {
                    client: client.clone(),
                    address,
                    ..Actor::new("user:ada")
                };
                let column = of(&ada).map(|text| text.into_owned());
                assert_eq!(actor("user:ada".into(), column), ada);
            }
        }
    }
}
