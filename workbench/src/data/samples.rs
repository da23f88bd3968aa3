//! The sample study, inside the program: three tables of the PBC trial (`samples/pbc/README.md`).

use tokio_util::sync::CancellationToken;

use super::{source::Source, types::TableInfo};
use crate::{Error, Workbench};

/// A file of the sample study.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its name.
    pub file_name: &'static str,
    /// Its content, CSV.
    pub bytes: &'static [u8],
}

const SAMPLES: [Sample; 3] = [
    Sample {
        file_name: "demographics.csv",
        bytes: include_bytes!("../../../samples/pbc/demographics.csv"),
    },
    Sample {
        file_name: "labs.csv",
        bytes: include_bytes!("../../../samples/pbc/labs.csv"),
    },
    Sample {
        file_name: "exams.csv",
        bytes: include_bytes!("../../../samples/pbc/exams.csv"),
    },
];

/// The files of the sample study.
pub fn samples() -> &'static [Sample] {
    &SAMPLES
}

impl Workbench {
    /// Imports the sample study. From the second time on its tables are there already, and this
    /// takes a millisecond.
    pub async fn import_samples(&self) -> Result<Vec<TableInfo>, Error> {
        let mut tables = Vec::with_capacity(SAMPLES.len());
        for sample in samples() {
            let source = Source::Bytes(sample.bytes);
            let table = self
                .import_from(source, sample.file_name, &CancellationToken::new())
                .await?;
            tables.push(TableInfo {
                is_sample: true,
                ..table
            });
        }
        Ok(tables)
    }
}
