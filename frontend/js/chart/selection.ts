// The outline of a selection, over the canvas: drawn with the pointer, kept in the columns' units.

import type { Place } from "./layout";
import type { Pair, Region } from "./types";

const SVG = "http://www.w3.org/2000/svg";
/** Pixels between two corners of a lasso. */
const STEP = 4;
const MAX_CORNERS = 300;
/** A shorter drag was a click. */
const CLICK = 5;

/** Pixels to units and back, in one panel. */
export interface Projection {
  toData: (pixel: Pair) => Pair;
  toPixel: (value: Pair) => Pair;
}

/** An `<svg>` that lies over the chart and lets the pointer through. */
export function overlay(element: HTMLElement): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "absolute inset-0 size-full pointer-events-none");
  svg.setAttribute("aria-hidden", "true");
  element.append(svg);
  return svg;
}

/** Draws the outline in every panel: a selection holds for all. */
export function outline(svg: SVGSVGElement, regions: { place: Place; corners: Pair[] }[]) {
  svg.replaceChildren(
    ...regions
      .filter(({ corners }) => corners.length > 1)
      .map(({ place, corners }) => {
        const clamp = (value: number, low: number, size: number) => Math.min(Math.max(value, low), low + size);
        const inside = corners.map(([x, y]) => [clamp(x, place.left, place.width), clamp(y, place.top, place.height)]);
        const shape = document.createElementNS(SVG, "polygon");
        shape.setAttribute("points", inside.map((corner) => corner.join(",")).join(" "));
        shape.setAttribute("class", "fill-primary/8 stroke-primary");
        shape.setAttribute("stroke-width", "1.5");
        shape.setAttribute("stroke-dasharray", "4 3");
        return shape;
      }),
  );
}

/** A region's corners in pixels of one panel; open ends reach its edge. */
export function cornersOf(region: Region, place: Place, { toPixel }: Projection, hasY: boolean): Pair[] {
  if (region.shape === "polygon") return region.corners.map(toPixel);
  const right = place.left + place.width;
  const bottom = place.top + place.height;
  const x = (value: number | null, open: number) => (value === null ? open : toPixel([value, 1])[0]);
  const y = (value: number | null, open: number) => (value === null || !hasY ? open : toPixel([1, value])[1]);
  const [x1, x2] = [x(region.x.min, place.left), x(region.x.max, right)];
  const [y1, y2] = [y(region.y.min, bottom), y(region.y.max, place.top)];
  return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]];
}

/** Six digits are more than a pixel. */
const short = (value: number) => Number(value.toPrecision(6));

/** What the pointer went round, as a region; `null` if it was a click. */
export function regionOf(track: Pair[], tool: "box" | "lasso", projection: Projection, hasY: boolean): Region | null {
  const xs = track.map((corner) => corner[0]);
  const ys = track.map((corner) => corner[1]);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  if (right - left < CLICK && bottom - top < CLICK) return null;
  if (tool === "lasso" && hasY) {
    if (track.length < 3) return null;
    return { shape: "polygon", corners: track.map(projection.toData).map(([x, y]): Pair => [short(x), short(y)]) };
  }
  const [low, high] = [projection.toData([left, bottom]), projection.toData([right, top])];
  const open = { min: null, max: null };
  const y = hasY ? { min: short(low[1]), max: short(high[1]) } : open;
  return { shape: "box", x: { min: short(low[0]), max: short(high[0]) }, y };
}

/** Adds a corner where the pointer has come far enough. */
export function follow(track: Pair[], pixel: Pair) {
  const last = track.at(-1);
  if (last && Math.hypot(pixel[0] - last[0], pixel[1] - last[1]) < STEP) return;
  if (track.length < MAX_CORNERS) track.push(pixel);
  else track[track.length - 1] = pixel;
}
