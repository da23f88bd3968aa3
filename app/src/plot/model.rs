//! What the regions of the page share: the choices, the answer to them, what is open.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use workbench::plot::{PlotData, PlotKind, PlotSpec, Region};

use super::{
    bridge,
    defaults::{Chosen, fill, resolve},
    roles::has_groups,
    server::get_plot,
};
use crate::{
    AppError,
    boot::{Boot, use_boot},
    components::toasts::{Toasts, use_toasts},
    json::Plain,
    stores::{
        StoreHandle, Stores, provide_stores,
        table::{PLOT, PLOT_REGION, PLOT_TABLE, PLOT_TOOL, PLOT_ZOOM},
        use_browser_store, use_server_store,
    },
    study::{StudyContext, in_application, use_study},
};

/// What is asked of the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) result_id: String,
    pub(super) spec: PlotSpec,
}

/// What it answered, and to what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) asked: Asked,
    pub(super) outcome: Result<PlotData, AppError>,
}

/// What outlives the page, so that a person who comes back finds the picture there at once.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    chart: StoredValue<Option<u32>>,
    answer: StoredValue<Option<Answer>>,
}

impl Kept {
    fn new() -> Self {
        Self {
            chart: StoredValue::new(None),
            answer: StoredValue::new(None),
        }
    }

    /// The chart in the library's hands, made at first use.
    pub(super) fn chart(&self) -> Option<u32> {
        let chart = self.chart.get_value().or_else(bridge::make);
        self.chart.set_value(chart);
        chart
    }

    /// The answer to this question, from the server unless it was the last one asked.
    async fn answer(self, asked: Asked) -> Answer {
        let kept = self.answer.try_get_value().flatten();
        if let Some(kept) = kept.filter(|kept| kept.asked == asked) {
            return kept;
        }
        let outcome = get_plot(asked.result_id.clone(), asked.spec.clone()).await;
        let answer = Answer { asked, outcome };
        if answer.outcome.is_ok() {
            self.answer.try_set_value(Some(answer.clone()));
        }
        answer
    }
}

/// The page's state. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Plot {
    pub(super) kept: Kept,
    pub(super) study: StudyContext,
    pub(super) stored: StoreHandle<PlotSpec>,
    pub(super) region: StoreHandle<Option<Region>>,
    pub(super) tool: StoreHandle<String>,
    /// The part of the scales on screen, in the chart's words.
    pub(super) zoom: StoreHandle<String>,
    pub(super) is_table: StoreHandle<bool>,
    /// What is drawn; `None` while there is no merged result.
    pub(super) chosen: Memo<Option<Chosen>>,
    /// What is asked: only what the server's answer depends on.
    pub(super) asked: Memo<Option<Asked>>,
    /// The answer on screen: the old one stays until the new one has come.
    pub(super) answer: Resource<Option<Answer>, Plain>,
    /// The chart in the library's hands.
    pub(super) handle: RwSignal<Option<u32>>,
    pub(super) is_rail_open: RwSignal<bool>,
    pub(super) is_statistics_open: RwSignal<bool>,
    toasts: Toasts,
    stores: StoredValue<Stores>,
    boot: StoredValue<Boot>,
}

/// Makes the page's state and provides it.
pub(super) fn provide_plot() -> Plot {
    let study = use_study();
    let stored = use_server_store(PLOT);
    let chosen = Memo::new(move |_| {
        let spec = stored.get();
        study.result.with(|result| {
            let result = result.as_ref()?;
            Some(study.view.with(|view| resolve(&spec, result, view)))
        })
    });
    let asked = Memo::new(move |_| {
        let spec = chosen.get()?.spec;
        let result_id = study
            .result
            .with(|result| result.as_ref().map(|r| r.id.clone()))?;
        // Drawn in the browser alone: changing them asks for nothing.
        let PlotSpec {
            opacity,
            fit_interval,
            ..
        } = PlotSpec::default();
        let spec = PlotSpec {
            opacity,
            fit_interval,
            ..spec
        };
        Some(Asked { result_id, spec })
    });
    let kept = use_context::<Kept>().unwrap_or_else(|| {
        in_application(|| {
            let kept = Kept::new();
            provide_context(kept);
            kept
        })
    });
    let answer = Resource::<_, Plain>::new_with_options(
        move || asked.get(),
        move |asked| async move { Some(kept.answer(asked?).await) },
        true,
    );
    let plot = Plot {
        kept,
        study,
        stored,
        region: use_server_store(PLOT_REGION),
        tool: use_browser_store(PLOT_TOOL),
        zoom: use_browser_store(PLOT_ZOOM),
        is_table: use_browser_store(PLOT_TABLE),
        chosen,
        asked,
        answer,
        handle: RwSignal::new(None),
        is_rail_open: RwSignal::new(false),
        is_statistics_open: RwSignal::new(false),
        toasts: use_toasts(),
        stores: StoredValue::new(use_context::<Stores>().unwrap_or_else(provide_stores)),
        boot: use_boot(),
    };
    provide_context(plot);
    plot
}

