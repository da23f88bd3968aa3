// The series of one panel, in ECharts' words.

import { written } from "../chart/axes";
import { band, drawn, inPanel, line, path, polygon, rect } from "../chart/shapes";
import type { Theme } from "../chart/theme";
import type { Pair } from "../chart/types";
import { ink, look } from "./looks";
import type { Scales } from "./scales";
import { stacks } from "./stack";
import { isBar, isStacked, type Panel, type Point, type Series } from "./types";

/** Share of a step that its bars take. */
const BARS = 0.74;
/** So many bars have their values written on them at most. */
const WRITTEN = 14;
/** Marks along one line at most. */
const MARKED = 12;
/** How much of the grid an area leaves to be seen. */
const AREA = 0.88;
/** Half the width of a whisker's end, pixels. */
const END = 4;

export interface Context {
  index: number;
  scales: Scales;
  theme: Theme;
  /** Small multiples have thinner lines. */
  isSmall: boolean;
  /** Pixels of the panel. */
  width: number;
}

export function series(panel: Panel, context: Context): unknown[] {
  const bars = panel.series.filter((one) => one.shape === "bar");
  return [
    ...stacked(panel, context),
    ...panel.series.flatMap((one) => {
      switch (one.shape) {
        case "line":
          return lines(one, context);
        case "bar":
          return barsOf(one, bars.indexOf(one), bars.length, panel, context);
        case "points":
        case "interval":
          return marks(one, context);
        default:
          return [];
      }
    }),
  ];
}

/** A line with its band, and marks here and there. */
function lines(one: Series, { index, theme, isSmall }: Context): unknown[] {
  const { mark, size } = look(one.colour, theme);
  const colour = ink(one, theme);
  const every = Math.ceil(one.points.length / MARKED);
  const marked = (at: number) => !one.is_faint && one.points.length > 1 && at % every === 0;
  const data = one.points.map(({ x, y }, at) => ({ value: [x, y ?? "-"], symbol: marked(at) ? mark : "none", symbolSize: isSmall ? size * 0.7 : size * 0.85 }));
  const bands = stretches(one.points).map((part) =>
    band(
      index,
      part.map((point): Pair => [point.x, point.low]),
      part.map((point): Pair => [point.x, point.high]),
      colour,
      { z: 2 },
    ),
  );
  const style = {
    color: colour,
    width: one.is_faint ? 1 : isSmall ? 1.6 : 2,
    type: one.is_dashed ? "dashed" : "solid",
    opacity: one.is_faint ? 0.4 : 1,
  };
  const drawn = path(index, [], colour, {
    name: one.name,
    data,
    showSymbol: true,
    showAllSymbol: true,
    connectNulls: false,
    lineStyle: style,
    z: one.is_faint ? 3 : 8,
  });
  // A value alone has no line to be seen by.
  const alone = one.points.length === 1 ? marks({ ...one, shape: "points" }, { index, theme } as Context) : [];
  return [...(one.is_faint ? [] : bands), drawn, ...alone];
}

type Banded = { x: number; low: number; high: number };

/** Points next to one another that have a band. */
function stretches(points: Point[]): Banded[][] {
  const parts: Banded[][] = [[]];
  for (const { x, y, low, high } of points) {
    if (y !== null && low !== null && high !== null) parts.at(-1)?.push({ x, low, high });
    else if (parts.at(-1)?.length) parts.push([]);
  }
  return parts.filter((part) => part.length > 1);
}

/** Bars of one series beside those of others. */
function barsOf(one: Series, at: number, count: number, panel: Panel, context: Context): unknown[] {
  const { step } = context.scales;
  const width = (step * BARS) / count;
  const ends = (x: number): Pair => [x - (step * BARS) / 2 + at * width, x - (step * BARS) / 2 + (at + 1) * width];
  const steps = one.points.filter((point) => point.y !== null).map(({ x, y }) => ({ x, low: 0, high: y ?? 0 }));
  const bars = rects(one, steps, ends, areFew(panel), context);
  const middle = (x: number) => (ends(x)[0] + ends(x)[1]) / 2;
  return [bars, ...whiskers(one, context, middle), unseen(one.points.map((point): Pair => [point.x, point.y ?? 0]), context)];
}

const areFew = (panel: Panel) => {
  const xs = panel.series.filter(isBar).flatMap((series) => series.points.map((point) => point.x));
  return xs.length <= WRITTEN && new Set(xs).size === xs.length;
};

