//! The Query page's filter rail as a plain HTML form, for browsers without WASM.
//!
//! A form sends what is ticked and nothing for what is not. So each part that was on the page says
//! so with a field of its own (`rail`, `card`, `chooser`, `shape`), and a part that was not there
//! stays as it is.

use workbench::{
    data::{Day, StudyView},
    query::{
        CardRule, CohortFilters, DateRange, FilterCard, MergeSpec, Range, Selection, Shape,
        TextRule, default_selection,
    },
    workspace::study_of,
};

use crate::{
    AppError, AppState, Visitor,
    context::{Caller, cancel_with_request, now_ms, read_store},
    data::forms::{Fields, invalid, value},
    stores::{
        server::write_typed,
        table::{CONSOLIDATE, FILTERS, SELECTION, SHAPE, Store},
    },
};

/// Cards of one form: far above what fits a page.
const MAX_CARDS: usize = 200;

/// Writes the stores the form is about and merges; with `do=save` it only writes.
pub async fn apply(state: &AppState, visitor: &Visitor, fields: &Fields) -> Result<(), AppError> {
    let caller = Caller {
        visitor: visitor.clone(),
        state: state.clone(),
    };
    let workspace = caller.workspace()?;
    let view = workspace.view().await?;
    let before = read_spec(&caller, &view).await?;
    let spec = MergeSpec {
        filters: filters(fields, before.filters, &view)?,
        selection: selection(fields, &view).unwrap_or(before.selection),
        shape: shape(fields)?.unwrap_or(before.shape),
        consolidate_baseline: match value(fields, "shape") {
            Some(_) => value(fields, "consolidate_baseline").is_some(),
            None => before.consolidate_baseline,
        },
    };
    write_typed(&caller, &FILTERS, &spec.filters).await?;
    if value(fields, "chooser").is_some() {
        write_typed(&caller, &SELECTION, &Some(spec.selection.clone())).await?;
    }
    if value(fields, "shape").is_some() {
        write_typed(&caller, &SHAPE, &spec.shape).await?;
        write_typed(&caller, &CONSOLIDATE, &spec.consolidate_baseline).await?;
    }
    if value(fields, "do") != Some("save") {
        let cancel = cancel_with_request();
        workspace.merge(&spec, now_ms(), &cancel.token()).await?;
    }
    Ok(())
}

/// The query as the stores have it.
async fn read_spec(caller: &Caller, view: &StudyView) -> Result<MergeSpec, AppError> {
    let selection = match read(caller, &SELECTION).await? {
        Some(selection) => selection,
        None => study_of(view.clone())
            .map(|study| default_selection(&study))
            .unwrap_or_default(),
    };
    Ok(MergeSpec {
        filters: read(caller, &FILTERS).await?,
        selection,
        shape: read(caller, &SHAPE).await?,
        consolidate_baseline: read(caller, &CONSOLIDATE).await?,
    })
}

async fn read<T: serde::de::DeserializeOwned>(
    caller: &Caller,
    store: &Store<T>,
) -> Result<T, AppError> {
    let stored = read_store(&caller.state.manager, &caller.scope()?, store.entry.key).await?;
    let value = stored.data.and_then(|data| T::deserialize(data).ok());
    Ok(value.unwrap_or_else(store.default))
}

fn filters(
    fields: &Fields,
    mut filters: CohortFilters,
    view: &StudyView,
) -> Result<CohortFilters, AppError> {
    if value(fields, "rail").is_some() {
        let age = range(fields, "age_min", "age_max")?;
        filters.age = (age != Range::default()).then_some(age);
        filters.sex = values(fields, "sex");
        filters.visits = values(fields, "visits");
        filters.sites = values(fields, "sites");
    }
    for id in values(fields, "card") {
        if value(fields, &format!("card_{id}_remove")).is_some() {
            filters.cards.retain(|card| card.id != id);
        } else if let Some(card) = filters.cards.iter_mut().find(|card| card.id == id) {
            fill(card, fields)?;
        }
    }
    if let Some(column) = value(fields, "new_card") {
        filters.cards.push(new_card(column, &filters.cards, view)?);
    }
    if filters.cards.len() > MAX_CARDS {
        return Err(AppError::TooLarge(format!(
            "A query has at most {MAX_CARDS} filter cards."
        )));
    }
    Ok(filters)
}

