//! What the address says: everything that is asked, so that it can be kept and sent.

use leptos_router::params::ParamsMap;
use workbench::compare::{Centre, Measure, Mode, Population, Request, Time};

use crate::components::address::{address, encoded};

const PAGE: &str = "/compare";

/// The modes as the address and the page have them.
pub(super) const MODES: &[(Mode, &str, &str)] = &[
    (Mode::Overlay, "overlay", "Overlay"),
    (Mode::SideBySide, "side_by_side", "Side by side"),
    (Mode::Difference, "difference", "Difference"),
    (Mode::Statistical, "statistical", "Statistical"),
];
/// What time means.
pub(super) const TIMES: &[(Time, &str, &str)] = &[
    (Time::Absolute, "absolute", "Calendar"),
    (Time::Relative, "relative", "Since enrolment"),
    (Time::Normalised, "normalised", "Share of run"),
];
/// What is followed.
pub(super) const MEASURES: &[(Measure, &str, &str)] = &[
    (Measure::Vision, "vision", "Vision"),
    (Measure::Injections, "injections", "Injections so far"),
    (Measure::StillTreated, "still_treated", "Still treated"),
];
/// Who is counted.
pub(super) const POPULATIONS: &[(Population, &str, &str)] = &[
    (Population::All, "all", "Everyone, last value carried"),
    (Population::StillTreated, "still_treated", "Still treated"),
];
/// Which middle is drawn.
pub(super) const CENTRES: &[(Centre, &str, &str)] = &[
    (Centre::Mean, "mean", "Mean"),
    (Centre::Median, "median", "Median"),
];

/// The one of this name; the default of none.
pub(super) fn named<T: Copy + Default>(known: &[(T, &'static str, &'static str)], name: &str) -> T {
    let found = known.iter().find(|(_, known, _)| *known == name);
    found.map(|(value, _, _)| *value).unwrap_or_default()
}

/// Its name in the address; nothing for the default, so that addresses stay short.
fn word<T: Copy + Default + PartialEq>(
    known: &[(T, &'static str, &'static str)],
    value: T,
) -> &'static str {
    if value == T::default() {
        return "";
    }
    let found = known.iter().find(|(known, _, _)| *known == value);
    found.map_or("", |(_, name, _)| *name)
}

/// What these parameters ask; `None` where they name no runs.
pub(super) fn asked(map: &ParamsMap) -> Option<Request> {
    let text = |name| map.get(name).unwrap_or_default();
    let runs = map.get("runs")?;
    let mut ids = Vec::<String>::new();
    for id in runs.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        if ids.iter().all(|known| known != id) {
            ids.push(id.to_owned());
        }
    }
    Some(Request {
        ids,
        mode: named(MODES, &text("mode")),
        time: named(TIMES, &text("time")),
        measures: vec![named(MEASURES, &text("measure"))],
        population: named(POPULATIONS, &text("population")),
        reference: map.get("reference").filter(|id| !id.is_empty()),
        until_month: text("until").parse().ok(),
        centre: named(CENTRES, &text("centre")),
    })
}

/// What is followed over time.
pub(super) fn measure(request: &Request) -> Measure {
    request.measures.first().copied().unwrap_or_default()
}

/// The question as a part of an address, behind `runs`.
fn parameters(page: &str, request: &Request, more: &[(&str, &str)]) -> String {
    let ids: Vec<String> = request.ids.iter().map(|id| encoded(id)).collect();
    let page = [page, "?runs=", &ids.join(",")].concat();
    let until = request.until_month.map(|month| month.to_string());
    let said = [
        ("mode", word(MODES, request.mode)),
        ("time", word(TIMES, request.time)),
        ("measure", word(MEASURES, measure(request))),
        ("population", word(POPULATIONS, request.population)),
        (
            "reference",
            request.reference.as_deref().unwrap_or_default(),
        ),
        ("until", until.as_deref().unwrap_or_default()),
        ("centre", word(CENTRES, request.centre)),
    ];
    address(&page, &[&said[..], more].concat())
}

/// Where this is compared.
pub(super) fn of(request: &Request) -> String {
    parameters(PAGE, request, &[])
}

/// Where it is as a file.
pub(super) fn of_file(request: &Request, sheet: &str) -> String {
    parameters(
        "/api/v1/compare",
        request,
        &[("format", "csv"), ("sheet", sheet)],
    )
}

/// Where these runs are compared.
pub(crate) fn of_runs(ids: &[String]) -> String {
    of(&Request {
        ids: ids.to_vec(),
        ..Request::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(query: &str) -> ParamsMap {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.replace("%20", " ")))
            .collect()
    }

    #[test]
    fn an_address_says_everything_that_is_asked() {
        let request = Request {
            ids: vec!["sim_a".into(), "odd id".into()],
            mode: Mode::Difference,
            time: Time::Normalised,
            measures: vec![Measure::Injections],
            population: Population::StillTreated,
            reference: Some("sim_a".into()),
            until_month: Some(24),
            centre: Centre::Median,
        };
        let address = of(&request);
        let query = address.strip_prefix("/compare?").unwrap_or_default();
        assert!(query.starts_with("runs=sim_a,odd%20id&mode=difference"));
        assert_eq!(asked(&map(query)), Some(request));
    }

    #[test]
    fn what_is_not_said_is_the_default_and_a_run_counts_once() {
        let found = asked(&map("runs=a,b,a&mode=unknown")).unwrap_or_default();
        assert_eq!(found.ids, ["a", "b"]);
        assert_eq!(found.mode, Mode::Overlay);
        assert_eq!(of(&found), "/compare?runs=a,b");
        assert_eq!(asked(&map("mode=overlay")), None);
    }
}
