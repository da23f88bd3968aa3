// Looks into the server's files from outside, as an operator with `sqlite3` or `grep` would.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Sessions that are not over, read with Python's sqlite3, which Debian always has. */
function sessions(dataDir: string): number {
  const query = "select count(*) from states where scope = 'tenant:sessions' and live";
  const script = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])";
  return Number(execFileSync("python3", ["-c", script, join(dataDir, "holdfast.db"), query]).toString());
}

/** Whether any file below the data folder holds this text. */
function bytesContain(folder: string, text: string): boolean {
  return readdirSync(folder).some((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? bytesContain(path, text) : readFileSync(path).includes(text);
  });
}

export const onDisk = { sessions, bytesContain };
