// One figure as ECharts' option: panels, scales they share, names, and the series of each.

import { axis } from "../chart/axes";
import { type Place, places } from "../chart/layout";
import type { Theme } from "../chart/theme";
import { flowOption } from "./flow";
import { type Key, keys, keysHeight } from "./keys";
import { hasLabels, labelRoom, labels } from "./labels";
import { ink } from "./looks";
import { called, roomFor, type Scales, scalesOf } from "./scales";
import { type Context, references, series } from "./series";
import { tipAt, tipOf } from "./tip";
import type { Figure } from "./types";

/** Above the panels of `places` where there is no legend of ECharts' own. */
const LAYOUT_TOP = 20;

export function build(figure: Figure, theme: Theme, width: number, height: number): Record<string, unknown> {
  const base = {
    animation: false,
    textStyle: { fontFamily: theme.font },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: theme.panel,
      borderColor: theme.grid,
      textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
    },
  };
  if (figure.flow) {
    const { tooltip, ...flow } = flowOption(figure, figure.flow, theme, width);
    return { ...base, ...flow, tooltip: { ...base.tooltip, ...tooltip } };
  }
  const isLabelled = hasLabels(figure.panels, width);
  const first = figure.panels[0];
  const right = isLabelled && first ? labelRoom(first) : 0;
  const scales = scalesOf(figure, (width - right - 80) / Math.max(1, Math.round(Math.sqrt(figure.panels.length))));
  const left = roomFor(scales.y);
  const known = keysOf(figure, theme, isLabelled);
  const above = Math.max(0, keysHeight(known, left, width) - LAYOUT_TOP + 8);
  const at = places(Math.max(1, figure.panels.length), width - right, height - above, left, false).map((place) => ({ ...place, top: place.top + above }));
  const shapes = new Set(figure.panels.flatMap((panel) => panel.series.map((one) => one.shape)));
  const isByPlace = !shapes.has("points") && !shapes.has("interval");
  const context = (index: number): Context => ({
    index,
    scales,
    theme,
    isSmall: figure.panels.length > 1,
    width: at[index]?.width ?? 0,
  });
  return {
    ...base,
    tooltip: { ...base.tooltip, ...tooltip(figure, isByPlace, theme) },
    grid: at.map(({ left, top, width, height }) => ({ left, top, width, height, containLabel: false, outerBoundsMode: "none" })),
    xAxis: at.map((place, i) => xAxis(figure, scales, theme, i, place)),
    yAxis: at.map((place, i) => ({ ...yAxis(figure, scales, theme, i, left, place), ...quiet })),
    title: [
      ...keys(known, left, width, theme),
      ...at.flatMap((place, i) => title(figure.panels[i]?.title ?? "", place, theme)),
      ...(isLabelled && first && at[0] ? labels(first, at[0], scales, theme) : []),
    ],
    series: figure.panels.flatMap((panel, i) => [...series(panel, context(i)), ...references(figure.x.line, figure.y.line, context(i))]),
  };
}

/** The pointer's line has no label of its own: the tip says where it is. */
const quiet = { axisPointer: { label: { show: false }, animation: false } };

function xAxis(figure: Figure, { x }: Scales, theme: Theme, index: number, place: Place) {
  const made = axis(x, theme, index, place.isBottom ? called(figure.x) : "", 28, place.isBottom);
  // Its beginning is named wherever it is a step of the scale, though its end need not be one.
  const isStep = x.interval !== undefined && Number.isInteger(x.min / x.interval);
  return { ...made, ...quiet, axisLabel: { ...made.axisLabel, showMinLabel: isStep || !x.isPart } };
}

function yAxis(figure: Figure, scales: Scales, theme: Theme, index: number, left: number, place: Place) {
  const isNamed = figure.y.categories.length > 0;
  const made = axis(scales.y, theme, index, place.isLeft ? called(figure.y) : "", left - 20, place.isLeft);
  // Of names, the first is on top.
  return { ...made, inverse: isNamed };
}

/** What the colours mean, where it does not stand at the ends of lines. */
function keysOf(figure: Figure, theme: Theme, isLabelled: boolean): Key[] {
  const shown = figure.panels.flatMap((panel) => panel.series.filter((one) => !one.is_faint && !(isLabelled && one.is_labelled)));
  const known = new Map(shown.map((one) => [one.name, ink(one, theme)]));
  const isNamed = figure.panels.length > 1 && figure.panels.every((panel) => shown.every((one) => !panel.series.includes(one) || one.name === panel.title));
  const isOne = isNamed || known.size + (isLabelled ? 1 : 0) < 2;
  return isOne ? [] : [...known].map(([name, colour]) => ({ name, colour }));
}

function title(text: string, place: Place, theme: Theme) {
  if (text === "") return [];
  const style = { color: theme.axis, fontSize: 11, fontWeight: 500, fontFamily: theme.font };
  return [{ text, left: place.left, top: place.top - 15, padding: 0, textStyle: { ...style, width: place.width, overflow: "truncate" } }];
}

interface Found {
  axisIndex: number;
  axisValue: number;
}
interface Mark {
  seriesName: string;
  seriesIndex: number;
  value: number[];
}

function tooltip(figure: Figure, isByPlace: boolean, theme: Theme) {
  if (!isByPlace) {
    // A mark knows its series by name; panels are told apart by where it is.
    return {
      formatter: ({ seriesName, value }: Mark) => {
        const panel = figure.panels.findIndex((panel) =>
          panel.series.some((one) => one.name === seriesName && one.points.some((point) => point.x === value[0] && point.y === value[1])),
        );
        return tipOf(figure, panel, seriesName, value);
      },
    };
  }
  return {
    trigger: "axis",
    axisPointer: { type: "line", lineStyle: { color: theme.axis, width: 1, type: "solid" }, animation: false },
    formatter: (found: Found[]) => (found[0] ? tipAt(figure, found[0].axisIndex, found[0].axisValue) : ""),
  };
}
