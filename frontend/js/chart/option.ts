// One drawing as ECharts' option: panels, scales they share, legend, and the series of its kind.

import { axis, type Scale } from "./axes";
import * as density from "./density";
import * as groups from "./groups";
import * as histogram from "./histogram";
import { type Place, places } from "./layout";
import * as scatter from "./scatter";
import { type Style, type Theme, styles } from "./theme";
import type { Drawing, Labels } from "./types";

/** A part of the scales, after panning and zooming. */
export interface View {
  x: [number, number];
  y: [number, number];
}

export interface Built {
  option: Record<string, unknown>;
  places: Place[];
  scales: { x: Scale; y: Scale };
}

export function build(drawing: Drawing, theme: Theme, width: number, height: number, view: View | null): Built {
  const { data, spec, labels } = drawing;
  const names = data.panels[0]?.series.map((series) => series.name) ?? [];
  const looks = styles(names, labels.is_ordinal, spec.opacity, theme, data.panels.length > 1);
  const shown = names.map((name) => colourName(name, labels));
  const hasLegend = names.some((name) => name !== null) && spec.kind !== "density";
  const scales = withView(scalesOf(drawing, width / Math.max(1, Math.sqrt(data.panels.length))), view);
  const left = roomFor(scales.y);
  const at = places(Math.max(1, data.panels.length), width, height, left, hasLegend || spec.kind === "density");
  const suffix = (isLog: boolean) => (isLog ? " (log scale)" : "");
  const yName = spec.kind === "histogram" ? "rows" : labels.y + suffix(spec.log_y);
  const option = {
    animation: false,
    textStyle: { fontFamily: theme.font },
    grid: at.map(({ left, top, width, height }) => ({ left, top, width, height, containLabel: false, outerBoundsMode: "none" })),
    xAxis: at.map((place, i) => axis(scales.x, theme, i, place.isBottom ? labels.x + suffix(spec.log_x) : "", 28, place.isBottom)),
    yAxis: at.map((place, i) => axis(scales.y, theme, i, place.isLeft ? yName : "", left - 20, place.isLeft)),
    legend: hasLegend ? legend(shown, looks, theme, left) : undefined,
    title: titles(drawing, theme, at),
    tooltip: {
      renderMode: "richText",
      backgroundColor: theme.panel,
      borderColor: theme.grid,
      textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
    },
    series: data.panels.flatMap((panel, i): unknown[] => {
      switch (spec.kind) {
        case "scatter":
          return scatter.series(drawing, panel, i, looks, shown, theme);
        case "histogram":
          return histogram.series(drawing, panel, i, looks, shown, theme, scales);
        case "density":
          return density.series(drawing, panel, i, looks, theme);
        default:
          return groups.series(drawing, panel, i, looks, shown, theme);
      }
    }),
  };
  return { option, places: at, scales };
}

function scalesOf(drawing: Drawing, width: number): { x: Scale; y: Scale } {
  switch (drawing.spec.kind) {
    case "scatter":
      return scatter.scales(drawing);
    case "histogram":
      return histogram.scales(drawing);
    case "density":
      return density.scales(drawing);
    default:
      return groups.scales(drawing, width);
  }
}

function withView(scales: { x: Scale; y: Scale }, view: View | null) {
  if (!view) return scales;
  // The whole's ticks need not be in the part: ECharts chooses new ones, but for groups.
  const part = (scale: Scale, [min, max]: [number, number]): Scale => ({
    ...scale,
    min,
    max,
    isPart: true,
    interval: scale.hasLines ? undefined : scale.interval,
  });
  return { x: part(scales.x, view.x), y: part(scales.y, view.y) };
}

/** Room for the numbers and the name left of the panels. */
function roomFor(scale: Scale): number {
  const ends = [scale.min, scale.max, scale.min + (scale.interval ?? 0)].map((value) => scale.label(value).length);
  return Math.max(54, 34 + 6.5 * Math.max(...ends));
}

/** `Stage 1` for a number, the value itself for a word. */
export function colourName(name: string | null, labels: Labels): string {
  if (name === null) return labels.y;
  if (name === "missing") return `no ${labels.colour ?? "value"}`;
  if (!labels.colour || name.trim() === "" || Number.isNaN(Number(name))) return name;
  return `${labels.colour.charAt(0).toUpperCase()}${labels.colour.slice(1)} ${name}`;
}

function legend(names: string[], looks: Style[], theme: Theme, left: number) {
  const look = (index: number) => looks[index] as Style;
  return {
    type: "scroll",
    top: 10,
    left: left - 4,
    right: 20,
    itemWidth: 9,
    itemHeight: 9,
    itemGap: 16,
    textStyle: { color: theme.axis, fontSize: 12, fontFamily: theme.font },
    pageIconColor: theme.axis,
    pageIconInactiveColor: theme.grid,
    pageTextStyle: { color: theme.axis },
    data: names.map((name, i) => ({ name, icon: look(i).mark, itemStyle: { color: look(i).colour, opacity: 1 } })),
  };
}

/** Each panel's value, and what the strength of a density means. */
function titles(drawing: Drawing, theme: Theme, at: Place[]) {
  const { data, spec, labels } = drawing;
  const text = (text: string, left: number, top: number) => ({
    text,
    left,
    top,
    padding: 0,
    textStyle: { color: theme.axis, fontSize: 11, fontWeight: 500, fontFamily: theme.font },
  });
  const panels = at.flatMap((place, i) => {
    const name = data.panels[i]?.name;
    const facet = name == null || !labels.facet ? name : `${labels.facet} ${name}`;
    return facet == null ? [] : [text(facet, place.left, place.top - 15)];
  });
  if (spec.kind !== "density") return panels;
  const most = density.fullest(drawing);
  return [...panels, text(`The stronger a cell, the more points: 1 to ${most.toLocaleString("en")}`, at[0]?.left ?? 54, 14)];
}
