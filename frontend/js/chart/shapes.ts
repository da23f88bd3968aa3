// Series that ECharts has no type for, drawn from data coordinates: they follow every scale.

import type { CustomSeriesRenderItemAPI } from "echarts";
import type { Pair } from "./types";

type Api = CustomSeriesRenderItemAPI;
type Element = Record<string, unknown>;

/** Which panel a series is in. */
export const inPanel = (index: number) => ({ xAxisIndex: index, yAxisIndex: index });

/** A series that draws `make(index)` for each of `count` things. */
export function drawn(panel: number, count: number, make: (index: number, api: Api) => Element | null, more: Element = {}) {
  return {
    ...inPanel(panel),
    type: "custom",
    silent: true,
    clip: true,
    animation: false,
    progressive: 0,
    // A place that every scale shows; what is drawn comes from `make`.
    data: Array.from({ length: count }, (_, index) => [1, 1, index]),
    encode: { x: [], y: [] },
    renderItem: (parameters: { dataIndex: number }, api: Api) => make(parameters.dataIndex, api),
    ...more,
  };
}

export const rect = (api: Api, low: Pair, high: Pair, style: Element): Element => {
  const [x1, y1] = api.coord(low) as Pair;
  const [x2, y2] = api.coord(high) as Pair;
  const shape = { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
  return { type: "rect", shape, style };
};

export const line = (api: Api, from: Pair, to: Pair, style: Element): Element => {
  const [x1, y1] = api.coord(from) as Pair;
  const [x2, y2] = api.coord(to) as Pair;
  return { type: "line", shape: { x1, y1, x2, y2 }, style };
};

export const polygon = (api: Api, corners: Pair[], style: Element): Element => ({
  type: "polygon",
  shape: { points: corners.map((corner) => api.coord(corner)) },
  style,
});

/** The area between two lines over the same places. */
export const band = (panel: number, lower: Pair[], upper: Pair[], colour: string, more: Element = {}) =>
  drawn(panel, 1, (_, api) => polygon(api, [...upper, ...[...lower].reverse()], { fill: colour, opacity: 0.15 }), more);

/** A line through points. */
export const path = (panel: number, points: Pair[], colour: string, more: Element = {}) => ({
  ...inPanel(panel),
  type: "line",
  data: points,
  symbol: "none",
  silent: true,
  animation: false,
  lineStyle: { color: colour, width: 2 },
  itemStyle: { color: colour },
  z: 8,
  ...more,
});
