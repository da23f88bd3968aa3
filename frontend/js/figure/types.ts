// What the page hands over: the crate `app`'s figure types as JSON.

export type Shape = "line" | "bar" | "stacked_bar" | "stacked_area" | "points" | "interval";
export type Colour = { of: "category" | "ordinal"; step: number } | { of: "slate" };

export interface Axis {
  name: string;
  unit: string;
  categories: string[];
  from: number | null;
  to: number | null;
  line: number | null;
}
export interface Point {
  x: number;
  y: number | null;
  low: number | null;
  high: number | null;
  n: number | null;
}
export interface Series {
  name: string;
  shape: Shape;
  colour: Colour;
  is_dashed: boolean;
  is_faint: boolean;
  is_labelled: boolean;
  points: Point[];
}
export interface Panel {
  title: string;
  series: Series[];
}
export interface Node {
  id: string;
  name: string;
  depth: number;
  colour: Colour;
}
export interface Flow {
  nodes: Node[];
  links: { from: string; to: string; count: number }[];
}
export interface Figure {
  name: string;
  x: Axis;
  y: Axis;
  panels: Panel[];
  flow: Flow | null;
}

export const isStacked = (series: Series) => series.shape === "stacked_bar" || series.shape === "stacked_area";
export const isBar = (series: Series) => series.shape === "bar" || series.shape === "stacked_bar";
