// What crosses the border as JSON; `app/src/configurations/bridge.rs` is the other side.

export type Format = "yaml" | "toml" | "json";

/** Somebody else in the file, by the line they are in. */
export interface Peer {
  line: number;
  name: string;
  colour: string;
}

/** One thing that is wrong, at a place counted from 1. */
export interface Problem {
  line: number;
  column: number;
  message: string;
}
