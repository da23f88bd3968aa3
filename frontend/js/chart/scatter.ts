// Scatter: marks, the fitted line and its interval. The line also goes over a density plot.

import { asDate, scaleOver, written } from "./axes";
import { band, inPanel, path } from "./shapes";
import type { Style, Theme } from "./theme";
import type { Drawing, Labels, Pair, Panel, Point } from "./types";

/** More points are drawn as one shape a colour: no tip, but no waiting either. */
const MANY = 4_000;
const SMALLEST = 4;
const LARGEST = 18;

export function scales({ data, spec, labels }: Drawing) {
  const points = data.panels.flatMap((panel) => panel.series.flatMap((series) => series.points));
  return {
    x: scaleOver(points.map((point) => point.x), { isLog: spec.log_x, isDate: labels.x_is_date }),
    y: scaleOver(points.map((point) => point.y), { isLog: spec.log_y, isDate: labels.y_is_date }),
  };
}

export function series(drawing: Drawing, panel: Panel, index: number, looks: Style[], names: string[], theme: Theme) {
  const area = sizes(drawing);
  const all = drawing.data.panels.reduce((sum, { series }) => series.reduce((of, one) => of + one.points.length, sum), 0);
  // Marks of one shape have one size.
  const isMany = !area && all > MANY;
  const marks = panel.series.map((one, colour) => {
    const look = looks[colour] as Style;
    return {
      ...inPanel(index),
      type: "scatter",
      name: names[colour],
      symbol: look.mark,
      symbolSize: area ? (value: number[]) => area(value[2]) : look.size,
      itemStyle: { color: look.colour, opacity: look.opacity },
      emphasis: { disabled: true },
      data: one.points.map((point) => [point.x, point.y, point.size]),
      // Fewer usually come first, and must not vanish under the many.
      z: 6 - Math.min(colour, 4),
      // A mark given as a path cannot be drawn so.
      large: isMany && !look.mark.startsWith("path:"),
      largeThreshold: 0,
      progressive: 0,
      animation: false,
      tooltip: { formatter: (item: { value: number[] }) => tip(item.value, names[colour], drawing.labels) },
    };
  });
  return [...marks, ...fits(drawing, panel, index, looks, theme)];
}

/** Fitted lines and intervals of one panel. */
export function fits({ spec }: Drawing, panel: Panel, index: number, looks: Style[], theme: Theme) {
  if (!spec.fit) return [];
  return panel.fits.flatMap((fit) => {
    const colour = panel.series.findIndex((series) => series.name === fit.group);
    const ink = fit.group === null ? theme.fit : (looks[colour]?.colour ?? theme.fit);
    const column = (at: 1 | 2 | 3) => fit.line.map((place): Pair => [place[0], place[at]]);
    const interval = spec.fit_interval ? [band(index, column(2), column(3), ink, { z: 7 })] : [];
    return [...interval, path(index, column(1), ink)];
  });
}

/** Area follows the size column; without one, marks have their own size. */
function sizes({ data }: Drawing): ((size: number | undefined) => number) | null {
  let low = Infinity;
  let high = -Infinity;
  const see = (point: Point) => {
    if (point.size === null) return;
    low = Math.min(low, point.size);
    high = Math.max(high, point.size);
  };
  for (const panel of data.panels) for (const one of panel.series) one.points.forEach(see);
  if (low > high) return null;
  const [from, to] = [SMALLEST ** 2, LARGEST ** 2];
  return (size) => (size == null ? SMALLEST : Math.sqrt(from + ((size - low) / (high - low || 1)) * (to - from)));
}

function tip([x, y, size]: number[], name: string | undefined, labels: Labels): string {
  const show = (value: number | undefined, isDate: boolean) => (isDate ? asDate(value ?? NaN) : written(value ?? NaN));
  const lines = [`${labels.x}: ${show(x, labels.x_is_date)}`, `${labels.y}: ${show(y, labels.y_is_date)}`];
  if (labels.size && size != null) lines.push(`${labels.size}: ${written(size)}`);
  return [...lines, ...(name && labels.colour ? [name] : [])].join("\n");
}
