// What the page hands over: the crate `workbench`'s plot types as JSON, and what the axes are called.

export type Kind = "scatter" | "histogram" | "box" | "violin" | "density" | "visits";
export type Pair = [number, number];

export interface Spec {
  kind: Kind;
  log_x: boolean;
  log_y: boolean;
  fit: boolean;
  fit_interval: boolean;
  opacity: number;
}
export interface Point {
  row: number;
  x: number;
  y: number;
  size: number | null;
}
export interface Fit {
  group: string | null;
  line: [number, number, number, number][];
}
export interface Description {
  n: number;
  mean: number;
  median: number;
  min: number;
  max: number;
  q25: number;
  q75: number;
}
export interface Group {
  name: string;
  colour: string | null;
  description: Description;
  whiskers: Pair;
  outliers: number[];
  density: Pair[];
  interval: Pair;
}
export interface Series {
  name: string | null;
  points: Point[];
  counts: number[];
  curve: Pair[];
}
export interface Panel {
  name: string | null;
  series: Series[];
  fits: Fit[];
  edges: number[];
  description: Description | null;
  groups: Group[];
  cells: [number, number, number][];
  y_edges: number[];
}
export interface Data {
  panels: Panel[];
}
/** What the axes and colours are called; made by the page, which knows the columns. */
export interface Labels {
  x: string;
  y: string;
  colour: string | null;
  facet: string | null;
  size: string | null;
  /** The colours have an order: they go from light to dark. */
  is_ordinal: boolean;
  x_is_date: boolean;
  y_is_date: boolean;
}
export interface Range {
  min: number | null;
  max: number | null;
}
export type Region = { shape: "box"; x: Range; y: Range } | { shape: "polygon"; corners: Pair[] };
export interface Drawing {
  data: Data;
  spec: Spec;
  labels: Labels;
}
export type Tool = "pan" | "box" | "lasso";