function rects(one: Series, steps: { x: number; low: number; high: number }[], ends: (x: number) => Pair, isWritten: boolean, { index, theme }: Context) {
  const fill = ink(one, theme);
  return drawn(
    index,
    steps.length,
    (at, api) => {
      const { x, low, high } = steps[at] ?? { x: 0, low: 0, high: 0 };
      const [from, to] = ends(x);
      const bar = rect(api, [from, low], [to, high], { fill, stroke: theme.panel, lineWidth: 0.5 });
      if (!isWritten) return bar;
      const [left, top] = api.coord([from, Math.max(high, 0)]) as Pair;
      const [right] = api.coord([to, high]) as Pair;
      const text = { text: written(high), x: (left + right) / 2, y: top - 4, align: "center", verticalAlign: "bottom", fill: theme.axis, font: `11px ${theme.font}` };
      return { type: "group", children: [bar, { type: "text", style: text }] };
    },
    { name: one.name, itemStyle: { color: fill }, z: 3, clip: !isWritten },
  );
}

/** Bars and areas upon one another. */
function stacked(panel: Panel, context: Context): unknown[] {
  const { index, theme, scales } = context;
  const all = [...stacks(panel)];
  const half = (scales.step * BARS) / 2;
  const shapes = all.map(([one, steps]) => {
    if (one.shape === "stacked_bar") return rects(one, steps, (x) => [x - half, x + half], areFew(panel), context);
    const colour = ink(one, theme);
    const place = (of: "low" | "high") => steps.map((step): Pair => [step.x, step[of]]);
    const corners = [...place("high"), ...place("low").reverse()];
    const area = drawn(index, 1, (_, api) => polygon(api, corners, { fill: colour, opacity: AREA }), { name: one.name, z: 3 });
    return steps.length > 1 ? area : rects(one, steps, (x) => [x - half, x + half], true, context);
  });
  const tops = all.flatMap(([, steps]) => steps.map((step): Pair => [step.x, step.high]));
  return tops.length > 0 ? [...shapes, unseen(tops.sort((a, b) => a[0] - b[0]), context)] : [];
}

/** What the pointer finds where shapes are drawn. */
const unseen = (places: Pair[], { index }: Context) =>
  path(index, places, "transparent", { lineStyle: { opacity: 0 }, itemStyle: { opacity: 0 } });

/** Marks with their whiskers: along y, or along x in a forest. */
function marks(one: Series, context: Context): unknown[] {
  const { mark, size } = look(one.colour, context.theme);
  const colour = ink(one, context.theme);
  const dots = {
    ...inPanel(context.index),
    type: "scatter",
    name: one.name,
    animation: false,
    symbol: mark,
    symbolSize: one.is_faint ? size * 0.6 : size,
    itemStyle: { color: colour, opacity: one.is_faint ? 0.4 : 1 },
    z: 9,
    data: one.points.filter((point) => point.y !== null).map(({ x, y }) => [x, y]),
  };
  return [...whiskers(one, context, (x) => x), dots];
}

function whiskers(one: Series, { index, theme }: Context, middle: (x: number) => number): unknown[] {
  const kept = one.points.filter((point) => point.y !== null && point.low !== null && point.high !== null);
  if (kept.length === 0) return [];
  const stroke = isBar(one) || isStacked(one) ? theme.fit : ink(one, theme);
  const style = { stroke, lineWidth: 1.5 };
  const isAcross = one.shape === "interval";
  const whisker = drawn(
    index,
    kept.length,
    (at, api) => {
      const { x, y, low, high } = kept[at] as Point;
      const ends: [Pair, Pair] = isAcross ? [[low ?? x, y ?? 0], [high ?? x, y ?? 0]] : [[middle(x), low ?? 0], [middle(x), high ?? 0]];
      const caps = ends.map((end) => {
        const [px, py] = api.coord(end) as Pair;
        const shape = isAcross ? { x1: px, y1: py - END, x2: px, y2: py + END } : { x1: px - END, y1: py, x2: px + END, y2: py };
        return { type: "line", shape, style };
      });
      return { type: "group", children: [line(api, ends[0], ends[1], style), ...caps] };
    },
    { z: 8 },
  );
  return [whisker];
}

/** The lines that values are compared with. */
export function references(x: number | null, y: number | null, { index, scales, theme }: Context): unknown[] {
  const style = { stroke: theme.fit, lineWidth: 1, lineDash: [4, 3] };
  const across = y === null ? [] : [drawn(index, 1, (_, api) => line(api, [scales.x.min, y], [scales.x.max, y], style), { z: 7 })];
  const up = x === null ? [] : [drawn(index, 1, (_, api) => line(api, [x, scales.y.min], [x, scales.y.max], style), { z: 7 })];
  return [...across, ...up];
}
