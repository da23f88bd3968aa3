//! Markup for `<noscript>`, which a browser with WASM never reads: so it is text here, not a view.
//! Only the server writes it.

/// A box that takes a card out of the form.
pub(super) fn remove_field(field: &str, card: &str) -> String {
    if cfg!(feature = "hydrate") {
        return String::new();
    }
    [
        r#"<label class="flex items-center gap-2 text-2xs mt-2"><input type="checkbox" class="checkbox checkbox-xs" name=""#,
        &escaped(field),
        r#"">Remove "#,
        &escaped(card),
        "</label>",
    ]
    .concat()
}

/// The button that sends the rail, the form of the result, and the choice of a new card's column. The browser does not
/// hold days against those of a column: a filter may reach past them.
pub(super) fn apply(columns: &[String], is_wide: bool, is_consolidated: bool) -> String {
    if cfg!(feature = "hydrate") {
        return String::new();
    }
    let mut html = String::from(
        r#"<div class="px-4 pb-4 flex flex-col gap-2"><label class="text-xs">New card <select class="select select-sm w-full" name="new_card"><option value="">none</option>"#,
    );
    for column in columns {
        html.push_str("<option>");
        html.push_str(&escaped(column));
        html.push_str("</option>");
    }
    html.push_str(r#"</select></label><label class="text-xs">Form <select class="select select-sm w-full" name="shape"><option value="long">Long: a row a visit</option><option value="wide""#);
    html.push_str(if is_wide { " selected" } else { "" });
    html.push_str(r#">Wide: a row a participant</option></select></label><label class="flex items-center gap-2 text-xs"><input type="checkbox" class="checkbox checkbox-xs" name="consolidate_baseline""#);
    html.push_str(if is_consolidated { "\" checked" } else { "\"" });
    html.push_str(r#">Consolidate baselines</label><button class="btn btn-sm btn-primary" formnovalidate>Apply</button></div>"#);
    html
}

/// The ways to the rows before and after.
pub(super) fn page_links(page: u64, pages: u64) -> String {
    if cfg!(feature = "hydrate") {
        return String::new();
    }
    let link = |to: u64, name: &str| {
        [
            "<a class=\"underline\" href=\"/?page=",
            &to.to_string(),
            "\">",
            name,
            "</a> ",
        ]
        .concat()
    };
    let mut html = String::new();
    if page > 1 {
        html.push_str(&link(page - 1, "Previous rows"));
    }
    if page < pages {
        html.push_str(&link(page + 1, "Next rows"));
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(all(test, not(feature = "hydrate")))]
mod tests {
    use super::{apply, page_links};

    #[test]
    fn names_cannot_become_markup() {
        let html = apply(&["a.<script>\"".to_owned()], true, false);
        assert!(html.contains("a.&lt;script&gt;&quot;"));
        assert!(html.contains(r#"value="wide" selected"#) && !html.contains("checked"));
    }

    #[test]
    fn the_first_and_the_last_page_have_one_way_to_go() {
        assert!(!page_links(1, 3).contains("Previous"));
        assert!(page_links(2, 3).contains("?page=1") && page_links(2, 3).contains("?page=3"));
        assert!(!page_links(3, 3).contains("Next"));
        assert_eq!(page_links(1, 1), "");
    }
}
