// The files of a ZIP, by its list at the end: the sizes before each file are not known while it is streamed.
import { inflateRawSync } from "node:zlib";

const ENTRY = 0x02014b50;
const END = 0x06054b50;

/** Name and text of each file. */
export function filesOf(zip: Buffer): Map<string, string> {
  let end = zip.length - 22;
  while (end > 0 && zip.readUInt32LE(end) !== END) end -= 1;
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`no entry at ${at}`);
    const [packed, start] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const content = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const text = inflateRawSync(zip.subarray(content, content + packed)).toString("utf8");
    files.set(zip.subarray(at + 46, at + 46 + name).toString("utf8"), text);
    at += 46 + name + extra + comment;
  }
  return files;
}
