//! Who is logged in, as the frame shows it: initials, or the way to log in.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppError, boot::use_boot, components::icon::Icon, json::Json, people::Role};

/// The person in front of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Their account's id.
    pub key: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

#[cfg(feature = "ssr")]
impl Me {
    /// Who a visitor is logged in as.
    pub fn of(visitor: &crate::Visitor) -> Option<Self> {
        let account = visitor.account.as_deref()?;
        Some(Self {
            key: account.id.clone(),
            name: account.name.clone(),
            role: account.role,
        })
    }
}

/// The person on this page; live. Copies share one value.
#[derive(Clone, Copy)]
pub(crate) struct MeContext(pub(crate) RwSignal<Option<Me>>);

impl MeContext {
    /// Asks the server who it is now. Where it is somebody else, the whole page goes: what it shows is not theirs.
    #[cfg(feature = "hydrate")]
    pub(crate) fn look(self) {
        leptos::task::spawn_local(async move {
            let Ok(me) = get_me().await else {
                return;
            };
            let key = |me: &Option<Me>| me.as_ref().map(|me| me.key.clone());
            let before = self.0.with_untracked(key);
            if key(&me) != before {
                // Who logs in or out here is on the way to another page already; to go elsewhere would hold them back.
                gloo_timers::future::sleep(std::time::Duration::from_secs(1)).await;
                crate::stores::leave_unasked();
                let location = window().location();
                drop(match me {
                    Some(_) => location.reload(),
                    None => location.assign("/account?done=ended"),
                });
            } else if self.0.with_untracked(|known| *known != me) {
                self.0.set(me);
            }
        });
    }
}

/// Provides it, as it was when the page was rendered.
pub(crate) fn provide_me() -> MeContext {
    let me = MeContext(RwSignal::new(use_boot().with_value(|boot| boot.me.clone())));
    provide_context(me);
    me
}

/// The person on this page.
pub(crate) fn use_me() -> MeContext {
    use_context::<MeContext>().unwrap_or_else(provide_me)
}

/// Who is logged in.
#[server(prefix = "/api", endpoint = "get_me", input = Json, output = Json)]
pub(crate) async fn get_me() -> Result<Option<Me>, AppError> {
    crate::error::answer(async { Ok(Me::of(&crate::context::caller()?.visitor)) }).await
}

/// The first letters of the first and the last name.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    let letters = first.into_iter().chain(last);
    letters.flat_map(char::to_uppercase).collect()
}

/// The colour of a person, the same everywhere; white letters stand 4.5:1 on each.
pub(super) fn colour(key: &str) -> &'static str {
    const COLOURS: [&str; 4] = ["#0b6bb0", "#a5488f", "#0e7560", "#a5530e"];
    let sum = key
        .bytes()
        .fold(0_usize, |sum, byte| sum + usize::from(byte));
    COLOURS[sum % COLOURS.len()]
}

/// The corner of the header.
#[component]
pub(crate) fn Who() -> impl IntoView {
    let me = use_me().0;
    move || match me.get() {
        Some(me) => {
            let style = format!("background:{}", colour(&me.key));
            let label = format!("Account of {}", me.name);
            view! {
                <a class="grid place-items-center size-8 max-md:size-10 ml-1" href="/account" aria-label=label title=me.name.clone()>
                    <span class="hf-av" style=style aria-hidden="true">{initials(&me.name)}</span>
                </a>
            }
            .into_any()
        }
        None => view! {
            <a class="btn btn-sm btn-ghost max-md:btn-square ml-1" href="/account">
                <span class="md:hidden"><Icon name="user"/></span>
                <span class="sr-only md:not-sr-only">"Log in"</span>
            </a>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::{colour, initials};

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        assert_eq!(initials("Aiko Kondo"), "AK");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials("Émile du Bois"), "ÉB");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn a_person_keeps_their_colour() {
        assert_eq!(colour("abc"), colour("abc"));
        assert!(colour("").starts_with('#'));
    }
}
