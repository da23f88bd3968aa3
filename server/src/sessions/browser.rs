//! What a browser calls itself, in words: `Firefox 145 on Linux`. For the person who looks where they are logged in;
//! nothing is decided by it.

/// Longest name kept of what is not known.
const MAX: usize = 60;

/// The browser and the system of a `User-Agent`.
pub(crate) fn browser(agent: &str) -> String {
    // The order matters: most browsers also claim to be those further down.
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = BROWSERS.iter().find_map(|(mark, name)| {
        let (_, rest) = agent.split_once(mark)?;
        let digits = rest.chars().take(5).take_while(char::is_ascii_digit);
        let version: String = digits.collect();
        Some(format!("{name} {version}").trim_end().to_owned())
    });
    let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark));
    match (found, system) {
        (Some(browser), Some((_, system))) => format!("{browser} on {system}"),
        (Some(browser), None) => browser,
        (None, _) => {
            let plain = agent.chars().filter(|c| !c.is_control()).take(MAX);
            let plain: String = plain.collect();
            match plain.trim() {
                "" => "An unknown program".to_owned(),
                name => name.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn known_browsers_are_called_by_their_names() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox 145 on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome 142 on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge 142 on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari 18 on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
                "Firefox 144 on macOS",
            ),
        ];
        for (agent, name) in cases {
            assert_eq!(browser(agent), name);
        }
    }

    #[test]
    fn whatever_else_comes_is_short_and_one_line() {
        assert_eq!(browser(""), "An unknown program");
        assert_eq!(browser("curl/8.5.0"), "curl/8.5.0");
        assert_eq!(browser("a\r\nb\u{0}"), "ab");
        assert!(browser(&"x".repeat(9_000)).len() <= 60);
    }
}
