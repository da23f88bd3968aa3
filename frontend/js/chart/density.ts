// Density: cells in one hue of the accent, the more points the stronger.

import { scaleOver } from "./axes";
import { fits } from "./scatter";
import { drawn, rect } from "./shapes";
import type { Style, Theme } from "./theme";
import type { Drawing, Panel } from "./types";

/** The palest a cell with a point can be. */
const PALEST = 0.12;

export function scales({ data, spec, labels }: Drawing) {
  return {
    x: scaleOver(data.panels.flatMap((panel) => panel.edges), { isLog: spec.log_x, isDate: labels.x_is_date }),
    y: scaleOver(data.panels.flatMap((panel) => panel.y_edges), { isLog: spec.log_y, isDate: labels.y_is_date }),
  };
}

/** Points in the fullest cell of any panel. */
export const fullest = ({ data }: Drawing) =>
  data.panels.reduce((most, panel) => panel.cells.reduce((of, cell) => Math.max(of, cell[2]), most), 1);

export function series(drawing: Drawing, panel: Panel, index: number, looks: Style[], theme: Theme) {
  const most = fullest(drawing);
  // The square root: a few crowded cells must not make all others look empty.
  const strength = (count: number) => PALEST + (1 - PALEST) * Math.sqrt(count / most);
  const cells = drawn(
    index,
    panel.cells.length,
    (at, api) => {
      const [x, y, count] = panel.cells[at] ?? [0, 0, 0];
      const low: [number, number] = [panel.edges[x] ?? 0, panel.y_edges[y] ?? 0];
      const high: [number, number] = [panel.edges[x + 1] ?? 0, panel.y_edges[y + 1] ?? 0];
      return rect(api, low, high, { fill: theme.accent, opacity: strength(count) });
    },
    { z: 3 },
  );
  return [cells, ...fits(drawing, panel, index, looks, theme)];
}
