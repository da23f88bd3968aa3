//! One file for the code that many lazy routes share.
//!
//! The splitter makes a file of each set of routes that share some code: with ten routes that is hundreds of small files, of
//! which a page needs more than a hundred. What three routes or more need is put together into one file, which every
//! route loads: a few requests instead of a hundred, functions that are the same are there once, and what is compressed
//! together becomes smaller (docs/decisions/0029-one-file-for-what-routes-share.md).
//!
//! The parts reach one another through the main file's memory and tables only. A stub stands in for the main file while
//! they are merged, so that all of them import the same ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use wasm_encoder::{EntityType, ExportKind, ExportSection, ImportSection, Module};
use wasmparser::{Parser, Payload};

use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::names::LOADER;
use crate::wasm::Lazy;
use crate::{optimise, tools};

/// The file's stem.
pub const COMMON: &str = "common";
/// Routes that need a part before it is put there: for fewer, the others would load too much for nothing.
const ROUTES: usize = 3;
/// What the splitter calls the main file where a part imports from it.
const MAIN: &str = "__wasm_split";

/// Merges the parts in `pkg` that many routes of `lazy` share, and has the loader and `lazy` name the one file instead.
pub fn gather(layout: &Layout, pkg: &Path, lazy: &mut Lazy) -> Result<()> {
    let parts = shared_by_many(lazy);
    if parts.len() < 2 {
        return Ok(());
    }
    merge(layout, pkg, &parts)?;
    let loader = pkg.join(LOADER);
    let script = fs::read_to_string(&loader).map_err(Error::file("read", &loader))?;
    fs::write(&loader, rewrite(&script, &parts)?).map_err(Error::file("write", &loader))?;
    for stem in &parts {
        let file = pkg.join(stem).with_extension("wasm");
        fs::remove_file(&file).map_err(Error::file("remove", file))?;
    }
    for stems in lazy.values_mut() {
        stems.retain(|stem| !parts.contains(stem));
        stems.insert(0, COMMON.to_owned());
    }
    Ok(())
}

fn shared_by_many(lazy: &Lazy) -> Vec<String> {
    let mut routes = BTreeMap::<&String, usize>::new();
    for stem in lazy.values().flatten() {
        *routes.entry(stem).or_default() += 1;
    }
    let many = routes.into_iter().filter(|(_, routes)| *routes >= ROUTES);
    many.map(|(stem, _)| stem.clone()).collect()
}

fn merge(layout: &Layout, pkg: &Path, parts: &[String]) -> Result<()> {
    let path = |stem: &str| pkg.join(stem).with_extension("wasm");
    let mut imports = BTreeMap::new();
    for stem in parts {
        let bytes = fs::read(path(stem)).map_err(Error::file("read", path(stem)))?;
        imports_of(&bytes, &mut imports)?;
    }
    let stub = path("main-stub");
    fs::write(&stub, stand_in(&imports)).map_err(Error::file("write", &stub))?;
    let mut merge = Command::new(layout.node_program("wasm-merge"));
    merge.arg(&stub).arg(MAIN);
    for stem in parts {
        merge.arg(path(stem)).arg(stem);
    }
    merge.args(optimise::FEATURES).arg("-o").arg(path(COMMON));
    tools::run(&mut merge)?;
    fs::remove_file(&stub).map_err(Error::file("remove", stub))
}

/// What a part imports from the main file, by name.
fn imports_of(wasm: &[u8], found: &mut BTreeMap<String, EntityType>) -> Result<()> {
    let wrong = |problem: String| Error::step("gather", problem);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|error| wrong(error.to_string()))?;
        let Payload::ImportSection(section) = payload else {
            continue;
        };
        for import in section.into_imports() {
            let import = import.map_err(|error| wrong(error.to_string()))?;
            let kind = EntityType::try_from(import.ty).map_err(|error| wrong(error.to_string()))?;
            if import.module != MAIN || matches!(kind, EntityType::Function(_)) {
                return Err(wrong(format!(
                    "a part imports {} from {}, which is not the main file's memory or a table",
                    import.name, import.module
                )));
            }
            found.insert(import.name.to_owned(), kind);
        }
    }
    Ok(())
}

