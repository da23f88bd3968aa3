//! People as a page shows them: initials in a colour of their own, the name for those who do not see it.

use leptos::prelude::*;
use workbench::Person;

/// White letters stand 4.5 to 1 on each of them.
const COLOURS: [&str; 6] = [
    "#0b6bb0", "#a5488f", "#0f6e58", "#a3440b", "#6b4d00", "#4a545e",
];
/// Faces in a row before the rest is counted.
const SHOWN: usize = 3;

/// The colour of a person: the same everywhere.
pub(super) fn colour(person: &Person) -> &'static str {
    let sum = person.key.bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    COLOURS[sum % COLOURS.len()]
}

/// `Marta Ruiz` as `MR`, `Guest 7f3a` as `G7`.
fn initials(name: &str) -> String {
    let letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

/// One person.
#[component]
pub(super) fn Avatar(person: Person) -> impl IntoView {
    let style = format!("background:{}", colour(&person));
    view! { <span class="hf-av shrink-0" style=style title=person.name.clone() role="img" aria-label=person.name.clone()>{initials(&person.name)}</span> }
        .into_any()
}

/// Several, each once.
#[component]
pub(super) fn Avatars(people: Vec<Person>) -> impl IntoView {
    let mut each: Vec<Person> = Vec::new();
    for person in people {
        if !each.contains(&person) {
            each.push(person);
        }
    }
    let more = each.len().saturating_sub(SHOWN);
    let names: Vec<String> = each.iter().skip(SHOWN).map(|it| it.name.clone()).collect();
    let faces = each
        .into_iter()
        .take(SHOWN)
        .map(|person| view! { <Avatar person/> });
    view! {
        <span class="flex -space-x-0.5">
            {faces.collect_view()}
            {(more > 0).then(|| view! { <span class="text-2xs text-muted pl-1.5" title=names.join(", ")>{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_name_has_two_letters_at_most() {
        assert_eq!(
            ["Marta Ruiz", "Guest 7f3a", "ada", "Jan van der Berg", ""].map(initials),
            ["MR", "G7", "A", "JV", ""]
        );
    }
}
