//! The study on screen: tables, keys, open imports and the merged result, live.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::{
    data::{Import, StudyView},
    query::ResultInfo,
};

use crate::{AppError, boot::use_boot, json::Json};

/// What the server knows of the study.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct StudySnapshot {
    pub(crate) study: StudyView,
    pub(crate) imports: Vec<Import>,
    pub(crate) result: Option<ResultInfo>,
}

/// The study as every component sees it. Copies share one value.
#[derive(Clone, Copy)]
pub(crate) struct StudyContext {
    /// Tables and keys.
    pub(crate) view: RwSignal<StudyView>,
    /// Imports that wait for an answer.
    pub(crate) imports: RwSignal<Vec<Import>>,
    /// The merged result.
    pub(crate) result: RwSignal<Option<ResultInfo>>,
    asked: StoredValue<u64>,
}

impl StudyContext {
    /// Takes the server's word.
    pub(crate) fn adopt(&self, snapshot: StudySnapshot) {
        set_if_new(self.view, snapshot.study);
        set_if_new(self.imports, snapshot.imports);
        set_if_new(self.result, snapshot.result);
    }

    /// Asks the server again; several calls in a row become one question, and an answer that an
    /// even later question overtook is dropped.
    pub(crate) fn reload(&self) {
        let this = *self;
        let ask = this.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        leptos::task::spawn_local(async move {
            if let Ok(snapshot) = get_study().await
                && this.asked.try_get_value() == ask
            {
                this.adopt(snapshot);
            }
        });
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, new: T) {
    if signal.with_untracked(|old| *old != new) {
        signal.set(new);
    }
}

/// Makes something that belongs to the application, under the outermost owner that knows the study:
/// it outlives every page.
pub(crate) fn in_application<T: 'static>(make: impl FnOnce() -> T + 'static) -> T {
    let Some(mut owner) = Owner::current() else {
        return make();
    };
    while let Some(outer) = owner.parent() {
        if outer.with(|| use_context::<StudyContext>().is_none()) {
            break;
        }
        owner = outer;
    }
    owner.with(make)
}

/// Provides the study, as it was when the page was rendered.
pub(crate) fn provide_study() -> StudyContext {
    let (view, imports, result) = use_boot().with_value(|boot| {
        (
            boot.study.clone(),
            boot.imports.clone(),
            boot.result.clone(),
        )
    });
    let context = StudyContext {
        view: RwSignal::new(view),
        imports: RwSignal::new(imports),
        result: RwSignal::new(result),
        asked: StoredValue::new(0),
    };
    provide_context(context);
    context
}

/// The study.
pub(crate) fn use_study() -> StudyContext {
    use_context::<StudyContext>().unwrap_or_else(provide_study)
}

/// Tables, keys, open imports and the result of the caller's study.
#[server(prefix = "/api", endpoint = "get_study", input = Json, output = Json)]
pub(crate) async fn get_study() -> Result<StudySnapshot, AppError> {
    crate::error::answer(async {
        let workspace = crate::context::caller()?.workspace()?;
        Ok(StudySnapshot {
            study: workspace.view().await?,
            imports: workspace.open_imports().await?,
            result: workspace.result().await?,
        })
    })
    .await
}
