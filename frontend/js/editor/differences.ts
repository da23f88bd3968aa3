// Which lines of a text become which, in as few changes as there are places that differ.

/** In characters of the older text. */
interface Change {
  from: number;
  to: number;
  insert: string;
}

/** Pairs of lines that are compared at most; texts that differ by more become one change. */
const MAX_PAIRS = 4_000_000;

/** Lines with their ends, so that together they are the text. */
const linesOf = (text: string) => text.split(/(?<=\n)/);

/** What makes `wanted` of `now`. */
export function differences(now: string, wanted: string): Change[] {
  const [older, newer] = [linesOf(now), linesOf(wanted)];
  let first = 0;
  while (first < older.length && first < newer.length && older[first] === newer[first]) first++;
  let last = 0;
  const shorter = Math.min(older.length, newer.length) - first;
  while (last < shorter && older[older.length - 1 - last] === newer[newer.length - 1 - last]) last++;
  const from = older.slice(0, first).join("").length;
  return between(older.slice(first, older.length - last), newer.slice(first, newer.length - last), from);
}

/** The same for lines that begin at a place, by their longest common subsequence. */
function between(older: string[], newer: string[], place: number): Change[] {
  const [rows, columns] = [older.length, newer.length];
  const isLarge = rows * columns > MAX_PAIRS;
  // How many lines the rest of both has in common, from each pair of lines on.
  const common = Array.from({ length: isLarge ? 0 : rows + 1 }, () => new Uint32Array(columns + 1));
  const shared = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let row = isLarge ? -1 : rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const isSame = older[row] === newer[column];
      common[row]![column] = isSame ? shared(row + 1, column + 1) + 1 : Math.max(shared(row + 1, column), shared(row, column + 1));
    }
  }
  const changes: Change[] = [];
  let [row, column, at] = [0, 0, place];
  while (row < rows || column < columns) {
    if (!isLarge && row < rows && column < columns && older[row] === newer[column]) {
      at += older[row]!.length;
      row++;
      column++;
      continue;
    }
    let [removed, added] = ["", ""];
    while ((row < rows || column < columns) && (isLarge || row >= rows || column >= columns || older[row] !== newer[column])) {
      if (column >= columns || (row < rows && shared(row + 1, column) >= shared(row, column + 1))) {
        removed += older[row++]!;
      } else {
        added += newer[column++]!;
      }
    }
    changes.push(trimmed(at, removed, added));
    at += removed.length;
  }
  return changes;
}

/** Only the characters that differ. */
function trimmed(place: number, removed: string, added: string): Change {
  const longest = Math.min(removed.length, added.length);
  let start = 0;
  while (start < longest && removed[start] === added[start]) start++;
  let end = 0;
  while (end < longest - start && removed[removed.length - 1 - end] === added[added.length - 1 - end]) end++;
  return { from: place + start, to: place + removed.length - end, insert: added.slice(start, added.length - end) };
}
