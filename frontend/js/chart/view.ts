// Panning and zooming, as new ends of the scales.

import type { Scale } from "./axes";
import type { Place } from "./layout";
import type { View } from "./option";
import type { Pair } from "./types";

interface Scales {
  x: Scale;
  y: Scale;
}

/** The ends after `change`, worked out where the scale is even. */
function ends(scale: Scale, change: (low: number, high: number) => Pair): Pair {
  if (scale.type === "value") return change(scale.min, scale.max);
  const [low, high] = change(Math.log10(scale.min), Math.log10(scale.max));
  return [10 ** low, 10 ** high];
}

/** The scales after the panel was dragged by so many pixels. */
export function moved(scales: Scales, place: Place, [right, down]: Pair): View {
  const shift = (share: number) => (low: number, high: number): Pair => [low + share * (high - low), high + share * (high - low)];
  return { x: ends(scales.x, shift(-right / place.width)), y: ends(scales.y, shift(down / place.height)) };
}

/** The scales after the wheel was turned over a pixel, which keeps its place. */
export function zoomed(scales: Scales, place: Place, [x, y]: Pair, turned: number): View {
  const factor = Math.exp(Math.max(-1, Math.min(1, turned / 500)));
  const about = (share: number) => (low: number, high: number): Pair => {
    const fixed = low + share * (high - low);
    return [fixed + (low - fixed) * factor, fixed + (high - fixed) * factor];
  };
  return {
    x: ends(scales.x, about((x - place.left) / place.width)),
    y: ends(scales.y, about(1 - (y - place.top) / place.height)),
  };
}
