// Where the panels stand. All have the same size; names and numbers of axes only at the rim.

const LEGEND = 44;
const NO_LEGEND = 20;
const BOTTOM = 46;
const RIGHT = 20;
const GAP = 24;
/** Width to height that a panel should have. */
const ASPECT = 1.4;
/** How much one free place counts against an odd shape. */
const FREE = 0.2;
const TITLE = 20;

export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
  isLeft: boolean;
  isBottom: boolean;
}

/** `left`: room for the vertical axis' numbers and name. */
export function places(count: number, width: number, height: number, left: number, hasLegend: boolean): Place[] {
  const top = hasLegend ? LEGEND : NO_LEGEND;
  const title = count > 1 ? TITLE : 0;
  const inner = { width: Math.max(width - left - RIGHT, 40), height: Math.max(height - top - BOTTOM, 40) };
  const columns = columnsFor(count, inner.width / inner.height);
  const rows = Math.ceil(count / columns);
  const panel = {
    width: (inner.width - GAP * (columns - 1)) / columns,
    height: (inner.height - GAP * (rows - 1)) / rows - title,
  };
  return Array.from({ length: count }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    return {
      left: left + column * (panel.width + GAP),
      top: top + row * (panel.height + title + GAP) + title,
      width: panel.width,
      height: Math.max(panel.height, 10),
      isLeft: column === 0,
      isBottom: index + columns >= count,
    };
  });
}

function columnsFor(count: number, aspect: number): number {
  const cost = (columns: number) => {
    const rows = Math.ceil(count / columns);
    return Math.abs(Math.log(((aspect / columns) * rows) / ASPECT)) + FREE * (columns * rows - count);
  };
  const choices = Array.from({ length: count }, (_, index) => index + 1);
  return choices.reduce((best, columns) => (cost(columns) < cost(best) ? columns : best), 1);
}
