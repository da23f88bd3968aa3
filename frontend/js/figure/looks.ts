// Colours by meaning as the style sheet has them: what hue says, the mark says too.

import { MARKS, type Theme } from "../chart/theme";
import type { Colour, Series } from "./types";

const SLATE = 5;

export interface Look {
  colour: string;
  mark: string;
  size: number;
}

export function look(colour: Colour, theme: Theme): Look {
  const place = colour.of === "slate" ? SLATE : colour.step;
  const palette = colour.of === "ordinal" ? theme.ordinal : theme.flat;
  const [mark, size] = MARKS[place] ?? MARKS[SLATE] ?? ["circle", 8];
  return { colour: palette[place] ?? theme.flat[SLATE] ?? theme.axis, mark, size };
}

/** The ink of a series: faint ones are grey and behind. */
export const ink = (series: Series, theme: Theme) => (series.is_faint ? theme.axis : look(series.colour, theme).colour);