/// A module that imports these from `main` and exports them under the same names.
fn stand_in(entities: &BTreeMap<String, EntityType>) -> Vec<u8> {
    let (mut imports, mut exports) = (ImportSection::new(), ExportSection::new());
    let mut next = BTreeMap::<u8, u32>::new();
    for (name, entity) in entities {
        let kind = match entity {
            EntityType::Table(_) => ExportKind::Table,
            EntityType::Memory(_) => ExportKind::Memory,
            EntityType::Global(_) => ExportKind::Global,
            EntityType::Tag(_) => ExportKind::Tag,
            EntityType::Function(_) | EntityType::FunctionExact(_) => ExportKind::Func,
        };
        let index = next.entry(kind as u8).or_default();
        imports.import("main", name, *entity);
        exports.export(name, kind, *index);
        *index += 1;
    }
    let mut module = Module::new();
    module.section(&imports).section(&exports);
    module.finish()
}

/// The loader with one loader for all of these parts, before the first of them.
fn rewrite(script: &str, parts: &[String]) -> Result<String> {
    let end = ", []);\n";
    let mut script = script.to_owned();
    let mut first = script.len();
    for stem in parts {
        let missing = || Error::step("gather", format!("the loader does not load {stem}"));
        let start = script
            .find(&format!("const __{stem} = makeLoad("))
            .ok_or_else(missing)?;
        let length = script[start..].find(end).ok_or_else(missing)? + end.len();
        let new = format!("const __{stem} = __{COMMON};\n");
        script.replace_range(start..start + length, &new);
        // What is replaced later and stands before it only moves it towards the beginning.
        first = first.min(start);
    }
    script.insert_str(first, &common_loader());
    Ok(script)
}

fn common_loader() -> String {
    format!(
        "const __{COMMON} = makeLoad(() => {{\n\
         const src = fetch(new URL(\"./{COMMON}.wasm\", import.meta.url));\n\
         src.catch(() => {{}});\n\
         return async (imports) => WebAssembly.instantiateStreaming(src, {{ main: imports.{MAIN} }});\n\
         }}, []);\n"
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn what_three_routes_need_is_put_together_and_the_rest_is_not() {
        let route = |name: &str, stems: &[&str]| {
            let stems = stems.iter().map(|stem| (*stem).to_owned()).collect();
            (name.to_owned(), stems)
        };
        let lazy = Lazy::from([
            route("a", &["chunk_1", "chunk_2", "split_a"]),
            route("b", &["chunk_1", "chunk_2", "split_b"]),
            route("c", &["chunk_1", "split_c"]),
        ]);
        assert_eq!(shared_by_many(&lazy), ["chunk_1"]);
    }

    #[test]
    fn the_loader_loads_the_one_file_for_each_of_its_parts() {
        let one = |n: u8| format!("const __chunk_{n} = makeLoad(() => {{ /* {n} */ }}\n, []);\n");
        let script = format!("{}{}{}rest", one(1), one(2), one(3));
        let parts = ["chunk_3".to_owned(), "chunk_1".to_owned()];
        let new = rewrite(&script, &parts).unwrap();
        assert!(
            new.starts_with("const __common = "),
            "it is there before it is named"
        );
        assert_eq!(new.matches("makeLoad").count(), 2);
        assert!(
            new.contains("const __chunk_1 = __common;")
                && new.contains("const __chunk_3 = __common;")
        );
        assert!(new.contains("/* 2 */") && !new.contains("/* 3 */") && new.ends_with("rest"));
        assert!(rewrite(&script, &["chunk_9".to_owned()]).is_err());
    }
}
