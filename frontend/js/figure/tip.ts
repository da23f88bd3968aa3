// What the pointer is told, as plain text: the values of a place, over how many each is counted.

import { written } from "../chart/axes";
import { called, place } from "./scales";
import type { Figure, Point } from "./types";

/** Lines of one tip at most. */
const LINES = 12;

const short = (value: number) => written(Number(value.toPrecision(5)));

/** `65.8 (64.4 to 67.2), n = 500`. */
export function said(value: number, { low, high, n }: Point): string {
  const interval = low !== null && high !== null ? ` (${short(low)} to ${short(high)})` : "";
  const count = n !== null ? `, n = ${n.toLocaleString("en")}` : "";
  return short(value) + interval + count;
}

/** Everything at one place of a panel. */
export function tipAt(figure: Figure, panel: number, x: number): string {
  const shown = figure.panels[panel]?.series.filter((series) => !series.is_faint) ?? [];
  const rows = shown.flatMap((series) => {
    const point = series.points.find((point) => point.x === x);
    return point?.y == null ? [] : [`${series.name}: ${said(point.y, point)}`];
  });
  if (rows.length === 0) return "";
  const more = rows.length > LINES ? [`and ${rows.length - LINES} more`] : [];
  return [`${called(figure.x)}: ${place(figure.x, x)}`, ...rows.slice(0, LINES), ...more].join("\n");
}

/** One mark. */
export function tipOf(figure: Figure, panel: number, name: string, [x, y]: number[]): string {
  const series = figure.panels[panel]?.series.find((series) => series.name === name);
  const point = series?.points.find((point) => point.x === x && point.y === y);
  if (!series || !point || point.y === null) return name;
  if (series.shape === "interval") return `${place(figure.y, point.y)}\n${name}: ${said(point.x, point)}`;
  return `${called(figure.x)}: ${place(figure.x, point.x)}\n${name}: ${said(point.y, point)}`;
}
