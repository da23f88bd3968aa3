//! TOML: the parser of the `toml` crate says whether a text is valid and what its values are; the layout of lines,
//! headers and brackets is read here.

mod lines;
mod sections;
mod values;

use std::collections::BTreeSet;

use ::toml::de::DeTable;

use super::{Node, Tree, flow};
use crate::configurations::merge::error::FaultAt;

pub(super) use self::values::write_json;

/// Reads the text; tables in `scattered` are taken header by header.
pub(super) fn parse<'t>(text: &'t str, scattered: &BTreeSet<String>) -> Result<Tree<'t>, FaultAt> {
    let table = values::read(text)?;
    let scalars = values::Scalars::of(table.get_ref());
    let mut reader = lines::Reader {
        text,
        nodes: Vec::new(),
        scalars: &scalars,
    };
    let (sections, rest) = reader.sections()?;
    let mut nodes = reader.nodes;
    let mut scattered = scattered.clone();
    loop {
        let kept = nodes.len();
        let mut builder = sections::Builder {
            text,
            nodes,
            sections: &sections,
            scattered,
            is_complete: true,
        };
        let root = builder.file(rest)?;
        if builder.is_complete {
            let mut tree = Tree::new(text, builder.nodes, root);
            tree.scattered = builder.scattered;
            return Ok(tree);
        }
        // A table turned out to be scattered: once more, with it taken header by header.
        nodes = builder.nodes;
        nodes.truncate(kept);
        scattered = builder.scattered;
    }
}

/// The text's values by name, for canonical JSON.
pub(super) fn table(text: &str) -> Result<DeTable<'_>, FaultAt> {
    values::read(text).map(|table| table.into_inner())
}

type Nodes = Vec<Node>;

fn push(nodes: &mut Nodes, node: Node) -> usize {
    nodes.push(node);
    nodes.len() - 1
}

fn check(text: &str) -> Result<(), FaultAt> {
    flow::check_length(text)
}
