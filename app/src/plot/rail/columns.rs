//! Which column plays which part, and the scales of the axes.

use leptos::prelude::*;
use workbench::query::ResultColumn;

use super::controls::Scale;
use crate::{
    components::icon::Icon,
    plot::{
        model::use_plot,
        roles::{Role, find, has_groups},
        words::column_label,
    },
};

/// The parts that this kind has.
#[component]
pub(super) fn Columns() -> impl IntoView {
    let plot = use_plot();
    let kind = plot.part(|spec| spec.kind);
    let has_size = move || Role::Size.is_used(kind.get());
    view! {
        <div class="hf-sec flex flex-col gap-2.5">
            <Part role=Role::X/>
            <Show when=move || !has_groups(kind.get())>
                <Scale
                    axis="Horizontal"
                    is_log=plot.part(|spec| spec.log_x)
                    set=Callback::new(move |log| plot.change(|spec| spec.log_x = log))
                />
            </Show>
            <Show when=move || Role::Y.is_used(kind.get())>
                <Part role=Role::Y/>
                <Scale
                    axis="Vertical"
                    is_log=plot.part(|spec| spec.log_y)
                    set=Callback::new(move |log| plot.change(|spec| spec.log_y = log))
                />
            </Show>
            <Show when=move || Role::Colour.is_used(kind.get())>
                <Part role=Role::Colour/>
            </Show>
            <div class="grid gap-2" class=("grid-cols-2", has_size)>
                <Show when=has_size>
                    <Part role=Role::Size/>
                </Show>
                <Part role=Role::Facet/>
            </div>
        </div>
    }
    .into_any()
}

/// One part: a select of the columns that fit it, and what is wrong with the choice.
#[component]
fn Part(role: Role) -> impl IntoView {
    let plot = use_plot();
    let kind = plot.part(|spec| spec.kind);
    let value = plot.part(move |spec| role.get(spec).cloned().unwrap_or_default());
    let offered = Memo::new(move |_| {
        plot.study.result.with(|result| {
            let Some(result) = result else {
                return Vec::new();
            };
            let fits = |column: &&ResultColumn| role.fits(kind.get(), column, result);
            let option = |column: &ResultColumn| (column.name.clone(), column_label(column));
            result
                .columns
                .iter()
                .filter(fits)
                .map(option)
                .collect::<Vec<_>>()
        })
    });
    let icon = move || {
        plot.study.result.with(|result| {
            let name = value.get();
            let column = find(result.as_ref()?, Some(&name))?;
            Some(if column.column_type.is_numeric() {
                "hash"
            } else {
                "tag"
            })
        })
    };
    let gone = move || {
        plot.chosen.with(|chosen| {
            let gone = &chosen.as_ref()?.gone;
            gone.iter()
                .find(|(of, _)| *of == role)
                .map(|(_, name)| name.clone())
        })
    };
    let choose = move |event| {
        let name = event_target_value(&event);
        plot.change(|spec| role.set(spec, Some(name).filter(|name| !name.is_empty())));
    };
    let is_optional = move || !role.is_needed(kind.get());
    view! {
        <label class="flex flex-col gap-1 min-w-0">
            <span class="hf-h">{move || role.label(kind.get())}</span>
            <span class="select select-sm w-full">
                {move || icon().map(|name| view! { <Icon name=name small=true class="text-faint shrink-0"/> })}
                <select class="min-w-0 ml-0! pl-0!" data-testid=format!("plot-{}", role.label(workbench::plot::PlotKind::Scatter).to_lowercase()) on:change=choose>
                    {move || {
                        let none = is_optional()
                            .then(|| option(String::new(), "none".to_owned(), value));
                        let columns = offered.get().into_iter().map(|(name, label)| option(name, label, value));
                        (none, columns.collect_view())
                    }}
                </select>
            </span>
            {move || {
                gone().map(|name| {
                    view! {
                        <span class="text-2xs text-warn-text" role="status">
                            {format!("{name} is not in this result. It is kept, and drawn again when it is back.")}
                        </span>
                    }
                })
            }}
        </label>
    }
    .into_any()
}

fn option(name: String, label: String, value: Signal<String>) -> impl IntoView {
    let own = name.clone();
    let is_chosen = Memo::new(move |_| value.get() == own);
    view! {
        <option value=name selected=is_chosen.get_untracked() prop:selected=is_chosen>
            {label}
        </option>
    }
}
