import type { Op } from "../../../http/index.ts";
import { mulberry32 } from "../../../util/index.ts";
import {
  type Fault,
  type Write,
  defineFault,
  endOf,
  flag,
  number,
  overWrites,
  waitOf,
  wholeOf,
  withOps,
  writeOf,
} from "../model/index.ts";

/** Cuts a write every `bytes` bytes. */
export function inSegments(write: Write, bytes: number, flush?: boolean): Write[] {
  return cutAt(
    write,
    offsetsEvery(write.bytes.length, () => bytes),
    flush,
  );
}

function offsetsEvery(length: number, size: () => number): number[] {
  const offsets: number[] = [];
  for (let at = size(); at < length; at += size()) offsets.push(at);
  return offsets;
}

/** Cuts a write at offsets; with `flush` each part gets a TCP segment of its own. */
export function cutAt(
  write: Write,
  offsets: readonly number[],
  flush: boolean = write.flush ?? false,
): Write[] {
  if (offsets.length === 0) return [write];
  const ends = [...offsets, write.bytes.length];
  return ends.map((end, i) => writeOf(write.bytes.subarray(ends[i - 1] ?? 0, end), flush));
}

const FLUSH = "each part in a TCP segment of its own, which takes some 4 ms a part";

const join: Fault = defineFault({
  name: "join",
  group: "writes",
  about: "the whole body in one write when its last byte is there, as a buffering proxy sends it",
  lossless: true,
  parameters: {},
  apply(script) {
    const whole = wholeOf(script.ops);
    // A body that never ends is never sent.
    if (whole === undefined) return withOps(script, [{ op: "stall" }]);
    if (
      script.ops.filter((op) => op.op === "write").length <= 1 &&
      !script.ops.some((op) => op.op === "repeat")
    )
      return script;
    const end = endOf(script.ops);
    const ops: Op[] = [
      ...waitOf(whole.ms),
      ...(whole.bytes.length > 0 ? [writeOf(whole.bytes)] : []),
      ...(end ? [end] : []),
    ];
    return withOps(script, ops);
  },
});

const split: Fault = defineFault({
  name: "split",
  group: "writes",
  about: "each write is cut every n bytes",
  lossless: true,
  parameters: { bytes: number("bytes", 1, "of each part", { min: 1 }), flush: flag(false, FLUSH) },
  apply: (script, { bytes, flush }) =>
    withOps(
      script,
      overWrites(script.ops, (write) => inSegments(write, bytes, flush || write.flush)),
    ),
});

const splitRandom: Fault = defineFault({
  name: "split-random",
  group: "writes",
  about: "each write is cut at random offsets",
  lossless: true,
  parameters: {
    max: number("bytes", 16, "of the longest part", { min: 1 }),
    flush: flag(false, FLUSH),
  },
  apply(script, { max, flush }, _, { seed }) {
    const random = mulberry32(seed);
    const size = (): number => 1 + Math.floor(random() * max);
    return withOps(
      script,
      overWrites(script.ops, (write) =>
        cutAt(write, offsetsEvery(write.bytes.length, size), flush || write.flush),
      ),
    );
  },
});

const splitUtf8: Fault = defineFault({
  name: "split-utf8",
  group: "writes",
  about: "each write is cut before every byte within a UTF-8 sequence",
  lossless: true,
  parameters: { flush: flag(true, FLUSH) },
  apply: (script, { flush }) =>
    withOps(
      script,
      overWrites(script.ops, (write) => {
        const inner = [...write.bytes.keys()].filter(
          (at) => at > 0 && ((write.bytes[at] as number) & 0xc0) === 0x80,
        );
        return cutAt(write, inner, flush);
      }),
    ),
});

export const WRITE_FAULTS: readonly Fault[] = [join, split, splitRandom, splitUtf8];
