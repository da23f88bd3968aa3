//! The few things the page asks of the browser itself: what is out of reach behind a sheet, where the focus is, the
//! time on the wall. On the server each of them does nothing.

#[cfg(feature = "hydrate")]
pub(super) use browser::*;
#[cfg(not(feature = "hydrate"))]
pub(super) use server::*;

pub(super) use crate::components::sheet::{focus, set_inert};

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, PointerEvent};

    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    /// The cell a screen reader follows.
    const CELL: &str = "hf-cell";

    /// Now, in milliseconds since 1970 UTC.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds fit for 200,000 years"
    )]
    pub(crate) fn now_ms() -> i64 {
        js_sys::Date::now() as i64
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds fit for 200,000 years"
    )]
    fn date(ms: i64) -> js_sys::Date {
        js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(ms as f64))
    }

    /// `09:14`, by the clock of the person.
    pub(crate) fn clock(ms: i64) -> String {
        let date = date(ms);
        format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
    }

    /// `12 Nov`.
    pub(crate) fn day(ms: i64) -> String {
        let date = date(ms);
        let month = MONTHS.get(date.get_month() as usize).unwrap_or(&"");
        format!("{} {month}", date.get_date())
    }

    /// Whether the page is as narrow as a phone.
    pub(crate) fn is_phone() -> bool {
        let query = window().match_media("(width < 48rem)");
        query.ok().flatten().is_some_and(|query| query.matches())
    }

    /// Marks one cell of the grid as the one the keys are on.
    pub(crate) fn mark_cell(row: u64, column: usize) {
        if let Some(old) = document().get_element_by_id(CELL) {
            drop(old.remove_attribute("id"));
        }
        let row = document().get_element_by_id(&format!("hf-row-{row}"));
        let cell = row.and_then(|row| row.children().item(u32::try_from(column).unwrap_or(0)));
        if let Some(cell) = cell {
            cell.set_id(CELL);
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
            cell.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    /// Keeps a drag with the element it began on. Gives the pointer's place.
    pub(crate) fn grab(event: &PointerEvent) -> f64 {
        if let Some(target) = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        {
            drop(target.set_pointer_capture(event.pointer_id()));
        }
        f64::from(event.client_x())
    }
}

#[cfg(not(feature = "hydrate"))]
mod server {
    use leptos::ev::PointerEvent;

    pub(crate) fn now_ms() -> i64 {
        0
    }
    pub(crate) fn clock(_: i64) -> String {
        String::new()
    }
    pub(crate) fn day(_: i64) -> String {
        String::new()
    }
    pub(crate) fn is_phone() -> bool {
        false
    }
    pub(crate) fn mark_cell(_: u64, _: usize) {}
    pub(crate) fn grab(_: &PointerEvent) -> f64 {
        0.0
    }
}
