// What the colours mean, in one or more lines above the panels; it is in the saved pictures too.

import type { Theme } from "../chart/theme";

const LETTER = 6.4;
const MARK = 28;
const LINE = 17;
const TOP = 8;

export interface Key {
  name: string;
  colour: string;
}

const widthOf = ({ name }: Key) => MARK + name.length * LETTER;

/** Where each key stands: its line and its left edge. */
function places(keys: Key[], left: number, width: number): [number, number][] {
  let [row, x] = [0, left];
  return keys.map((key) => {
    const wide = widthOf(key);
    if (x > left && x + wide > width) [row, x] = [row + 1, left];
    const at: [number, number] = [row, x];
    x += wide;
    return at;
  });
}

/** Pixels that they take above the panels. */
export const keysHeight = (keys: Key[], left: number, width: number) =>
  keys.length === 0 ? 0 : TOP + LINE * (1 + Math.max(...places(keys, left, width).map(([row]) => row)));

/** The keys, as ECharts' titles. */
export function keys(keys: Key[], left: number, width: number, theme: Theme): unknown[] {
  const at = places(keys, left, width);
  return keys.map(({ name, colour }, index) => ({
    text: `{mark|■} {name|${name.replace(/[{}|]/g, " ")}}`,
    left: at[index]?.[1] ?? left,
    top: TOP + (at[index]?.[0] ?? 0) * LINE,
    padding: 0,
    textStyle: {
      fontSize: 11,
      fontWeight: 400,
      fontFamily: theme.font,
      rich: {
        mark: { color: colour, fontSize: 12, fontFamily: theme.font },
        name: { color: theme.axis, fontSize: 11, fontFamily: theme.font },
      },
    },
  }));
}
