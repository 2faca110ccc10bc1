import { defined, differences, parseJsonSource, plainJson } from "../../util/index.ts";
import type { Change } from "./types.ts";

/** Characters shown on either side of the first difference. */
const AROUND = 24;

/** The differences of two JSON values by pointer; `undefined` stands for an absent value. */
export function valueChanges(part: string, before: unknown, after: unknown): Change[] {
  return differences(plainJson(before), plainJson(after)).map(({ pointer, recorded, got }) => ({
    part,
    pointer,
    ...defined({ before: recorded, after: got }),
  }));
}

/** The differences of two texts: by pointer if both are JSON, else the first differing bytes. */
export function textChanges(part: string, before: Uint8Array, after: Uint8Array): Change[] {
  if (Buffer.compare(before, after) === 0) return [];
  const a = parsedJson(before);
  const b = parsedJson(after);
  if (a !== undefined && b !== undefined) {
    const changes = valueChanges(part, a.value, b.value);
    return changes.length > 0 ? changes : [spellingChange(part, before, after)];
  }
  return [{ ...spellingChange(part, before, after), note: `from byte ${commonLength(before, after)}` }];
}

/** The difference of two spellings of one value, at the first byte that differs. */
export function spellingChange(part: string, before: Uint8Array, after: Uint8Array): Change {
  const at = commonLength(before, after);
  return {
    part,
    before: excerpt(before, at),
    after: excerpt(after, at),
    note: `the same value in other bytes, from byte ${at}`,
  };
}

/** The JSON value of UTF-8 bytes, in an object as it may be null; `undefined` if they are not JSON. */
export function parsedJson(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: parseJsonSource(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

function commonLength(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return shorter;
}

function excerpt(bytes: Uint8Array, at: number): string {
  const from = Math.max(0, at - AROUND);
  const to = Math.min(bytes.length, at + AROUND);
  const text = Buffer.from(bytes.subarray(from, to)).toString("utf8");
  return `${from > 0 ? "…" : ""}${text}${to < bytes.length ? "…" : ""}`;
}