fn fill(card: &mut FilterCard, fields: &Fields) -> Result<(), AppError> {
    let field = |part: &str| format!("card_{}_{part}", card.id);
    let enabled = value(fields, &field("enabled")).is_some();
    match &mut card.rule {
        CardRule::Range(range_of) => *range_of = range(fields, &field("min"), &field("max"))?,
        CardRule::Dates(dates) => {
            *dates = DateRange {
                from: date(fields, &field("from"))?,
                to: date(fields, &field("to"))?,
            };
        }
        CardRule::Text(text) => {
            let part = |name: &str| value(fields, &field(name)).unwrap_or_default().to_owned();
            *text = TextRule {
                contains: part("contains"),
                without: part("without"),
            };
        }
        CardRule::Categories { values: chosen } => *chosen = values(fields, &field("values")),
    }
    card.enabled = enabled;
    Ok(())
}

/// A card for `table.column` that takes everything yet.
fn new_card(name: &str, cards: &[FilterCard], view: &StudyView) -> Result<FilterCard, AppError> {
    let (table, column) =
        find(name, view).ok_or_else(|| invalid("new_card", "there is no such column"))?;
    let info = view.table(&table).and_then(|table| table.column(&column));
    let info = info.ok_or_else(|| invalid("new_card", "there is no such column"))?;
    let is_free = |id: &String| cards.iter().all(|card| card.id != *id);
    let id = (1..=MAX_CARDS + 1)
        .map(|n| format!("form{n}"))
        .find(is_free);
    Ok(FilterCard {
        id: id.ok_or_else(|| AppError::TooLarge("There are too many filter cards.".into()))?,
        table,
        column,
        rule: CardRule::for_column(info),
        enabled: true,
    })
}

/// The ticked columns, where the chooser was on the page. A table with nothing ticked is left out.
fn selection(fields: &Fields, view: &StudyView) -> Option<Selection> {
    value(fields, "chooser")?;
    let mut selection = Selection::default();
    for name in values(fields, "take") {
        if let Some((table, column)) = find(&name, view) {
            selection.tables.entry(table).or_default().push(column);
        }
    }
    Some(selection)
}

fn shape(fields: &Fields) -> Result<Option<Shape>, AppError> {
    match value(fields, "shape") {
        None => Ok(None),
        Some("long") => Ok(Some(Shape::Long)),
        Some("wide") => Ok(Some(Shape::Wide)),
        Some(_) => Err(invalid("shape", "must be long or wide")),
    }
}

/// `table.column`, where both are there. Names may hold dots themselves, so the study decides.
fn find(name: &str, view: &StudyView) -> Option<(String, String)> {
    view.tables.iter().find_map(|table| {
        let column = name.strip_prefix(&table.name)?.strip_prefix('.')?;
        table
            .column(column)
            .map(|column| (table.name.clone(), column.name.clone()))
    })
}

fn range(fields: &Fields, min: &str, max: &str) -> Result<Range, AppError> {
    Ok(Range {
        min: number(fields, min)?,
        max: number(fields, max)?,
    })
}

/// An empty field is an open end; a decimal comma is a decimal point.
fn number(fields: &Fields, name: &str) -> Result<Option<f64>, AppError> {
    let Some(text) = value(fields, name) else {
        return Ok(None);
    };
    match text.replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(invalid(name, "must be a number, or empty")),
    }
}

/// An empty field is an open end.
fn date(fields: &Fields, name: &str) -> Result<Option<Day>, AppError> {
    let day = |text: &str| text.parse::<Day>();
    let read = value(fields, name).map(day).transpose();
    read.map_err(|_| invalid(name, "must be a date such as 2024-03-15, or empty"))
}

fn values(fields: &Fields, name: &str) -> Vec<String> {
    fields
        .iter()
        .filter(|(field, _)| field == name)
        .map(|(_, value)| value.clone())
        .collect()
}

#[cfg(test)]
#[path = "forms_tests.rs"]
mod tests;
