// Looks into the server's files from outside, as an operator with `sqlite3` or `grep` would.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Rows of a table in one of the server's databases, read with Python's sqlite3, which Debian always has. */
function count(dataDir: string, file: string, table: string): number {
  const script = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute(f'select count(*) from {sys.argv[2]}').fetchone()[0])";
  return Number(execFileSync("python3", ["-c", script, join(dataDir, file), table]).toString());
}

/** Whether any file below the data folder holds this text. */
function bytesContain(folder: string, text: string): boolean {
  return readdirSync(folder).some((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? bytesContain(path, text) : readFileSync(path).includes(text);
  });
}

export const onDisk = { count, bytesContain };
