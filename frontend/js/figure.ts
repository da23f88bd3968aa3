// The border between figures of runs and Apache ECharts: a handle is a number, everything else is JSON.
//
// A page that shows figures loads this module and finds it as `window.holdfastFigure`.

import { Mounted } from "./figure/mounted";
import type { Figure } from "./figure/types";

const figures = new Map<number, Mounted>();
let next = 1;
const EMPTY = { y: null, low: null, high: null, n: null };

/** Makes a figure in an element; it draws as soon as it has data and room. */
export function make(element: HTMLElement): number {
  const handle = next++;
  figures.set(handle, new Mounted(element));
  return handle;
}

/** Draws a figure. What a point does not have is not written. */
export function draw(handle: number, text: string) {
  const figure = JSON.parse(text) as Figure;
  for (const panel of figure.panels) {
    for (const series of panel.series) {
      series.points = series.points.map((point) => ({ ...EMPTY, ...point }));
    }
  }
  figures.get(handle)?.draw(figure);
}

/** The figure as a picture, as a data URL. */
export function exportImage(handle: number, kind: "png" | "svg"): string {
  return figures.get(handle)?.image(kind) ?? "";
}

/** Lets go of a figure whose element has left the page. */
export function dispose(handle: number) {
  figures.get(handle)?.dispose();
  figures.delete(handle);
}

/** Saves text as a file. */
export function saveText(name: string, kind: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

Object.assign(window, { holdfastFigure: { make, draw, exportImage, dispose, saveText } });
