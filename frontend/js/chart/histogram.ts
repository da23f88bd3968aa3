// Histogram: bars between the server's edges, the density curve, mean and median.

import { type Scale, scaleOver } from "./axes";
import { drawn, line, path, rect } from "./shapes";
import type { Style, Theme } from "./theme";
import type { Drawing, Pair, Panel } from "./types";

export function scales({ data, spec, labels }: Drawing) {
  const heights = data.panels.flatMap((panel) =>
    panel.series.flatMap((series) => [...series.counts, ...series.curve.map((place) => place[1])]),
  );
  return {
    x: scaleOver(data.panels.flatMap((panel) => panel.edges), { isLog: spec.log_x, isDate: labels.x_is_date }),
    y: scaleOver(heights, { withZero: true }),
  };
}

interface Scales {
  x: Scale;
  y: Scale;
}
/** Pixels that the name of a centre takes. */
const NAME = 50;

export function series(
  { spec }: Drawing,
  panel: Panel,
  index: number,
  looks: Style[],
  names: string[],
  theme: Theme,
  scales: Scales,
) {
  const isSplit = panel.series.length > 1;
  const bars = panel.series.map((one, colour) => {
    const look = looks[colour] as Style;
    // Overlaid, not stacked: each colour's bars stand on zero, as its curve does.
    const style = isSplit
      ? { fill: look.colour, fillOpacity: 0.25, stroke: look.colour, lineWidth: 1 }
      : { fill: look.colour, stroke: theme.panel, lineWidth: 1 };
    const bar = (at: number, low: number, high: number): Pair[] => [[low, 0], [high, one.counts[at] ?? 0]];
    return drawn(
      index,
      one.counts.length,
      (at, api) => {
        const [low, high] = bar(at, panel.edges[at] ?? 0, panel.edges[at + 1] ?? 0) as [Pair, Pair];
        return high[1] > 0 ? rect(api, low, high, style) : null;
      },
      { name: names[colour], itemStyle: { color: look.colour }, z: 3 },
    );
  });
  const curves = panel.series
    .filter((one) => one.curve.length > 0)
    .map((one) => {
      const look = looks[panel.series.indexOf(one)] as Style;
      return path(index, one.curve, isSplit ? look.colour : theme.fit);
    });
  return [...bars, ...curves, ...centres(panel, index, theme, scales, spec.log_x)];
}

/** Where mean and median lie, named at their head. */
function centres(panel: Panel, index: number, theme: Theme, scales: Scales, isLog: boolean) {
  const { description } = panel;
  if (!description) return [];
  const lines: [string, number, number[]][] = [
    ["median", description.median, [2, 3]],
    ["mean", description.mean, [6, 4]],
  ];
  const shown = lines.filter(([, value]) => !isLog || value > 0);
  const meanIsRight = description.mean >= description.median;
  return shown.map(([name, value, lineDash]) =>
    drawn(
      index,
      1,
      (_, api) => {
        const top = scales.y.max;
        const [x, y] = api.coord([value, top]) as Pair;
        const [left] = api.coord([scales.x.min, top]) as Pair;
        const isOuter = (name === "mean") === meanIsRight;
        // Without room on its own side the name goes below the other one.
        const isRight = isOuter || x - left < NAME;
        const text = { text: name, x: x + (isRight ? 5 : -5), y: y + (isOuter || !isRight ? 3 : 18), align: isRight ? "left" : "right" };
        const label = { ...text, fill: theme.text, stroke: theme.panel, lineWidth: 3, font: `11px ${theme.font}` };
        const style = { stroke: theme.text, lineWidth: 1.5, lineDash };
        return { type: "group", children: [line(api, [value, 0], [value, top], style), { type: "text", style: label }] };
      },
      { z: 9 },
    ),
  );
}
