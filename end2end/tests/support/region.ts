// A selected part of a plot, and what lies in it: worked out here once more, so that tests do not ask the server twice.

export type Pair = [number, number];
type Ends = { min: number | null; max: number | null };
export type Region = { shape: "box"; x: Ends; y: Ends } | { shape: "polygon"; corners: Pair[] };

/** Whether a point lies in a region of a plot with linear axes. */
export function isIn(region: Region, [x, y]: Pair): boolean {
  if (region.shape === "box") return isBetween(region.x, x) && isBetween(region.y, y);
  // Even-odd rule: a ray to the right crosses the outline an odd number of times.
  return region.corners.reduce((isOdd, [toX, toY], at, corners) => {
    const [fromX, fromY] = corners.at(at - 1) ?? [toX, toY];
    const isCrossed = fromY > y !== toY > y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX);
    return isCrossed ? !isOdd : isOdd;
  }, false);
}

function isBetween({ min, max }: Ends, value: number): boolean {
  return (min === null || value >= min) && (max === null || value <= max);
}
