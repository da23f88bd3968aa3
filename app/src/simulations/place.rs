//! What the address says: what is looked for, and which run is open.

use leptos_router::params::ParamsMap;
use workbench::simulation::{
    RunStatus,
    registry::{Browse, SortBy},
};

use crate::components::address::address;

const PAGE: &str = "/simulations";

/// The statuses as the menu has them.
pub(super) const STATUSES: [RunStatus; 3] =
    [RunStatus::Completed, RunStatus::Pending, RunStatus::Failed];

/// The orders as the menu and the address have them.
pub(super) const SORTS: [(SortBy, bool, &str, &str); 7] = [
    (SortBy::Changed, false, "", "Last changed"),
    (SortBy::Created, false, "newest", "Newest"),
    (SortBy::Created, true, "oldest", "Oldest"),
    (SortBy::Name, true, "name", "Name"),
    (SortBy::Patients, false, "patients", "Most patients"),
    (SortBy::Size, false, "size", "Largest"),
    (SortBy::Runtime, false, "runtime", "Took longest"),
];

/// What these parameters look for.
pub(super) fn sought(map: &ParamsMap) -> Browse {
    let text = |name| map.get(name).unwrap_or_default();
    let list = |name| {
        let all = map.get_all(name).unwrap_or_default();
        let mut all: Vec<String> = all.into_iter().filter(|one| !one.is_empty()).collect();
        all.dedup();
        all
    };
    let (sort, is_ascending) = sort(&text("sort"));
    Browse {
        text: text("q"),
        tags: list("tag"),
        protocols: list("protocol"),
        models: list("model"),
        status: status(&text("status")),
        sort,
        is_ascending,
    }
}

/// The status of this name.
pub(super) fn status(name: &str) -> Option<RunStatus> {
    STATUSES.into_iter().find(|status| status.word() == name)
}

/// The order of this name.
pub(super) fn sort(name: &str) -> (SortBy, bool) {
    let known = SORTS.into_iter().find(|(_, _, known, _)| *known == name);
    known.map_or_else(Default::default, |(sort, is_ascending, _, _)| {
        (sort, is_ascending)
    })
}

/// The name of the order that is asked for.
pub(super) fn sort_name(sought: &Browse) -> &'static str {
    let is_it =
        |one: &(SortBy, bool, &str, &str)| one.0 == sought.sort && one.1 == sought.is_ascending;
    SORTS
        .into_iter()
        .find(is_it)
        .map_or("", |(_, _, name, _)| name)
}

/// Where this is looked for.
pub(super) fn of(sought: &Browse) -> String {
    let status = sought.status.map(RunStatus::word).unwrap_or_default();
    let mut said = vec![("q", sought.text.as_str()), ("status", status)];
    let lists = [
        ("protocol", &sought.protocols),
        ("model", &sought.models),
        ("tag", &sought.tags),
    ];
    for (name, values) in lists {
        said.extend(values.iter().map(|value| (name, value.as_str())));
    }
    said.push(("sort", sort_name(sought)));
    address(PAGE, &said)
}

/// Where a run is.
pub(super) fn of_run(id: &str) -> String {
    // Ids are letters, digits, underscores and hyphens.
    [PAGE, "/", id].concat()
}

/// Where its package is.
pub(super) fn package(id: &str) -> String {
    [PAGE, "/", id, "/package"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_survives_an_address() {
        let sought = Browse {
            text: "köln 5".into(),
            tags: vec!["a&b".into(), "nhs".into()],
            protocols: vec!["T&E".into()],
            models: vec!["reactive".into()],
            status: Some(RunStatus::Failed),
            sort: SortBy::Name,
            is_ascending: true,
        };
        let address = of(&sought);
        let mut map = ParamsMap::new();
        for pair in address
            .split_once('?')
            .map_or("", |(_, said)| said)
            .split('&')
        {
            let (name, value) = pair.split_once('=').unwrap_or_default();
            let value = percent(value);
            map.insert(name.to_owned(), value);
        }
        assert_eq!(super::sought(&map), sought);
        assert_eq!(of(&Browse::default()), "/simulations");
    }

    fn percent(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            let pair = (byte == b'%').then(|| [rest.next(), rest.next()]);
            match pair {
                Some([Some(a), Some(b)]) => {
                    let digits = [a, b].map(char::from).iter().collect::<String>();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap_or_default());
                }
                _ => bytes.push(byte),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
