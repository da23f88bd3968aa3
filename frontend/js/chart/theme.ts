// Colours and marks, read from the page's style sheet so that there is one palette.

const FLAT = 6;
/** Marks in one of many panels, against those in one large one. */
const SMALL = 0.75;
const STEPS = 4;

/** Opacity of the points at steps 1 to 4: still 3:1 on the panel. */
const OPACITY = {
  light: { ordinal: [1, 0.9, 0.8, 0.6], flat: [1, 0.95, 0.9, 0.8] },
  dark: { ordinal: [1, 0.95, 0.85, 0.8], flat: [1, 0.95, 0.9, 0.85] },
};
const CROSS = "path://M2 0 5 3 8 0 10 2 7 5 10 8 8 10 5 7 2 10 0 8 3 5 0 2Z";
/** A mark and its size, one a colour: what hue says, shape says too. */
export const MARKS: [string, number][] = [
  ["circle", 8],
  ["diamond", 8],
  ["triangle", 6.5],
  ["rect", 5],
  ["pin", 13],
  [CROSS, 6],
];
const PLUS = "path://M4 0H6V4H10V6H6V10H4V6H0V4H4Z";
const REST: [string, number] = [PLUS, 6];

export interface Theme {
  isDark: boolean;
  font: string;
  axis: string;
  grid: string;
  fit: string;
  accent: string;
  panel: string;
  text: string;
  flat: string[];
  ordinal: string[];
}

/** A CSS colour in any notation as `rgb(r, g, b)`, which every reader of an SVG understands. */
function plain(colour: string): string {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context) return colour;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

export function readTheme(): Theme {
  const root = document.documentElement;
  const css = getComputedStyle(root);
  const colour = (name: string) => plain(css.getPropertyValue(name).trim());
  const series = (letter: string, count: number) =>
    Array.from({ length: count }, (_, index) => colour(`--hf-${letter}${index + 1}`));
  return {
    isDark: root.dataset.theme?.includes("dark") ?? false,
    font: getComputedStyle(document.body).fontFamily,
    axis: colour("--hf-chart-axis"),
    grid: colour("--hf-chart-grid"),
    fit: colour("--hf-chart-fit"),
    accent: colour("--color-primary"),
    panel: colour("--color-base-100"),
    text: colour("--color-base-content"),
    flat: series("c", FLAT),
    ordinal: series("o", STEPS),
  };
}

export interface Style {
  colour: string;
  mark: string;
  size: number;
  opacity: number;
}

/** The look of each colour's series. `step`: 1 opaque to 4 palest, for the darkest colours. */
export function styles(names: (string | null)[], isOrdinal: boolean, step: number, theme: Theme, isSmall: boolean): Style[] {
  const isRest = (name: string | null) => name === "other" || name === "missing";
  const named = names.filter((name) => !isRest(name)).length;
  const ordered = isOrdinal && named <= STEPS;
  const palette = ordered ? theme.ordinal : theme.flat;
  const steps = OPACITY[theme.isDark ? "dark" : "light"][ordered ? "ordinal" : "flat"];
  const palest = Math.min(Math.max(Math.round(step), 1), steps.length) - 1;
  return names.map((name, index) => {
    const [mark, size] = isRest(name) ? REST : (MARKS[index % MARKS.length] ?? REST);
    const colour = name === "missing" ? theme.axis : name === "other" ? theme.flat[FLAT - 1] : palette[index];
    const opacity = steps[ordered ? Math.min(index, palest) : palest];
    return { colour: colour ?? theme.axis, mark, size: isSmall ? size * SMALL : size, opacity: opacity ?? 1 };
  });
}
