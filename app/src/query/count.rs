//! Keeps the count and what the filters offer up to date: asked at each change, one question at a
//! time, and while one is under way the old number stays.

use leptos::{prelude::*, task::spawn_local};

use super::{
    server::{get_count, get_query_options},
    spec::{self, Question},
    state::Query,
};

/// Counts whenever filters, columns or tables change.
pub(super) fn keep_counted(query: Query) {
    let is_busy = StoredValue::new(false);
    Effect::new(move |_| {
        query.again.track();
        // Tables, filters, columns: whatever decides the count.
        let asked = query.question();
        if asked.is_some() && is_busy.try_get_value() == Some(false) {
            is_busy.set_value(true);
            spawn_local(async move {
                count(query).await;
                is_busy.try_set_value(false);
            });
        }
    });
}

/// Asks until the answer is that of the question on screen.
async fn count(query: Query) {
    while let Some(asked) = query
        .question_untracked()
        .filter(|asked| !is_counted(query, asked))
    {
        let spec = asked.spec.clone();
        match get_count(spec.filters, spec.selection).await {
            Ok(report) => {
                query.counted.set_value(Some(asked));
                query.count.set(Some(report));
                query.went_well();
            }
            Err(error) => {
                query.fail(error);
                return;
            }
        }
    }
}

fn is_counted(query: Query, asked: &Question) -> bool {
    query.counted.with_value(|counted| {
        counted
            .as_ref()
            .is_some_and(|counted| counted.counts_like(asked))
    })
}

/// Asks what the filters offer whenever tables or keys change.
pub(super) fn keep_options(query: Query) {
    Effect::new(move |_| {
        query.again.track();
        let data = query.study.view.with(spec::data);
        let is_known = query
            .options_of
            .with_value(|known| known.as_ref() == Some(&data));
        if is_known || data.keys.is_none() {
            return;
        }
        spawn_local(async move {
            match get_query_options().await {
                Ok(options) => {
                    query.options_of.set_value(Some(data));
                    query.options.set(Some(options));
                }
                Err(error) => query.fail(error),
            }
        });
    });
}
