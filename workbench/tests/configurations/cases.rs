//! The table of cases: files in `cases/`, one format each. A case has a name, the three texts, and either the merged
//! text or the conflicts (`path: reason`) with the texts that the answers give.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use workbench::configurations::merge::{Answer, Format, Merge, merge};

/// Cases that there are at least; the table is not to shrink.
const AT_LEAST: usize = 210;

struct Case {
    name: String,
    /// `crlf`, `bom`, `open`: the texts that have it.
    flags: BTreeMap<String, Vec<String>>,
    texts: BTreeMap<String, String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/configurations/cases")
}

fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut section = String::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("#### ") {
            cases.push(Case {
                name: name.trim().to_owned(),
                flags: BTreeMap::new(),
                texts: BTreeMap::new(),
            });
            continue;
        }
        let case = cases.last_mut().unwrap();
        if let Some(flags) = line.strip_prefix("@ ") {
            for flag in flags.split_whitespace() {
                let (name, texts) = flag.split_once('=').unwrap();
                let texts = texts.split(',').map(str::to_owned).collect();
                case.flags.insert(name.to_owned(), texts);
            }
        } else if let Some(name) = line.strip_prefix(">> ") {
            section = name.trim().to_owned();
            case.texts.insert(section.clone(), String::new());
        } else {
            case.texts.get_mut(&section).unwrap().push_str(line);
        }
    }
    cases
}

impl Case {
    fn has(&self, flag: &str, text: &str) -> bool {
        self.flags
            .get(flag)
            .is_some_and(|texts| texts.iter().any(|name| name == text))
    }

    /// A text with the line ends and marks that its flags say.
    fn text(&self, name: &str) -> Option<String> {
        let mut text = self.texts.get(name)?.clone();
        if self.has("open", name) {
            text.pop();
        }
        if self.has("crlf", name) {
            text = text.replace('\n', "\r\n");
        }
        if self.has("bom", name) {
            text.insert(0, '\u{feff}');
        }
        Some(text)
    }

    fn merge(&self, format: Format, mine: &str, theirs: &str) -> Merge {
        let text = |name: &str| self.text(name).unwrap();
        merge(format, &text("base"), &text(theirs), &text(mine)).unwrap()
    }

    fn check(&self, format: Format) -> Result<(), String> {
        let merge = self.merge(format, "mine", "theirs");
        let is = |what: &str, is: &str, should: &str| {
            if is == should {
                return Ok(());
            }
            Err(format!("{what} is\n{is:?}\nand should be\n{should:?}"))
        };
        if let Some(expected) = self.text("merged") {
            is("the conflicts", &told(&merge), "")?;
            is("the merged text", merge.draft(), &expected)?;
            let swapped = self.merge(format, "theirs", "mine");
            return is("the merge the other way round", swapped.draft(), &expected);
        }
        let conflicts = self.texts.get("conflicts").ok_or("nothing is expected")?;
        is("the conflicts", &told(&merge), conflicts)?;
        for (name, answer) in [
            ("all mine", Answer::Mine),
            ("all theirs", Answer::Theirs),
            ("all both", Answer::Both),
        ] {
            if let Some(expected) = self.text(name) {
                let answers: Vec<_> = merge
                    .conflicts()
                    .iter()
                    .map(|c| (c.id, answer.clone()))
                    .collect();
                let text = merge
                    .resolve(&answers)
                    .map_err(|error| format!("{name}: {error}"))?;
                is(name, &text, &expected)?;
            } else if answer == Answer::Both {
                let can = merge.conflicts().iter().all(|c| c.can_take_both);
                is("whether both can be taken", &can.to_string(), "false")?;
            }
        }
        Ok(())
    }
}

fn told(merge: &Merge) -> String {
    let mut text = String::new();
    for conflict in merge.conflicts() {
        writeln!(text, "{}: {:?}", conflict.path, conflict.reason).unwrap();
    }
    text
}

#[test]
fn every_case_of_the_table_gives_what_it_says() {
    let mut count = 0;
    let mut failures = String::new();
    let mut files: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let format = match name.split('-').next().unwrap() {
            "yaml" => Format::Yaml,
            "toml" => Format::Toml,
            "json" => Format::Json,
            other => panic!("{other} is no format"),
        };
        for case in read(&fs::read_to_string(&file).unwrap()) {
            count += 1;
            if let Err(failure) = case.check(format) {
                writeln!(failures, "\n{name}, {}: {failure}", case.name).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count >= AT_LEAST, "only {count} cases");
}
