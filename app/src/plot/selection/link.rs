//! The address of the selected rows as a file.

use serde::Serialize;

use crate::plot::rows::Wanted;

/// `/plot/selection.csv?id=..&spec=..&region=..`.
pub(super) fn csv_link(wanted: &Wanted) -> String {
    format!(
        "/plot/selection.csv?id={}&spec={}&region={}",
        encoded(&wanted.asked.result_id),
        json(&wanted.asked.spec),
        json(&wanted.region)
    )
}

fn json(value: &impl Serialize) -> String {
    encoded(&serde_json::to_string(value).unwrap_or_default())
}

/// Percent-encoding (RFC 3986, 2.1) of all but unreserved characters. Of our own, as the server
/// renders the link too, where the browser's function is not.
fn encoded(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len() * 2), |mut link, byte| {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    link.push(char::from(byte))
                }
                _ => link += &format!("%{byte:02X}"),
            }
            link
        })
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn what_has_a_meaning_in_an_address_is_escaped() {
        assert_eq!(
            encoded("{\"x\":\"a&b é\"}"),
            "%7B%22x%22%3A%22a%26b%20%C3%A9%22%7D"
        );
    }
}
