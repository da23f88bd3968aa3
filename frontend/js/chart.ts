// The border between the Plot page and Apache ECharts: a handle is a number, everything else is JSON.
//
// The page loads this module when it is opened and finds it as `window.holdfastChart`.

import { Mounted } from "./chart/mounted";
import type { Region, Tool } from "./chart/types";

const charts = new Map<number, Mounted>();
let next = 1;

/** Makes a chart; it draws as soon as it has data and room. */
export function make(): number {
  const handle = next++;
  charts.set(handle, new Mounted());
  return handle;
}

/** Puts the chart into an element. */
export function mount(handle: number, element: HTMLElement) {
  charts.get(handle)?.moveTo(element);
}

/** Draws `{"data": PlotData, "spec": PlotSpec, "labels": ..}`. */
export function draw(handle: number, drawing: string) {
  charts.get(handle)?.draw(drawing);
}

/** Shows a selection, in the columns' units; `null` shows none. */
export function show(handle: number, region: string) {
  charts.get(handle)?.show(JSON.parse(region) as Region | null);
}

/** Takes a tool in hand: `pan`, `box`, `lasso`. */
export function tool(handle: number, name: string) {
  charts.get(handle)?.take(name as Tool);
}

/** Shows a part of the scales, as `onZoom` told it. */
export function zoom(handle: number, part: string) {
  charts.get(handle)?.zoom(part);
}

/** Calls back with the region as JSON when the person has selected one. */
export function onSelect(handle: number, callback: (region: string) => void) {
  const chart = charts.get(handle);
  if (chart) chart.onSelect = (region) => callback(JSON.stringify(region));
}

/** Calls back with the part of the scales that is gone to, and the axes it is of, as JSON; with `null` for the whole. */
export function onZoom(handle: number, callback: (part: string) => void) {
  const chart = charts.get(handle);
  if (chart) chart.onZoom = callback;
}

/** The chart as a picture, as a data URL. */
export function exportImage(handle: number, kind: "png" | "svg"): string {
  return charts.get(handle)?.image(kind) ?? "";
}

Object.assign(window, { holdfastChart: { make, mount, draw, show, tool, zoom, onSelect, onZoom, exportImage } });
