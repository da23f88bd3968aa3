//! The columns of both tables.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

/// The file of patients in a run's folder.
pub const PATIENTS_FILE: &str = "patients.parquet";
/// The file of visits.
pub const VISITS_FILE: &str = "visits.parquet";

/// The disease state where none was found, as in the tables of an imported trial.
pub const UNKNOWN: &str = "UNKNOWN";

/// Few distinct words.
fn words() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8))
}

static PATIENTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("patient_id", DataType::UInt32, false),
        Field::new("enrollment_date", DataType::Date32, false),
        Field::new("baseline_vision", DataType::Float32, false),
        Field::new("final_vision", DataType::Float32, false),
        Field::new("final_disease_state", words(), false),
        Field::new("total_injections", DataType::UInt32, false),
        Field::new("total_visits", DataType::UInt32, false),
        Field::new("discontinued", DataType::Boolean, false),
        Field::new("discontinuation_time", DataType::UInt16, true),
        Field::new("discontinuation_type", words(), true),
        Field::new("discontinuation_reason", words(), true),
    ]))
});

static VISITS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("patient_id", DataType::UInt32, false),
        Field::new("date", DataType::Date32, false),
        Field::new("time_days", DataType::UInt16, false),
        Field::new("vision", DataType::Float32, false),
        Field::new("injected", DataType::Boolean, false),
        Field::new("next_interval_days", DataType::UInt16, true),
        Field::new("disease_state", words(), false),
    ]))
});

/// One row for each patient, sorted by `patient_id`, which counts from 1.
///
/// | column | |
/// |---|---|
/// | `enrollment_date` | the day of the first visit |
/// | `baseline_vision` | ETDRS letters before it |
/// | `final_vision`, `final_disease_state` | at the last visit; of who stopped, carried forward |
/// | `total_injections`, `total_visits` | counts |
/// | `discontinued` | whether the patient stopped |
/// | `discontinuation_time` | then: days since the first visit |
/// | `discontinuation_type` | then: `planned`, `adverse`, `ineffective`, as the protocol counts the reason |
/// | `discontinuation_reason` | then: `poor_vision`, `injections`, `months` |
pub fn patients_schema() -> SchemaRef {
    Arc::clone(&PATIENTS)
}

/// One row for each visit, sorted by `patient_id` and `time_days`.
///
/// | column | |
/// |---|---|
/// | `date` | the day |
/// | `time_days` | days since the patient's first visit |
/// | `vision` | ETDRS letters after this visit's change |
/// | `injected` | whether there was an injection |
/// | `next_interval_days` | days to the next visit, whether or not the run lasts so long; none where no next one is planned |
/// | `disease_state` | what was found: `NAIVE`, `STABLE`, `ACTIVE`, `HIGHLY_ACTIVE`; in an imported trial `UNKNOWN` |
pub fn visits_schema() -> SchemaRef {
    Arc::clone(&VISITS)
}
