//! The result page by page, sorted, filtered, and as a download.

use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tokio_util::sync::CancellationToken;
use workbench::{
    Error,
    query::{
        CohortFilters, ColumnFilter, ExportFormat, PageRequest, ResultInfo, Shape, SortKey,
        default_selection, export_name,
    },
};

use crate::study::{Bench, first, lines, spec, taking, women_40_to_60};

async fn result() -> (Bench, ResultInfo) {
    let mut bench = Bench::new();
    bench.table(
        "people",
        "id|name|score|born\n\
         1|FU12|2.5|1970-01-03\n2||10.25|1970-01-02\n3|FU2||1970-01-03\n4|=cmd()|-3|\n5|a,\"b\"|2.5|1970-01-01\n6|FU2|0.125|",
    );
    let study = bench.study(None);
    let spec = spec(CohortFilters::default(), default_selection(&study));
    let result = bench
        .workbench
        .merge(&study, &spec, 0, &CancellationToken::new())
        .await
        .unwrap();
    (bench, result)
}

fn sorted(columns: &[(&str, bool)]) -> PageRequest {
    let key = |(column, descending): &(&str, bool)| SortKey {
        column: (*column).into(),
        descending: *descending,
    };
    PageRequest {
        limit: 100,
        sort: columns.iter().map(key).collect(),
        ..PageRequest::default()
    }
}

fn filtered(filters: &[(&str, &str)]) -> PageRequest {
    let filter = |(column, text): &(&str, &str)| ColumnFilter {
        column: (*column).into(),
        text: (*text).into(),
    };
    PageRequest {
        limit: 100,
        filters: filters.iter().map(filter).collect(),
        ..PageRequest::default()
    }
}

async fn ids(bench: &Bench, result: &ResultInfo, request: &PageRequest) -> String {
    let page = bench.workbench.page(result, request).await.unwrap();
    assert_eq!(page.total as usize, page.rows.len());
    page.rows
        .iter()
        .map(|row| row[0].clone().unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn a_sort_is_natural_stable_and_puts_missing_values_last() {
    let (bench, result) = result().await;
    assert_eq!(
        ids(&bench, &result, &sorted(&[("score", false)])).await,
        "4 6 1 5 2 3"
    );
    assert_eq!(
        ids(&bench, &result, &sorted(&[("score", true)])).await,
        "2 1 5 6 4 3"
    );
    assert_eq!(
        ids(&bench, &result, &sorted(&[("name", false)])).await,
        "4 3 6 1 5 2"
    );
    assert_eq!(
        ids(&bench, &result, &sorted(&[("born", true), ("id", true)])).await,
        "3 1 2 5 6 4"
    );
}

#[tokio::test]
async fn filters_on_columns_all_have_to_match() {
    let (bench, result) = result().await;
    assert_eq!(
        ids(&bench, &result, &filtered(&[("name", "fu")])).await,
        "1 3 6"
    );
    assert_eq!(
        ids(
            &bench,
            &result,
            &filtered(&[("name", "fu"), ("score", "> 0.125")])
        )
        .await,
        "1"
    );
    assert_eq!(
        ids(&bench, &result, &filtered(&[("born", "01-03")])).await,
        "1 3"
    );
    let mut request = filtered(&[("score", "0..5")]);
    request.sort = sorted(&[("score", true)]).sort;
    assert_eq!(ids(&bench, &result, &request).await, "1 5 6");
}

#[tokio::test]
async fn what_cannot_be_sorted_or_filtered_is_a_bad_request() {
    let (bench, result) = result().await;
    for request in [
        sorted(&[("nothing", false)]),
        filtered(&[("score", "> much")]),
    ] {
        let page = bench.workbench.page(&result, &request).await;
        assert!(matches!(page, Err(Error::BadRequest(_))), "{page:?}");
    }
}

#[tokio::test]
async fn cells_keep_the_precision_of_their_column() {
    let (bench, result) = result().await;
    let page = bench.workbench.page(&result, &first(2)).await.unwrap();
    assert_eq!(
        lines(&page),
        ["1 FU12 2.500 1970-01-03", "2 - 10.250 1970-01-02"]
    );
}

#[tokio::test]
async fn any_page_of_the_trial_is_a_piece_of_the_whole() {
    let (bench, study) = Bench::pbc();
    let spec = spec(women_40_to_60(), default_selection(&study));
    let result = bench
        .workbench
        .merge(&study, &spec, 0, &CancellationToken::new())
        .await
        .unwrap();
    for sort in [Vec::new(), sorted(&[("bili", true)]).sort] {
        let request = |offset, limit| PageRequest {
            offset,
            limit,
            sort: sort.clone(),
            ..PageRequest::default()
        };
        let whole = [
            bench
                .workbench
                .page(&result, &request(0, 1_000))
                .await
                .unwrap()
                .rows,
            bench
                .workbench
                .page(&result, &request(1_000, 1_000))
                .await
                .unwrap()
                .rows,
        ]
        .concat();
        assert_eq!(whole.len(), 1_123);
        for offset in [0, 1, 500, 1_100, 1_123, u64::MAX] {
            let page = bench
                .workbench
                .page(&result, &request(offset, 50))
                .await
                .unwrap();
            let start = (offset.min(1_123)) as usize;
            assert_eq!(page.rows, whole[start..whole.len().min(start + 50)]);
            assert_eq!(page.total, 1_123);
        }
    }
}

async fn export(
    bench: &Bench,
    result: &ResultInfo,
    format: ExportFormat,
    request: &PageRequest,
) -> Vec<u8> {
    let pieces = bench.workbench.export(result, format, request).unwrap();
    let pieces: Vec<_> = pieces.collect().await;
    pieces.into_iter().flat_map(Result::unwrap).collect()
}

#[tokio::test]
async fn csv_has_every_digit_and_no_formula() {
    let (bench, result) = result().await;
    let csv = export(&bench, &result, ExportFormat::Csv, &PageRequest::default()).await;
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "id,name,score,born\n1,FU12,2.5,1970-01-03\n2,,10.25,1970-01-02\n3,FU2,,1970-01-03\n\
         4,'=cmd(),-3,\n5,\"a,\"\"b\"\"\",2.5,1970-01-01\n6,FU2,0.125,\n"
    );
    let mut request = sorted(&[("score", true)]);
    request.filters = filtered(&[("name", "FU")]).filters;
    let csv = export(&bench, &result, ExportFormat::Csv, &request).await;
    let ids: Vec<_> = String::from_utf8(csv)
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| line[..1].to_owned())
        .collect();
    assert_eq!(ids, ["1", "6", "3"]);
}

