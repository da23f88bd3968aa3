//! Keeps the merged result up to date: once the query rests, its first rows are shown straight
//! away, and the whole is written beside. What is merged already is never merged again.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;
use workbench::query::{ResultColumn, ResultInfo};

use super::{
    grid::pages::PAGE,
    server::{merge_tables, preview_merge},
    spec::Question,
    state::Query,
};
use crate::{
    AppError,
    account::use_me,
    components::toasts::{Toasts, use_toasts},
    people::Role,
    stores::table::ResultView,
};

/// A query that has not changed for so long is what the person wants.
const QUIET: Duration = Duration::from_millis(300);

/// Merges whenever the query rests on something that is not merged.
pub(super) fn keep_merged(query: Query) {
    let turn = StoredValue::new(0_u64);
    let asked = StoredValue::new(None::<(Question, u32)>);
    let running = StoredValue::new(None);
    // Whoever asks anew does not wait for the older answer, and the server is told that nobody does.
    let supersede = move || {
        turn.update_value(|turn| *turn += 1);
        if let Some(older) = running.try_update_value(Option::take).flatten() {
            ActionAbortHandle::abort(older);
        }
    };
    let me = use_me().0;
    let toasts = use_toasts();
    // Who has no account is kept back by nothing.
    let may_keep =
        move || me.with_untracked(|me| me.as_ref().is_none_or(|me| me.role >= Role::Analyst));
    Effect::new(move |ran: Option<()>| {
        let again = query.again.get();
        let Some(question) = query.question() else {
            return;
        };
        let kept = query
            .study
            .result
            .get()
            .filter(|result| question.is_answered_by(result));
        let is_shown = query
            .merged
            .with_untracked(|merged| merged.as_ref() == Some(&question));
        if kept.is_some() || is_shown {
            asked.set_value(None);
            supersede();
            query.is_merging.set(false);
            if let Some(result) = kept {
                show(query, question, &result);
            }
            return;
        }
        // Results of other tabs and of older questions come by; they change nothing here.
        let wanted = Some((question.clone(), again));
        if asked.with_value(|asked| *asked == wanted) {
            return;
        }
        asked.set_value(wanted);
        query.is_merging.set(true);
        supersede();
        let mine = turn.get_value();
        let is_wanted = move || turn.try_get_value() == Some(mine);
        let run = move || {
            if is_wanted() {
                let asking = move |question: &Question| {
                    merge(query, toasts, question.clone(), may_keep(), is_wanted)
                };
                let asking = ArcAction::new_unsync(asking).dispatch_local(question);
                running.set_value(Some(asking));
            }
        };
        // At the first visit there is nobody typing to wait for.
        set_timeout(run, if ran.is_some() { QUIET } else { Duration::ZERO });
    });
}

async fn merge(
    query: Query,
    toasts: Toasts,
    question: Question,
    may_keep: bool,
    is_wanted: impl Fn() -> bool,
) {
    let outcome = try_merge(query, &question, may_keep, &is_wanted).await;
    if !is_wanted() {
        return;
    }
    query.is_merging.set(false);
    match outcome {
        Ok(Some(result)) => {
            if let Some((at, problem)) = result
                .cluster
                .as_ref()
                .and_then(|it| Some((&it.at, it.problem.as_ref()?)))
            {
                toasts.say(
                    [
                        "The cluster at ",
                        at,
                        " did not gather this result, so this server did: ",
                        problem,
                    ]
                    .concat(),
                );
            }
            query.study.result.set(Some(result.clone()));
            show(query, question, &result);
            query.went_well();
        }
        Ok(None) => {}
        Err(error) => query.fail(error),
    }
}

async fn try_merge(
    query: Query,
    question: &Question,
    may_keep: bool,
    is_wanted: &impl Fn() -> bool,
) -> Result<Option<ResultInfo>, AppError> {
    if untrack(|| query.view_in_force()) == ResultView::default()
        && query
            .previewed
            .with_value(|previewed| previewed.as_ref() != Some(question))
    {
        let (columns, page) = preview_merge(question.spec.clone(), PAGE).await?;
        if !is_wanted() {
            return Ok(None);
        }
        query.previewed.set_value(Some(question.clone()));
        query.result_id.set(None);
        query.next_columns.set_value(None);
        query.columns.set(Arc::new(columns));
        query
            .pages
            .update(|pages| *pages = pages.replaced(None, ResultView::default(), page));
    }
    if !may_keep {
        return Err(AppError::Forbidden(
            "These are the first rows. Keeping a merged result takes the role analyst.".into(),
        ));
    }
    let mut result = ask(question).await;
    #[cfg(feature = "hydrate")]
    if matches!(result, Err(AppError::NoSession)) && crate::session::reopen().await {
        result = ask(question).await;
    }
    while matches!(result, Ok(None)) && is_wanted() {
        result = ask(question).await;
    }
    result
}

async fn ask(question: &Question) -> Result<Option<ResultInfo>, AppError> {
    merge_tables(question.spec.clone()).await
}

/// Makes this result the one whose rows are asked for.
fn show(query: Query, question: Question, result: &ResultInfo) {
    let names = |columns: &[ResultColumn]| {
        columns
            .iter()
            .map(|column| column.name.clone())
            .collect::<Vec<_>>()
    };
    if query
        .columns
        .with_untracked(|columns| names(columns) != names(&result.columns))
    {
        // Other columns come together with their rows.
        query
            .next_columns
            .set_value(Some(Arc::new(result.columns.clone())));
    } else if query
        .columns
        .with_untracked(|columns| **columns != result.columns)
    {
        query.columns.set(Arc::new(result.columns.clone()));
    }
    if query
        .result_id
        .with_untracked(|id| id.as_ref() != Some(&result.id))
    {
        query.result_id.set(Some(result.id.clone()));
    }
    if query
        .merged
        .with_untracked(|merged| merged.as_ref() != Some(&question))
    {
        query.merged.set(Some(question));
    }
}
