// Scales that all panels of a figure share.

import { nice, type Scale, scaleOver, written } from "../chart/axes";
import { stacks } from "./stack";
import { type Axis, type Figure, isBar, isStacked } from "./types";

/** Steps of time that people count in; of years only whole ones. */
const MONTHS = [1, 3, 6, 12, 24, 36, 60, 120];
/** Ticks at most, of months. */
const TICKS = 7;
/** Pixels of a letter of an axis. */
const LETTER = 6.5;
/** The same where there are mostly digits. */
const NARROW = 6;
/** Letters of a name beside the vertical axis, and below the horizontal one. */
const LONGEST = 30;

export interface Scales {
  x: Scale;
  y: Scale;
  /** Places of bars next to one another are so far apart. */
  step: number;
}

export function scalesOf(figure: Figure, width: number): Scales {
  const all = figure.panels.flatMap((panel) => panel.series);
  const isAcross = all.some((series) => series.shape === "interval");
  const step = stepOf(all.filter(isBar).flatMap((series) => series.points.map((point) => point.x)));
  const xs = all.flatMap((series) =>
    series.points.flatMap(({ x, low, high }) => (isAcross ? [x, low ?? x, high ?? x] : isBar(series) ? [x - step / 2, x + step / 2] : [x])),
  );
  const tops = figure.panels.flatMap((panel) => [...stacks(panel).values()].flatMap((steps) => steps.flatMap((it) => [it.low, it.high])));
  const ys = all
    .filter((series) => !isStacked(series))
    .flatMap((series) => series.points.flatMap(({ y, low, high }) => (y === null ? [] : isAcross ? [y] : [y, low ?? y, high ?? y])));
  // Time goes to its end and no further.
  const isTight = all.length > 0 && all.every((series) => series.shape === "line" || series.shape === "stacked_area");
  const withZero = tops.length > 0 || all.some(isBar);
  return {
    x: figure.x.categories.length > 0 ? named(figure.x.categories, width) : numbers(figure.x, xs, false, isTight),
    y: figure.y.categories.length > 0 ? named(figure.y.categories, Infinity) : numbers(figure.y, [...tops, ...ys], withZero, false),
    step,
  };
}

function numbers(axis: Axis, values: number[], withZero: boolean, isTight: boolean): Scale {
  const reach = [...values, axis.from, axis.to, axis.line].filter((value): value is number => value !== null);
  const whole = scaleOver(reach, { withZero: withZero && (axis.from ?? 0) === 0 });
  let low = Infinity;
  let high = -Infinity;
  for (const value of reach) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const isMonths = axis.unit === "months" && low >= 0 && high > low;
  const interval = isMonths ? MONTHS.find((step) => (high - low) / step <= TICKS) : undefined;
  const scale = { ...whole, interval: interval ?? whole.interval };
  const isShort = isTight && high > low;
  const min = axis.from ?? (isShort ? low : scale.min);
  const max = axis.to ?? (isShort ? high : scale.max);
  const isRound = (end: number) => Math.abs(end / (scale.interval ?? 1) - Math.round(end / (scale.interval ?? 1))) < 1e-9;
  // A given end that no step meets would be written over its neighbour.
  return { ...scale, min, max, interval: scale.interval ?? nice((max - min) / 6), isPart: !isRound(min) || !isRound(max) };
}

/** Names at 0, 1, 2 that reach half a step to both sides; as many are written as there is room for. */
function named(names: string[], width: number): Scale {
  const short = names.map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name));
  const longest = short.reduce((most, name) => Math.max(most, name.length), 2);
  const room = Math.max(1, Math.floor(width / (5 + NARROW * longest)));
  const every = Math.max(1, Math.ceil(names.length / room));
  return {
    type: "value",
    min: -0.5,
    max: names.length - 0.5,
    label: (value) => short[value] ?? "",
    hasLines: false,
    labelled: short.flatMap((_, at) => (at % every === 0 ? [at] : [])),
  };
}

function stepOf(xs: number[]): number {
  const places = [...new Set(xs)].sort((a, b) => a - b);
  const gaps = places.slice(1).map((x, at) => x - (places[at] ?? x));
  return gaps.length > 0 ? Math.min(...gaps) : 1;
}

/** Room for the numbers or names, and the axis' own name, left of the panels. */
export function roomFor(scale: Scale): number {
  const shown = scale.labelled?.map(scale.label) ?? [scale.min, scale.max, scale.min + (scale.interval ?? 0)].map(scale.label);
  const longest = shown.reduce((most, text) => Math.max(most, text.length), 0);
  return Math.max(54, 34 + LETTER * longest);
}

/** `vision, letters`. */
export const called = (axis: Axis) => [axis.name, axis.unit].filter((part) => part !== "").join(", ");

/** A place on an axis in words. */
export const place = (axis: Axis, value: number) => axis.categories[value] ?? written(value);
