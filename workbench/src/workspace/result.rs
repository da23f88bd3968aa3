//! The merged result of a study: a `dataset` state with its filters and provenance.

use holdfast::{Change, Expected, HistoryQuery, Kind, New, Ttl};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Workspace, from_data, to_data};
use crate::{
    Error,
    query::{MergeSpec, ResultInfo, result_id},
};

const RESULT: &str = "result";
/// Results of a study that are remembered: far more than can be made while a page asks for rows of one.
const REMEMBERED: usize = 20;
/// Versions that are looked through for them: one that says the same in other words is no further result.
const LOOKED_THROUGH: usize = 200;

impl Workspace {
    /// The result as it was left, if its file is still there.
    pub async fn result(&self) -> Result<Option<ResultInfo>, Error> {
        let Some(state) = self.manager.get(&self.scope, &self.id(RESULT)).await? else {
            return Ok(None);
        };
        let info: ResultInfo = from_data(&state.data)?;
        let is_there = self.workbench.has_result(&info.id).await?;
        Ok(is_there.then_some(info))
    }

    /// The results of this study whose files are still there, the newest first: this one, and those whose place it took.
    pub async fn results(&self) -> Result<Vec<ResultInfo>, Error> {
        let query = HistoryQuery::last(LOOKED_THROUGH);
        let id = self.id(RESULT);
        let history = self.manager.history(&self.scope, &id, query).await?;
        let (mut results, mut asked) = (Vec::new(), Vec::<String>::new());
        for change in history {
            // A version whose content was taken by a policy is no result any more.
            let Ok(info) = from_data::<ResultInfo>(&change.after.data) else {
                continue;
            };
            if asked.contains(&info.id) {
                continue;
            }
            if asked.len() == REMEMBERED {
                break;
            }
            asked.push(info.id.clone());
            if self.workbench.has_result(&info.id).await? {
                results.push(info);
            }
        }
        Ok(results)
    }

    /// The result under this id; another person's, or an old one, is not here.
    pub async fn result_with_id(&self, id: &str) -> Result<ResultInfo, Error> {
        self.result()
            .await?
            .filter(|info| info.id == id)
            .ok_or_else(|| Error::Missing("This result".into()))
    }

    /// As [`result_with_id`](Self::result_with_id), but also one whose place another took and whose file is still there: what
    /// a page is drawn of that does not know of the new one yet.
    pub async fn kept_result(&self, id: &str) -> Result<ResultInfo, Error> {
        match self.result_with_id(id).await {
            Err(missing @ Error::Missing(_)) => {
                let mut kept = self.results().await?.into_iter();
                kept.find(|info| info.id == id).ok_or(missing)
            }
            found => found,
        }
    }

    /// Whether a result was this study's until a newer one took its place.
    pub async fn had_result(&self, id: &str) -> Result<bool, Error> {
        let query = HistoryQuery::last(LOOKED_THROUGH);
        let history = self
            .manager
            .history(&self.scope, &self.id(RESULT), query)
            .await?;
        let is_it = |change: &Change| change.after.data.get("id").is_some_and(|it| it == id);
        Ok(history.iter().any(is_it))
    }

    /// Merges, or takes the present result where the question is the same. It takes the place of whatever result is there by
    /// then.
    pub async fn merge(
        &self,
        spec: &MergeSpec,
        now_ms: i64,
        cancel: &CancellationToken,
    ) -> Result<ResultInfo, Error> {
        self.merge_onto(spec, now_ms, cancel, Expected::Any).await
    }

    /// As [`merge`](Self::merge), but `None` where the answer to another question came in between: the older question of a
    /// page that has asked anew does not take the newer one's place, however late its answer is. What is merged stays merged,
    /// so whoever still wants it asks again and hardly waits.
    pub async fn merge_in_turn(
        &self,
        spec: &MergeSpec,
        now_ms: i64,
        cancel: &CancellationToken,
    ) -> Result<Option<ResultInfo>, Error> {
        let present = self.manager.get(&self.scope, &self.id(RESULT)).await?;
        let seen = present.map_or(Expected::Absent, |state| Expected::Version(state.version));
        match self.merge_onto(spec, now_ms, cancel, seen).await {
            Err(Error::State(holdfast::Error::Conflict { .. })) => {
                // Another tab may have asked the same.
                let wanted = result_id(&self.study().await?, spec);
                Ok(self.result().await?.filter(|info| info.id == wanted))
            }
            merged => merged.map(Some),
        }
    }

    async fn merge_onto(
        &self,
        spec: &MergeSpec,
        now_ms: i64,
        cancel: &CancellationToken,
        seen: Expected,
    ) -> Result<ResultInfo, Error> {
        let study = self.study().await?;
        let wanted = result_id(&study, spec);
        let present = self.result().await?.filter(|info| info.id == wanted);
        if let Some(present) = present {
            // The same in other words, such as the case of a text: the words are kept, so that they are known again. Where
            // they cannot be, the result is there all the same.
            let info = ResultInfo {
                spec: spec.clone(),
                ..present.clone()
            };
            return Ok(match present.spec == *spec {
                true => present,
                false => match self.keep_result(&info, seen).await {
                    Ok(()) => info,
                    Err(Error::State(conflict @ holdfast::Error::Conflict { .. })) => {
                        return Err(conflict.into());
                    }
                    Err(_) => present,
                },
            });
        }
        self.check_allowed().await?;
        let info = self.workbench.merge(&study, spec, now_ms, cancel).await?;
        self.check_room(&self.id(RESULT), info.bytes).await?;
        self.keep_result(&info, seen).await?;
        Ok(info)
    }

    async fn keep_result(&self, info: &ResultInfo, seen: Expected) -> Result<(), Error> {
        self.check_allowed().await?;
        let new = New {
            id: Some(self.id(RESULT)),
            kind: Kind::DATASET,
            name: "merged result".into(),
            data: to_data(info)?,
            metadata: json!({ "role": "result" }),
            scope: self.scope.clone(),
            ttl: Ttl::Never,
        };
        self.manager.put(new, seen, &self.actor).await?;
        Ok(())
    }
}
