//! Pages with a table of 1,000 rows, made on the server for a browser with a session, uncompressed.
//!
//! Two pages, because no page of a browser's sends a person 1,000 rows that they do not see:
//! - Configurations: a folder of 1,000 files, the first 50 of them in its HTML and all in its data.
//! - Query has a table of 1,000 rows as a person opens it: the first 50 in its HTML, 200 in its data, the rest is fetched
//!   while scrolling.

use std::{fmt::Write as _, fs};

use serde_json::{Value, json};

use crate::{
    account,
    bench::Bench,
    connection::Connection,
    error::{Error, Result},
    program::Settings,
    request::Access,
};

const ROWS: usize = 1_000;
const BAR: f64 = 2_000.0;

pub async fn run(bench: &mut Bench) -> Result<()> {
    let rows = bench.options.states.unwrap_or(ROWS);
    let home = bench.home(Settings::new())?;
    configurations(&home.data().join("configurations"), rows)?;
    let server = home.serve().await?;
    let mut connection = server.connect().await?;
    let access = account::browser(&mut connection, server.address).await?;
    let query = table(&mut connection, &access, rows).await?;
    for (name, path) in [("Configurations", "/configurations"), ("Query", "/")] {
        let request = request(&query, path);
        let html = connection.good(path, &request).await?;
        let (shown, size) = (html.matches("<tr").count(), html.len());
        let client = |_| {
            let request = request.clone();
            move |out: &mut Vec<u8>| out.clone_from(&request)
        };
        let load = bench.load(&[&server]);
        let measured = load.run(&[server.process()], client).await?;
        let what = format!("{name}: {rows} rows ({shown} <tr>, {} kB)", size / 1000);
        bench.table.load(&what, &measured);
        bench.table.rate_above(&measured, BAR);
    }
    Ok(())
}

/// The request for a page, as a browser makes it.
pub fn request(access: &Access, path: &str) -> Vec<u8> {
    let mut request = access.get(path);
    request.truncate(request.len() - 2);
    request.extend_from_slice(b"accept: text/html\r\n\r\n");
    request
}

/// So many files.
fn configurations(folder: &std::path::Path, files: usize) -> Result<()> {
    let write = || {
        fs::create_dir_all(folder)?;
        for n in 0..files {
            let text = format!("name: arm {n}\ndose_mg: {}\nvisits: [0, 4, 8, 12]\n", n % 9);
            fs::write(folder.join(format!("arm_{n:04}.yaml")), text)?;
        }
        Ok(())
    };
    write().map_err(Error::io(folder.display().to_string()))
}

/// Puts one table of so many rows into the study, in the place of the samples; who may see it.
pub async fn table(connection: &mut Connection, access: &Access, rows: usize) -> Result<Access> {
    let ask = |function: &str, input: Value| {
        access.json(&format!("POST /api/{function}"), &input.to_string())
    };
    let study = connection
        .good("get_study", &ask("get_study", json!({})))
        .await?;
    let study: Value = serde_json::from_str(&study).unwrap_or_default();
    for table in study["study"]["tables"].as_array().into_iter().flatten() {
        let request = ask("remove_table", json!({ "name": table["name"] }));
        connection.good("remove_table", &request).await?;
    }
    let mut request = Vec::new();
    let line = "POST /data/upload?name=patients.csv";
    access.send(
        &mut request,
        line,
        "content-type: text/csv\r\n",
        csv(rows, 0).as_bytes(),
    );
    connection.good("upload", &request).await?;
    let options = connection
        .good("get_query_options", &ask("get_query_options", json!({})))
        .await?;
    let options: Value = serde_json::from_str(&options).unwrap_or_default();
    let spec = json!({"filters": {}, "selection": options["default_selection"], "shape": "long", "consolidate_baseline": false});
    connection
        .good(
            "merge_tables",
            &ask("merge_tables", json!({ "spec": spec })),
        )
        .await?;
    Ok(access.clone())
}

/// A table of a study.
pub fn csv(rows: usize, seed: usize) -> String {
    let mut csv = String::from("id,visit,age,sex,site,weight,bili,albumin\n");
    for n in 0..rows {
        let (age, site, sex) = (
            30 + n % 50,
            (n + seed) % 7,
            if n % 2 == 0 { "f" } else { "m" },
        );
        // Memory takes everything.
        let _ = writeln!(
            csv,
            "P{n:05},1,{age},{sex},site {site},{}.5,0.{},3.{}",
            50 + n % 40,
            n % 10,
            n % 9
        );
    }
    csv
}
