//! A profile as one HTML file: it needs no script, no other file and no network, and is read in ten years.

use std::fmt::Write as _;

use super::{ColumnProfile, Profile};

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1d2a31}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\
th,td{padding:.25rem .6rem;border-bottom:1px solid #dde3e6;text-align:right}th:first-child,td:first-child{text-align:left}\
.w{overflow-x:auto}p{color:#4a545e}";

/// The file.
pub fn html(profile: &Profile) -> String {
    let mut page = String::new();
    // Writing into a text cannot fail.
    let _ = whole(profile, &mut page);
    page
}

fn whole(profile: &Profile, page: &mut String) -> std::fmt::Result {
    let table = escaped(&profile.table);
    write!(
        page,
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Profile of {table}</title><style>{STYLE}</style></head><body>\
         <h1>Profile of {table}</h1><p>{} rows, {} columns. Descriptions, correlations and patterns of {} rows. Source: SHA-256 {}.</p>",
        profile.rows,
        profile.columns.len(),
        profile.looked_at,
        escaped(&profile.checksum)
    )?;
    page.push_str(
        "<h2>Columns</h2><div class=\"w\"><table><tr><th>Column</th><th>Type</th><th>Missing</th><th>Distinct</th><th>Min</th><th>Q1</th>\
         <th>Median</th><th>Q3</th><th>Max</th><th>Mean</th><th>SD</th><th>Skewness</th><th>Values</th></tr>",
    );
    for column in &profile.columns {
        row(column, profile.rows, page)?;
    }
    page.push_str("</table></div><h2>Correlations</h2>");
    correlations(profile, page)?;
    page.push_str("<h2>Missing values</h2>");
    write!(
        page,
        "<p>{} rows miss nothing.</p><table><tr><th>Missing together</th><th>Rows</th></tr>",
        profile.missing.complete
    )?;
    for pattern in &profile.missing.patterns {
        let names = escaped(&pattern.columns.join(", "));
        write!(page, "<tr><td>{names}</td><td>{}</td></tr>", pattern.rows)?;
    }
    page.push_str("</table></body></html>\n");
    Ok(())
}

fn row(column: &ColumnProfile, rows: u64, page: &mut String) -> std::fmt::Result {
    let share = column.missing as f64 / rows.max(1) as f64 * 100.0;
    let kind = format!("{:?}", column.column_type).to_lowercase();
    write!(
        page,
        "<tr><td>{}</td><td>{kind}</td><td>{} ({share:.1} %)</td><td>{}</td>",
        escaped(&column.name),
        column.missing,
        column.distinct
    )?;
    let decimals = usize::from(column.decimals) + 1;
    match &column.numbers {
        Some(it) => {
            let figures = [it.min, it.q25, it.median, it.q75, it.max, it.mean, it.sd];
            for figure in figures {
                write!(page, "<td>{figure:.decimals$}</td>")?;
            }
            write!(page, "<td>{:.3}</td>", it.skewness)?;
        }
        None => page.push_str(&"<td>–</td>".repeat(8)),
    }
    let values = column
        .categories
        .iter()
        .map(|it| format!("{}: {}", it.value, it.count));
    let values: Vec<String> = values.collect();
    write!(page, "<td>{}</td></tr>", escaped(&values.join(", ")))
}

fn correlations(profile: &Profile, page: &mut String) -> std::fmt::Result {
    let all = &profile.correlations;
    write!(
        page,
        "<p>Pearson's r over the rows that have both. {} numeric columns were not compared.</p><div class=\"w\"><table><tr><th></th>",
        all.left_out
    )?;
    for name in &all.columns {
        write!(page, "<th>{}</th>", escaped(name))?;
    }
    page.push_str("</tr>");
    for (name, row) in all.columns.iter().zip(&all.r) {
        write!(page, "<tr><td>{}</td>", escaped(name))?;
        for r in row {
            match r {
                Some(r) => write!(page, "<td>{r:.2}</td>")?,
                None => page.push_str("<td>–</td>"),
            }
        }
        page.push_str("</tr>");
    }
    page.push_str("</table></div>");
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_out_of_a_file_is_text_in_the_page() {
        let profile = Profile {
            table: "<script>x</script>".into(),
            ..Profile::default()
        };
        let page = html(&profile);
        assert!(page.contains("Profile of &lt;script&gt;"));
        assert!(!page.contains("<script"));
    }
}
