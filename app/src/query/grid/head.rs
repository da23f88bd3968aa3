//! The head of the grid: names, types, order. In wide form, a line of columns above one of visits.

use std::sync::Arc;

use leptos::prelude::*;
use workbench::query::{ResultColumn, SortKey};

use super::{menu::PANEL, widths::Edge};
use crate::{
    components::{icon::Icon, popup},
    query::{chooser::result_icon, state::Query},
    stores::table::ResultView,
};

/// The head.
#[component]
pub(super) fn Head(query: Query, open: RwSignal<usize>, made: Memo<usize>) -> impl IntoView {
    move || {
        let columns = query.columns.get();
        let is_wide = columns.iter().any(|column| column.visit.is_some());
        let top = is_wide.then(|| groups(&columns));
        let first = made.get_untracked().min(columns.len());
        let heads = move |columns: &[ResultColumn], from: usize| {
            let heads = columns.iter().enumerate();
            heads
                .map(|(at, column)| head(query, open, from + at, column, is_wide))
                .collect_view()
        };
        let seen = heads(&columns[..first], 0);
        let rest = move || (made.get() == usize::MAX).then(|| heads(&columns[first..], first));
        view! {
            <thead>
                {top}
                <tr role="row" aria-rowindex="1">{seen}{rest}</tr>
            </thead>
        }
        .into_any()
    }
}

/// `participant`, then each column that has visits, over its visits.
fn groups(columns: &Arc<Vec<ResultColumn>>) -> impl IntoView + use<> {
    let mut groups: Vec<(String, u32)> = Vec::new();
    for column in columns.iter() {
        let name = match column.visit {
            Some(_) => column.column.clone(),
            None => "participant".to_owned(),
        };
        match groups.last_mut() {
            Some((last, span)) if *last == name => *span += 1,
            _ => groups.push((name, 1)),
        }
    }
    let cells = groups.into_iter().enumerate().map(|(at, (name, span))| {
        let class = if at == 0 {
            "pl-4! h-6! text-base-content!"
        } else {
            "h-6! text-base-content! border-l border-line"
        };
        view! { <th colspan=span class=class scope="colgroup">{name}</th> }
    });
    view! { <tr>{cells.collect_view()}</tr> }
}

fn direction(view: &ResultView, column: &str) -> Option<bool> {
    view.sort
        .iter()
        .find(|key| key.column == column)
        .map(|key| key.descending)
}

/// Up, then down, then as merged. With `is_added`, beside the other columns.
pub(super) fn sort(view: &mut ResultView, column: &str, is_added: bool) {
    let next = match direction(view, column) {
        None => Some(false),
        Some(false) => Some(true),
        Some(true) => None,
    };
    sort_by(view, column, next, is_added);
}

/// Sorts by a column: `Some(true)` is highest first, `None` leaves it out.
pub(super) fn sort_by(
    view: &mut ResultView,
    column: &str,
    descending: Option<bool>,
    is_added: bool,
) {
    if !is_added {
        view.sort.retain(|key| key.column == column);
    }
    let at = view.sort.iter().position(|key| key.column == column);
    match (at, descending) {
        (Some(at), Some(descending)) => view.sort[at].descending = descending,
        (Some(at), None) => drop(view.sort.remove(at)),
        (None, Some(descending)) => view.sort.push(SortKey {
            column: column.to_owned(),
            descending,
        }),
        (None, None) => {}
    }
}

fn head(
    query: Query,
    open: RwSignal<usize>,
    at: usize,
    column: &ResultColumn,
    is_wide: bool,
) -> AnyView {
    let name = StoredValue::new(column.name.clone());
    let direction = move || name.with_value(|name| query.view.with(|view| direction(view, name)));
    let is_filtered = move || {
        name.with_value(|name| {
            query
                .view
                .with(|view| view.filters.iter().any(|filter| filter.column == *name))
        })
    };
    let aria_sort = move || match direction() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    let type_icon = result_icon(false, column.column_type);
    let icon = Signal::derive(move || match direction() {
        None => type_icon,
        Some(false) => "arrow-up",
        Some(true) => "arrow-down",
    });
    let icon_tone = move || {
        if direction().is_some() {
            "inline-flex text-primary"
        } else {
            "inline-flex text-faint"
        }
    };
    let click = move |event: leptos::ev::MouseEvent| {
        let is_added = event.shift_key();
        name.with_value(|name| query.view.update(|view| sort(view, name, is_added)));
    };
    let show_menu = move |event: leptos::ev::MouseEvent| {
        open.set(at);
        popup::place(&event, PANEL);
    };
    let shown = match &column.visit {
        Some(visit) if is_wide => ["visit ", visit].concat(),
        _ => column.name.clone(),
    };
    let mut class = String::from(if column.is_numeric { "num" } else { "" });
    class.push_str(if is_wide { " top-6!" } else { "" });
    class.push_str(if at == 0 { " pl-4" } else { "" });
    let label = ["Filter and figures of ", &column.name].concat();
    let stored = StoredValue::new(column.clone());
    view! {
        <th scope="col" role="columnheader" class=class aria-sort=aria_sort aria-colindex=at + 1 title=column.name.clone()>
            <span class="inline-flex items-center gap-1.5 max-w-full">
                <button type="button" class="hf-sort truncate" on:click=click>{shown}</button>
                <span class=icon_tone><Icon name=icon small=true/></span>
            </span>
            <button
                type="button" class="hf-head-menu" data-on=move || is_filtered().then_some("") aria-label=label
                popovertarget=PANEL popovertargetaction="show" on:click=show_menu
            >
                <Icon name="list-filter" small=true/>
            </button>
            <Edge query column=stored/>
        </th>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::sort;
    use crate::stores::table::ResultView;

    fn shown(view: &ResultView) -> Vec<(&str, bool)> {
        view.sort
            .iter()
            .map(|key| (&*key.column, key.descending))
            .collect()
    }

    #[test]
    fn a_head_goes_through_up_down_and_as_merged() {
        let mut view = ResultView::default();
        sort(&mut view, "age", false);
        assert_eq!(shown(&view), [("age", false)]);
        sort(&mut view, "age", false);
        assert_eq!(shown(&view), [("age", true)]);
        sort(&mut view, "age", false);
        assert_eq!(shown(&view), []);
    }

    #[test]
    fn shift_adds_a_column_and_without_it_the_others_go() {
        let mut view = ResultView::default();
        sort(&mut view, "age", false);
        sort(&mut view, "bili", true);
        assert_eq!(shown(&view), [("age", false), ("bili", false)]);
        sort(&mut view, "bili", false);
        assert_eq!(shown(&view), [("bili", true)]);
    }
}
