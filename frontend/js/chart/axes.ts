// Scales that all panels share, and how their numbers are written.

import type { Theme } from "./theme";
import type { Pair } from "./types";

const DAY = 86_400_000;
/** Letters of a group's name along the axis. */
const LONGEST = 16;
/** From so many letters on a label at the right end stands left of it. */
const WIDE = 6;

/** What an axis shows. */
export interface Scale {
  type: "value" | "log";
  min: number;
  max: number;
  interval?: number;
  label: (value: number) => string;
  hasLines: boolean;
  /** The places that have a label; ECharts chooses them otherwise. */
  labelled?: number[];
  /** A part of the whole: its ends are no round numbers. */
  isPart?: boolean;
}

/** A number as an axis has it: `1,500`, `0.05`, `2e-7`. */
export function written(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return value.toLocaleString("en", { maximumSignificantDigits: 6 }).replace("-", "−");
}

export function asDate(days: number): string {
  const date = new Date(days * DAY);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}

/** 1, 2 or 5 times a power of ten, nearest above. */
export function nice(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return (([1, 2, 5, 10].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10) * power);
}

function linear([low, high]: Pair, label: (value: number) => string, withZero: boolean): Scale {
  if (withZero) low = Math.min(low, 0);
  if (!(high > low)) [low, high] = [low - 0.5, high + 0.5];
  const step = nice((high - low) / 6);
  // Rounded, as 3 * 0.1 is not 0.3.
  const at = (count: number) => Number((count * step).toPrecision(12));
  return {
    type: "value",
    min: at(Math.floor(low / step + 1e-9)),
    max: at(Math.ceil(high / step - 1e-9)),
    interval: step,
    label,
    hasLines: true,
  };
}

function log([low, high]: Pair): Scale {
  const floor = 10 ** Math.floor(Math.log10(low) + 1e-9);
  return { type: "log", min: floor, max: Math.max(nice(high), floor * 10), label: written, hasLines: true };
}

export function scaleOver(
  values: Iterable<number>,
  options: { isLog?: boolean; isDate?: boolean; withZero?: boolean },
): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (options.isLog && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [options.isLog ? 0.1 : 0, 1];
  if (options.isLog) return log([low, high]);
  return linear([low, high], options.isDate ? asDate : written, options.withZero ?? false);
}

/** Groups stand at 0, 1, 2 and reach half a step to both sides, as a selection counts them. */
export function groupScale(names: string[], width: number): Scale {
  const short = names.map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name));
  const longest = short.reduce((most, name) => Math.max(most, name.length), 2);
  const room = Math.max(1, Math.floor(width / (8 + 7 * longest)));
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

/** One axis in ECharts' words. */
export function axis(scale: Scale, theme: Theme, gridIndex: number, name: string, gap: number, hasLabels = true) {
  const text = { color: theme.axis, fontSize: 11, fontFamily: theme.font };
  return {
    type: scale.type,
    min: scale.min,
    max: scale.max,
    interval: scale.interval,
    gridIndex,
    name,
    nameLocation: "middle",
    nameGap: gap,
    nameTextStyle: text,
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.grid } },
    axisTick: { show: false },
    minorTick: { show: false },
    axisLabel: {
      ...text,
      show: hasLabels,
      formatter: scale.label,
      hideOverlap: true,
      customValues: scale.labelled,
      alignMaxLabel: scale.label(scale.max).length >= WIDE ? "right" : undefined,
      showMinLabel: !scale.isPart,
      showMaxLabel: !scale.isPart,
    },
    splitLine: { show: scale.hasLines, lineStyle: { color: theme.grid } },
  };
}
