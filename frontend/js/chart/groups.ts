// Box, violin and visits: groups along the horizontal axis, colours side by side within a group.

import { groupScale, scaleOver } from "./axes";
import { band, drawn, inPanel, line, path, polygon, rect } from "./shapes";
import type { Style, Theme } from "./theme";
import type { Drawing, Group, Pair, Panel } from "./types";

/** From so many visits on marks and bars would hide the line. */
const CROWDED = 60;
/** Share of a group's step that its boxes or violins take. */
const FILLED = 0.72;

/** Names along the axis, in the order of the server: the same in all panels. */
export function groupNames({ data }: Drawing): string[] {
  const names: string[] = [];
  for (const panel of data.panels) {
    let after = -1;
    for (const group of panel.groups) {
      const at = names.indexOf(group.name);
      // One that only later panels have stands behind its neighbour there.
      if (at < 0) names.splice(after + 1, 0, group.name);
      after = at < 0 ? after + 1 : at;
    }
  }
  return names;
}

export function scales(drawing: Drawing, width: number) {
  const { data, spec, labels } = drawing;
  const groups = data.panels.flatMap((panel) => panel.groups);
  const values = groups.flatMap((group) => {
    if (spec.kind === "visits") return [...group.interval, group.description.mean];
    const outline = group.density.map((place) => place[0]);
    return [...group.whiskers, ...outline, ...group.outliers];
  });
  return {
    x: groupScale(groupNames(drawing), width),
    y: scaleOver(values, { isLog: spec.log_y, isDate: labels.y_is_date }),
  };
}

/** A series in ECharts' words. */
type Made = Record<string, unknown>;

export function series(drawing: Drawing, panel: Panel, index: number, looks: Style[], names: string[], theme: Theme): Made[] {
  const order = groupNames(drawing);
  const widest = Math.max(...drawing.data.panels.flatMap((p) => p.groups.map(thickest)), 0);
  return panel.series.flatMap((one, colour): Made[] => {
    const look = looks[colour] as Style;
    const groups = panel.groups.filter((group) => group.colour === one.name);
    const at = (group: Group) => order.indexOf(group.name);
    const legend = { name: names[colour], itemStyle: { color: look.colour } };
    if (drawing.spec.kind === "visits") return visits(groups, at, index, look, names[colour]);
    const width = FILLED / panel.series.length;
    const centre = (group: Group) => at(group) + (colour - (panel.series.length - 1) / 2) * width;
    const half = (width * 0.86) / 2;
    if (drawing.spec.kind === "violin") {
      return [
        drawn(index, groups.length, (i, api) => {
          const group = groups[i] as Group;
          return violin(group, centre(group), half, widest, look, theme, api);
        }, { ...legend, z: 3 }),
      ];
    }
    const boxes = drawn(index, groups.length, (i, api) => {
      const group = groups[i] as Group;
      return box(group, centre(group), half, look, theme, api);
    }, { ...legend, z: 3 });
    const outliers = {
      ...inPanel(index),
      type: "scatter",
      name: names[colour],
      symbol: look.mark,
      symbolSize: look.size * 0.75,
      itemStyle: { color: look.colour },
      silent: true,
      animation: false,
      data: groups.flatMap((group) => group.outliers.map((value) => [centre(group), value])),
    };
    return [boxes, outliers];
  });
}

type Api = Parameters<typeof rect>[0];

function box(group: Group, x: number, half: number, look: Style, theme: Theme, api: Api) {
  const { q25, q75, median } = group.description;
  const [low, high] = group.whiskers;
  const ink = { stroke: look.colour, lineWidth: 1.5 };
  return {
    type: "group",
    children: [
      line(api, [x, low], [x, q25], ink),
      line(api, [x, q75], [x, high], ink),
      line(api, [x - half / 2, low], [x + half / 2, low], ink),
      line(api, [x - half / 2, high], [x + half / 2, high], ink),
      rect(api, [x - half, q25], [x + half, q75], { ...ink, fill: look.colour, fillOpacity: 0.15 }),
      line(api, [x - half, median], [x + half, median], { stroke: theme.fit, lineWidth: 2 }),
    ],
  };
}

const thickest = (group: Group) => Math.max(...group.density.map((place) => place[1]), 0);

function violin(group: Group, x: number, half: number, widest: number, look: Style, theme: Theme, api: Api) {
  const side = (sign: number) =>
    group.density.map(([y, density]): Pair => [x + (sign * half * density) / (widest || 1), y]);
  const { q25, q75, median } = group.description;
  const body = { fill: look.colour, fillOpacity: 0.2, stroke: look.colour, lineWidth: 1.5 };
  const children = [
    line(api, [x, q25], [x, q75], { stroke: theme.fit, lineWidth: 4 }),
    line(api, [x - half / 3, median], [x + half / 3, median], { stroke: theme.fit, lineWidth: 2 }),
  ];
  // One value, or equal ones, have no density: the median alone is true.
  if (group.density.length > 1) children.unshift(polygon(api, [...side(1), ...side(-1).reverse()], body));
  return { type: "group", children };
}

function visits(groups: Group[], at: (group: Group) => number, index: number, look: Style, name: string | undefined) {
  const mean = groups.map((group): Pair => [at(group), group.description.mean]);
  const ends = (side: 0 | 1) => groups.map((group): Pair => [at(group), group.interval[side]]);
  const isCrowded = groups.length > CROWDED;
  const bars = drawn(index, isCrowded ? 0 : groups.length, (i, api) => {
    const group = groups[i] as Group;
    const [low, high] = group.interval;
    return line(api, [at(group), low], [at(group), high], { stroke: look.colour, lineWidth: 1 });
  }, { z: 5 });
  const marks = { symbol: look.mark, symbolSize: look.size, showSymbol: !isCrowded, name, z: 6 };
  return [band(index, ends(0), ends(1), look.colour, { z: 3 }), bars, path(index, mean, look.colour, marks)];
}