#[tokio::test]
async fn parquet_leaves_as_it_is_kept_or_in_the_order_asked_for() {
    let (bench, result) = result().await;
    let whole = export(
        &bench,
        &result,
        ExportFormat::Parquet,
        &PageRequest::default(),
    )
    .await;
    assert_eq!(
        whole,
        std::fs::read(bench.workbench.result_path(&result.id)).unwrap()
    );
    let some = export(
        &bench,
        &result,
        ExportFormat::Parquet,
        &filtered(&[("name", "FU")]),
    )
    .await;
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(some))
        .unwrap()
        .build()
        .unwrap();
    let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 3);
}

#[tokio::test]
async fn a_result_that_is_gone_is_said() {
    let (bench, result) = result().await;
    std::fs::remove_file(bench.workbench.result_path(&result.id)).unwrap();
    assert!(matches!(
        bench.workbench.page(&result, &first(1)).await,
        Err(Error::Missing(_))
    ));
    let export = bench
        .workbench
        .export(&result, ExportFormat::Csv, &PageRequest::default());
    assert!(matches!(export.map(|_| ()), Err(Error::Missing(_))));
}

#[tokio::test]
async fn a_download_is_named_by_its_tables_form_and_time() {
    let (_bench, mut result) = result().await;
    let now = 1_767_323_045_000;
    let name = |result: &ResultInfo| export_name(result, ExportFormat::Csv, now);
    assert_eq!(name(&result), "people_only_20260102_030405.csv");
    let tables = ["people", "labs", "exams", "scans"];
    result.spec.selection = taking(&tables);
    result.provenance = tables
        .map(|table| (table.to_owned(), String::new()))
        .to_vec();
    assert_eq!(name(&result), "people_and_3_more_long_20260102_030405.csv");
    result.provenance.pop();
    result.spec.shape = Shape::Wide;
    assert_eq!(name(&result), "people_labs_exams_wide_20260102_030405.csv");
}
