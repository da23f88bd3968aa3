//! Addresses with what is looked for in them, so that it survives the back button and a refresh, and can be sent.

/// The address of a page with what is said of it.
pub(crate) fn address(page: &str, said: &[(&str, &str)]) -> String {
    let mut address = page.to_owned();
    for (name, value) in said.iter().filter(|(_, value)| !value.is_empty()) {
        let sign = if address.contains('?') { "&" } else { "?" };
        address.push_str(&[sign, name, "=", &encoded(value)].concat());
    }
    address
}

/// A text as a part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
