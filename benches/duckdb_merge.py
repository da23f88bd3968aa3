"""The merge of workbench/benches/query.rs, done by DuckDB on the same Parquet files.

    python benches/duckdb_merge.py FOLDER OUTPUT

FOLDER holds demographics.parquet, labs.parquet and exams.parquet. Needs `pip install duckdb`; the
benchmark looks for an interpreter that has it (see there). Prints one line of JSON: seconds, peak
memory in MiB, rows, DuckDB's version.
"""

import json
import resource
import sys
import time

import duckdb

folder, output = sys.argv[1:3]
connection = duckdb.connect()
tables = {name: f"'{folder}/{name}.parquet'" for name in ("demographics", "labs", "exams")}


def columns(table, alias):
    """Every column but the keys, and `day`, which labs and exams share."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {tables[table]}").fetchall()
    names = [row[0] for row in described]
    return ", ".join(f'{alias}."{name}"' for name in names if name not in ("id", "visit", "day"))


def inner(table, alias):
    return columns(table, alias).replace(f"{alias}.", "v.")


query = f"""
COPY (
    SELECT d.id, v.visit, {columns("demographics", "d")}, v.day, {inner("labs", "l")}, {inner("exams", "e")}
    FROM {tables["demographics"]} d
    LEFT JOIN (
        SELECT coalesce(l.id, e.id) AS id, coalesce(l.visit, e.visit) AS visit,
               coalesce(l.day, e.day) AS day, {columns("labs", "l")}, {columns("exams", "e")}
        FROM {tables["labs"]} l
        FULL JOIN {tables["exams"]} e ON l.id = e.id AND l.visit = e.visit
    ) v ON v.id = d.id
) TO '{output}' (FORMAT parquet, COMPRESSION snappy)
"""
start = time.perf_counter()
connection.execute(query)
seconds = time.perf_counter() - start
rows = connection.execute(f"SELECT count(*) FROM '{output}'").fetchall()[0][0]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"seconds": seconds, "peak_mib": peak, "rows": rows, "version": duckdb.__version__}))
