//! The rows of the grid that are on screen, and the empty height that stands for the others.

use html_escape::encode_text_to_string;
use leptos::prelude::*;
use workbench::{
    data::{ColumnType, MergeKeys},
    query::ResultColumn,
};

use super::keyboard::Cursor;
use crate::{
    components::window::{Port, Window},
    query::state::Query,
};

/// One row of the list: remade when its number, its page or the columns change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    row: u64,
    serial: u64,
}

/// The body.
#[component]
pub(super) fn Rows(
    query: Query,
    port: Memo<Option<Port>>,
    window: Memo<Window>,
    cursor: Cursor,
    made: Memo<usize>,
) -> impl IntoView {
    let keys = move || {
        let window = window.get();
        query.pages.with(|pages| {
            let end = (window.first + window.len).min(pages.total);
            (window.first..end)
                .map(|row| Key {
                    row,
                    serial: pages.serial_of(row),
                })
                .collect::<Vec<_>>()
        })
    };
    let height = move |above: bool| {
        move || {
            let pixels = port.get().map_or(0.0, |port| {
                let window = window.get();
                if above {
                    port.above(window)
                } else {
                    port.below(window)
                }
            });
            ["height:", &pixels.round().to_string(), "px"].concat()
        }
    };
    view! {
        <tbody>
            <tr aria-hidden="true" class="hf-gap"><td style=height(true)></td></tr>
            <For each=keys key=|key| *key let:key>
                <Row query key cursor made/>
            </For>
            <tr aria-hidden="true" class="hf-gap"><td style=height(false)></td></tr>
        </tbody>
    }
    .into_any()
}

/// A row. Its cells answer nothing by themselves, so they are written as text: a screenful of them
/// then costs one call a row instead of several a cell.
#[component]
fn Row(query: Query, key: Key, cursor: Cursor, made: Memo<usize>) -> impl IntoView {
    let columns = query.columns.get_untracked();
    let Key { row, .. } = key;
    let cells = move || {
        let made = made.get().min(columns.len());
        let mut html = query.pages.with_untracked(|pages| {
            let Some((_, page, at)) = pages.row(row) else {
                return PLACEHOLDER.repeat(made);
            };
            let before = row.checked_sub(1).and_then(|row| pages.row(row));
            let above = before
                .as_ref()
                .map(|(_, page, at)| page.rows[*at].as_slice());
            query.study.view.with_untracked(|view| {
                let keys = view.keys.as_ref();
                cells(&columns[..made], &page.rows[at], above, keys)
            })
        });
        if made < columns.len() {
            let rest = (columns.len() - made).to_string();
            html.push_str(&["<td aria-hidden=\"true\" colspan=\"", &rest, "\"></td>"].concat());
        }
        html
    };
    let is_current = move || cursor.row.get() == Some(row);
    view! {
        <tr
            role="row" id=["hf-row-", &row.to_string()].concat() aria-rowindex=row + 2
            aria-selected=move || is_current().then_some("true")
            on:click=move |_| cursor.row.set(Some(row))
            inner_html=cells
        ></tr>
    }
}

const PLACEHOLDER: &str = r#"<td role="gridcell"><span class="hf-late skeleton block h-3 rounded-selector bg-base-300"></span></td>"#;

/// A row's cells as HTML. What only repeats the participant's row above is faint.
fn cells(
    columns: &[ResultColumn],
    row: &[Option<String>],
    above: Option<&[Option<String>]>,
    keys: Option<&MergeKeys>,
) -> String {
    let id = columns.iter().position(|column| {
        column.is_key && keys.is_some_and(|keys| keys.primary_id == column.column)
    });
    let is_repeat = id.is_some_and(|id| above.is_some_and(|above| above.get(id) == row.get(id)));
    let mut html = String::with_capacity(columns.len() * 48);
    for (number, (column, value)) in columns.iter().zip(row).enumerate() {
        let belongs =
            keys.is_some_and(|keys| column.table == keys.cohort_table) || Some(number) == id;
        html.push_str(r#"<td role="gridcell" class=""#);
        html.push_str(if column.is_numeric { "num" } else { "" });
        html.push_str(if is_repeat && belongs {
            " text-faint"
        } else {
            ""
        });
        html.push_str(if number == 0 { " pl-4" } else { "" });
        html.push_str("\">");
        match value {
            None => html.push_str(r#"<span class="hf-na">–</span>"#),
            Some(value) => {
                encode_text_to_string(shown(column, value), &mut html);
            }
        }
        html.push_str("</td>");
    }
    html
}

/// Measured numbers with their thousands apart; ids and codes as they are.
fn shown(column: &ResultColumn, value: &str) -> String {
    let is_measured =
        !column.is_key && matches!(column.column_type, ColumnType::Integer | ColumnType::Number);
    if is_measured {
        grouped(value)
    } else {
        value.to_owned()
    }
}

fn grouped(value: &str) -> String {
    let (sign, digits) = value
        .strip_prefix('-')
        .map_or(("", value), |digits| ("−", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len() + 4);
    out.push_str(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(fraction);
    out
}

#[cfg(test)]
mod tests {
    use workbench::{data::ColumnType, query::ResultColumn};

    use super::{cells, grouped};

    fn column(name: &str) -> ResultColumn {
        ResultColumn {
            name: name.into(),
            table: "labs".into(),
            column: name.into(),
            visit: None,
            column_type: ColumnType::Text,
            is_numeric: false,
            is_key: false,
            decimals: 0,
            missing: 0,
            mean: None,
            sd: None,
            range: None,
        }
    }

    #[test]
    fn what_a_cell_holds_is_text_whatever_it_looks_like() {
        let row = [Some("<img src=x onerror=alert(1)>&amp;".to_owned()), None];
        let html = cells(&[column("a"), column("b")], &row, None, None);
        assert_eq!(
            html,
            "<td role=\"gridcell\" class=\" pl-4\">&lt;img src=x onerror=alert(1)&gt;&amp;amp;</td>\
             <td role=\"gridcell\" class=\"\"><span class=\"hf-na\">–</span></td>"
        );
    }

    #[test]
    fn thousands_stand_apart_and_nothing_else_changes() {
        let cases = [
            ("1790", "1,790"),
            ("-1234567.50", "−1,234,567.50"),
            ("0.3", "0.3"),
            ("1e21", "1e21"),
            ("2020-01-02", "2020-01-02"),
        ];
        for (value, expected) in cases {
            assert_eq!(grouped(value), expected);
        }
    }
}
