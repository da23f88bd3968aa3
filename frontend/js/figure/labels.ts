// Names at the ends of lines, moved apart where they would meet.

import type { Place } from "../chart/layout";
import type { Theme } from "../chart/theme";
import { ink } from "./looks";
import type { Scales } from "./scales";
import type { Panel } from "./types";

const LINE = 15;
const LETTER = 7;
const LONGEST = 22;
/** With more than so many there is no room for how many each is counted over. */
const WITH_N = 5;
/** A narrower picture has a legend instead. */
const NARROW = 420;

interface Label {
  text: string;
  colour: string;
  at: number;
  height: number;
}

/** Whether lines have their names at their ends. */
export const hasLabels = (panels: Panel[], width: number) =>
  width >= NARROW && panels.length === 1 && (panels[0]?.series.some((one) => one.is_labelled) ?? false);

const cut = (name: string) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

/** Pixels that the names take right of the panel. */
export function labelRoom(panel: Panel): number {
  const longest = panel.series.filter((one) => one.is_labelled).reduce((most, one) => Math.max(most, cut(one.name).length, 9), 0);
  return longest * LETTER + 4;
}

/** The names, as ECharts' titles. */
export function labels(panel: Panel, place: Place, { y }: Scales, theme: Theme): unknown[] {
  const shown = panel.series.filter((one) => one.is_labelled);
  const made = shown.flatMap((one): Label[] => {
    const last = one.points.findLast((point) => point.y !== null);
    if (!last) return [];
    const share = (y.max - (last.y ?? 0)) / (y.max - y.min || 1);
    const n = last.n !== null && shown.length <= WITH_N ? `\nn = ${last.n.toLocaleString("en")}` : "";
    const height = n ? 2 * LINE + 2 : LINE;
    return [{ text: cut(one.name) + n, colour: ink(one, theme), at: place.top + share * place.height - height / 2, height }];
  });
  made.sort((a, b) => a.at - b.at);
  apart(made, place.top + place.height);
  return made.map(({ text, colour, at }) => ({
    text,
    left: place.left + place.width + 10,
    top: at,
    padding: 0,
    textStyle: { color: colour, fontSize: 12, lineHeight: LINE, fontWeight: 600, fontFamily: theme.font },
  }));
}

function apart(labels: Label[], bottom: number) {
  let free = -Infinity;
  for (const label of labels) {
    label.at = Math.max(label.at, free);
    free = label.at + label.height;
  }
  // What went below the panel pushes the others up.
  let room = bottom + LINE / 2;
  for (const label of labels.toReversed()) {
    label.at = Math.min(label.at, room - label.height);
    room = label.at;
  }
}
