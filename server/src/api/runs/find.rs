//! `GET /api/v1/runs`: one's own runs, searched as on the page, from one on.

use app::AppError;
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use workbench::simulation::registry::{Browse, Browsed, Facet, SortBy};

use super::{
    Asker, Shared, by, invalid,
    refused::Refused,
    types::{Row, Status},
};
use crate::api::{asked::Asked, openapi::Refusals};

/// Runs of one answer, unless another number is asked for.
const PAGE: u32 = 50;
/// The most of them.
const MOST: u32 = workbench::simulation::runs::MAX_PAGE;

/// In which order: by what, and `-` before it for the greatest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = RunSort)]
pub(super) enum Sort {
    #[serde(rename = "changed")]
    Changed,
    #[default]
    #[serde(rename = "-changed")]
    LastChanged,
    #[serde(rename = "created")]
    Oldest,
    #[serde(rename = "-created")]
    Newest,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameBackwards,
    #[serde(rename = "patients")]
    FewestPatients,
    #[serde(rename = "-patients")]
    MostPatients,
    #[serde(rename = "size")]
    Smallest,
    #[serde(rename = "-size")]
    Largest,
    #[serde(rename = "runtime")]
    Shortest,
    #[serde(rename = "-runtime")]
    Longest,
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Words, or parts of words, that must all be there: in names, protocols, tags, notes or any other field.
    q: String,
    /// Where it must stand.
    #[param(inline)]
    status: Option<Status>,
    /// Only those that are pinned, or only those that are not.
    is_pinned: Option<bool>,
    /// In which order. What has no size or runtime yet comes last.
    #[param(inline)]
    sort: Sort,
    /// Runs of one answer; 50 unless another number is asked for.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// How many runs are passed over: `next` of the page before. A run that comes or goes meanwhile moves those behind it.
    #[param(maximum = 4_294_967_295_u64)]
    offset: u32,
    /// Whether it is counted which protocols, models, statuses and tags those found have.
    facets: bool,
}

/// What may be asked for several times.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Lists {
    /// A tag that it must have, exactly; of several all.
    #[param(required = false)]
    tag: Vec<String>,
    /// The name of a protocol; of several any.
    #[param(required = false)]
    protocol: Vec<String>,
    /// A scheduling rule, `treat_and_extend` or `reactive`, or `imported`; of several any.
    #[param(required = false)]
    model: Vec<String>,
}

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunsFound)]
pub(super) struct Found {
    /// The runs.
    runs: Vec<Row>,
    /// How many were found.
    total: u64,
    /// How many there are.
    all: u64,
    /// `offset` of the next page; none on the last.
    next: Option<u64>,
    /// What those found have, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Facets>,
}

/// What runs have, the most frequent first, 50 at most of each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunFacets)]
pub(super) struct Facets {
    /// Names of protocols.
    protocols: Vec<Count>,
    /// Scheduling rules.
    models: Vec<Count>,
    /// Where they stand.
    statuses: Vec<Count>,
    /// Tags.
    tags: Vec<Count>,
}

/// A value, and how many of those found have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunFacet)]
pub(super) struct Count {
    value: String,
    count: u64,
}

/// Runs that fit, with how many there are
#[utoipa::path(
    get, path = "/api/v1/runs", operation_id = "findRuns", tag = "runs",
    params(Wanted, Lists),
    responses((status = 200, description = "The runs.", body = Found), Refusals),
)]
pub(super) async fn find(
    State(shared): State<Shared>,
    asker: Asker,
    Asked(wanted): Asked<Wanted>,
    Asked(pairs): Asked<Vec<(String, String)>>,
) -> Result<Json<Found>, Refused> {
    let by = by(&asker)?;
    let limit = wanted.limit()?;
    let (offset, has_facets, is_pinned) = (wanted.offset, wanted.facets, wanted.is_pinned);
    let asked = wanted.browse(Lists::of(pairs));
    let runs = &shared.app.runs;
    let found = runs
        .browse_pinned(&by, &asked, is_pinned, offset, limit)
        .await?;
    let end = u64::from(offset) + found.rows.len() as u64;
    Ok(Json(Found {
        next: Some(end).filter(|end| !found.rows.is_empty() && *end < found.total),
        total: found.total,
        all: found.all,
        facets: has_facets.then(|| Facets::of(&found)),
        runs: found.rows.into_iter().map(Into::into).collect(),
    }))
}

impl Wanted {
    fn limit(&self) -> Result<u32, AppError> {
        let limit = self.limit.unwrap_or(PAGE);
        match (1..=MOST).contains(&limit) {
            true => Ok(limit),
            false => Err(invalid(
                "limit",
                format!("{limit} is not between 1 and {MOST}"),
            )),
        }
    }

    fn browse(self, lists: Lists) -> Browse {
        let (sort, is_ascending) = self.sort.order();
        Browse {
            text: self.q,
            tags: lists.tag,
            protocols: lists.protocol,
            models: lists.model,
            status: self.status.map(Into::into),
            sort,
            is_ascending,
        }
    }
}

impl Lists {
    /// Those parameters that have something.
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut lists = Self::default();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "tag" => lists.tag.push(value),
                "protocol" => lists.protocol.push(value),
                "model" => lists.model.push(value),
                _ => {}
            }
        }
        lists
    }
}

impl Sort {
    /// By what, and whether the least comes first.
    fn order(self) -> (SortBy, bool) {
        match self {
            Self::Changed => (SortBy::Changed, true),
            Self::LastChanged => (SortBy::Changed, false),
            Self::Oldest => (SortBy::Created, true),
            Self::Newest => (SortBy::Created, false),
            Self::Name => (SortBy::Name, true),
            Self::NameBackwards => (SortBy::Name, false),
            Self::FewestPatients => (SortBy::Patients, true),
            Self::MostPatients => (SortBy::Patients, false),
            Self::Smallest => (SortBy::Size, true),
            Self::Largest => (SortBy::Size, false),
            Self::Shortest => (SortBy::Runtime, true),
            Self::Longest => (SortBy::Runtime, false),
        }
    }
}

impl Facets {
    fn of(found: &Browsed) -> Self {
        let counts = |facets: &[Facet]| facets.iter().map(Count::of).collect();
        Self {
            protocols: counts(&found.protocols),
            models: counts(&found.models),
            statuses: counts(&found.statuses),
            tags: counts(&found.tags),
        }
    }
}

impl Count {
    fn of(facet: &Facet) -> Self {
        Self {
            value: facet.value.clone(),
            count: facet.count,
        }
    }
}