/// The page's state.
pub(super) fn use_plot() -> Plot {
    use_context::<Plot>().unwrap_or_else(provide_plot)
}

impl Plot {
    /// What is drawn, or the defaults while nothing can be.
    pub(super) fn spec(&self) -> PlotSpec {
        self.chosen
            .with(|chosen| chosen.as_ref().map(|c| c.spec.clone()))
            .unwrap_or_default()
    }

    /// What is drawn, without being told of changes.
    pub(super) fn spec_untracked(&self) -> PlotSpec {
        self.chosen
            .with_untracked(|c| c.as_ref().map(|c| c.spec.clone()))
            .unwrap_or_default()
    }

    /// A part of what is drawn, as a signal.
    pub(super) fn part<T: PartialEq + Send + Sync + 'static>(
        &self,
        look: impl Fn(&PlotSpec) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        let this = *self;
        Memo::new(move |_| look(&this.spec())).into()
    }

    /// Changes a choice. What was shown by default becomes chosen; a selection on other axes goes.
    pub(super) fn change(&self, change: impl FnOnce(&mut PlotSpec)) {
        let before = self.spec_untracked();
        self.stored.update(|spec| {
            fill(spec, &before);
            change(spec);
        });
        if axes(&before) != axes(&self.spec_untracked()) {
            self.region.set(None);
        }
    }

    /// Back to the defaults; the notice has the way back.
    pub(super) fn reset(&self) {
        let (spec, region) = (self.stored.get_untracked(), self.region.get_untracked());
        if spec == PlotSpec::default() && region.is_none() {
            return;
        }
        self.stored.set(PlotSpec::default());
        self.region.set(None);
        self.offer_undo("The plot is back to its defaults.", move || {
            use_server_store(PLOT).set(spec.clone());
            use_server_store(PLOT_REGION).set(region.clone());
        });
    }

    /// Takes the selection away; the notice has the way back.
    pub(super) fn clear_region(&self) {
        let before = self.region.get_untracked();
        self.region.set(None);
        self.offer_undo("The selection is cleared.", move || {
            use_server_store(PLOT_REGION).set(before.clone());
        });
    }

    /// Says what happened, with the way back. It may be taken after the page was left and its
    /// handles are gone: `undo` finds its stores anew.
    pub(super) fn offer_undo(
        &self,
        text: impl Into<String>,
        undo: impl Fn() + Send + Sync + 'static,
    ) {
        let (stores, boot) = (self.stores.get_value(), self.boot);
        self.toasts.offer(text, "Undo", move || {
            Owner::new().with(|| {
                provide_context(stores.clone());
                provide_context(boot);
                undo();
            });
        });
    }

    /// Whether the picture is of other choices than those on screen.
    pub(super) fn is_stale(&self) -> bool {
        let asked = self.asked.get();
        self.answer.with(|answer| {
            let answered = answer.as_ref().and_then(|answer| answer.as_ref());
            answered.map(|answer| &answer.asked) != asked.as_ref()
        })
    }

    /// Looks at the data on screen, with what it was asked for.
    pub(super) fn with_data<T>(&self, look: impl FnOnce(&PlotSpec, &PlotData) -> T) -> Option<T> {
        self.answer.with(|answer| {
            let answer = answer.as_ref()?.as_ref()?;
            answer
                .outcome
                .as_ref()
                .ok()
                .map(|data| look(&answer.asked.spec, data))
        })
    }
}

/// What a selection lies on: scatter and density share their plane.
fn axes(spec: &PlotSpec) -> (Option<PlotKind>, Option<String>, Option<String>) {
    let own = has_groups(spec.kind) || spec.kind == PlotKind::Histogram;
    (own.then_some(spec.kind), spec.x.clone(), spec.y.clone())
}
