// Series upon one another: where each begins and ends at every place, whether or not all have a value there.

import { isStacked, type Panel, type Series } from "./types";

export interface Step {
  x: number;
  low: number;
  high: number;
}

/** The steps of each stacked series of a panel, from the bottom up in the panel's order. */
export function stacks(panel: Panel): Map<Series, Step[]> {
  const stacked = panel.series.filter(isStacked);
  const xs = [...new Set(stacked.flatMap((series) => series.points.map((point) => point.x)))].sort((a, b) => a - b);
  const sums = new Map<number, number>(xs.map((x) => [x, 0]));
  return new Map(
    stacked.map((series) => {
      const values = new Map(series.points.map((point) => [point.x, point.y ?? 0]));
      const places = series.shape === "stacked_bar" ? xs.filter((x) => values.has(x)) : xs;
      const steps = places.map((x) => {
        const low = sums.get(x) ?? 0;
        const high = low + (values.get(x) ?? 0);
        sums.set(x, high);
        return { x, low, high };
      });
      return [series, steps];
    }),
  );
}
