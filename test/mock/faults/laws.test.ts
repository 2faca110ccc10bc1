import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerValue } from "../../../src/http/headers.ts";
import type { Op, Script } from "../../../src/http/script.ts";
import { decodeSse, encodeSse, sseEvents } from "../../../src/http/sse.ts";
import { applyFaults } from "../../support/apply-faults.ts";
import { FAULTS } from "../../../src/mock/faults/kinds/all.ts";
import type { Fault } from "../../../src/mock/faults/model/fault.ts";
import {
  bodyOf,
  dataOf,
  decodedBody,
  jsonScript,
  scriptOf,
  streamScript,
  streams,
  wait,
  write,
  writesOf,
} from "../../support/fault-scripts.ts";
import { scaled } from "../../support/scaled.ts";

const RUNS = { numRuns: scaled(150) };
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** Ways to ask for each fault: as it comes, and with what changes the way that it goes. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  split: ["split", "split:bytes=7", "split:bytes=3,flush"],
  "split-random": ["split-random", "split-random:max=3"],
  crlf: ["crlf", "crlf:apart"],
  bom: ["bom", "bom:apart"],
  comment: ["comment", "comment:blank=no", "comment@1", "comment@end:text={n}", "comment@-1:blank=no"],
  field: ["field", "field:name=retry,value=100,block", "field@1:value={n}", "field@2:block"],
  gzip: ["gzip", "gzip:flush=no"],
  deflate: ["deflate", "deflate:flush=no"],
  br: ["br", "br:flush=no"],
  pause: ["pause", "pause@1:ms=7", "pause@b10", "pause@5ms", "pause@-1", "pause@end"],
  framing: ["framing", "framing:how=length", "framing:how=eof"],
};
const requested = (fault: Fault): readonly string[] => VARIANTS[fault.name] ?? [fault.name];
const lossless = FAULTS.filter((fault) => fault.lossless).flatMap(requested);
const all = FAULTS.flatMap((fault) => [
  ...requested(fault),
  ...(fault.position?.kinds.includes("event") ? [`${fault.name}@1`, `${fault.name}@-1`] : []),
  ...(fault.position?.kinds.includes("byte")
    ? [`${fault.name}@end`, `${fault.name}@b9`, `${fault.name}@9ms`]
    : []),
]);
/** These write the framing of the body by hand; sockets hold them. */
const FRAMED = new Set(["chunk-extension"]);

const copyOf = (script: Script): unknown => structuredClone(script);
const frozen = (script: Script): Script => {
  Object.freeze(script);
  Object.freeze(script.ops);
  script.ops.forEach((op) => Object.freeze(op));
  Object.freeze(script.head?.headers);
  return script;
};

describe("a lossless fault", () => {
  it("is one of many", () => {
    expect(lossless.length).toBeGreaterThan(30);
  });

  it.each(lossless.filter((text) => !FRAMED.has(text)))(
    "%s leaves a reader the same events, by eventsource-parser and by our tokenizer",
    (text) => {
      fc.assert(
        fc.property(streams, seeds, (script, seed) => {
          const body = decodedBody(applyFaults(script, text, { seed }));
          expect(dataOf(body)).toEqual(dataOf(bodyOf(script)));
          expect(sseEvents(decodeSse(body)).map(({ data }) => data)).toEqual(
            sseEvents(decodeSse(bodyOf(script))).map(({ data }) => data),
          );
        }),
        RUNS,
      );
    },
  );

  it.each(lossless.filter((text) => !FRAMED.has(text) && !text.startsWith("bom")))(
    "%s leaves a body of JSON as it is",
    (text) => {
      const script = jsonScript('{"a":"hé\\n","b":[1,2]}');
      expect(decodedBody(applyFaults(script, text)).toString()).toBe(bodyOf(script).toString());
    },
  );

  it("composes with others: the last is gzip", () => {
    const several = fc.shuffledSubarray(
      lossless.filter((text) => !FRAMED.has(text) && !/^(?:gzip|deflate|br|join|bom)/.test(text)),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(streams, several, seeds, (script, texts, seed) => {
        const faulted = applyFaults(script, [...texts, "split-random", "gzip"].join(" + "), { seed });
        expect(dataOf(decodedBody(faulted))).toEqual(dataOf(bodyOf(script)));
      }),
      RUNS,
    );
  });
});

describe("any fault", () => {
  it.each(all)(
    "%s never changes the script that it is given, and gives the same for the same seed",
    (text) => {
      fc.assert(
        fc.property(streams, seeds, (script, seed) => {
          const before = copyOf(script);
          const first = applyFaults(frozen(script), text, { seed });
          expect(copyOf(script)).toEqual(before);
          expect(applyFaults(script, text, { seed })).toEqual(first);
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each(all)("%s gives a script that ends once, at its end, or never", (text) => {
    const isEnd = ({ op }: Op): boolean => op !== "write" && op !== "wait" && op !== "repeat";
    fc.assert(
      fc.property(streams, (script) => {
        const { ops } = applyFaults(script, text);
        const ends = ops.filter(isEnd);
        const endless = ops.some((op) => op.op === "repeat" && op.times === undefined);
        expect(ends).toHaveLength(endless ? 0 : 1);
        expect(endless ? true : isEnd(ops.at(-1) as Op)).toBe(true);
        expect(writesOf(ops).every((bytes) => bytes.length > 0)).toBe(true);
        expect(ops.every((op) => op.op !== "wait" || op.ms > 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it.each(all)(
    "%s announces the length of what it sends, or, cut off, of what it should have sent",
    (text) => {
      const script = jsonScript('{"content":"0123456789"}');
      const faulted = applyFaults(script, text);
      if (faulted.head?.framing !== "length" || text.startsWith("content-length")) return;
      const literal = headerValue(faulted.head.headers, "content-length");
      const cut = !["complete", "close"].includes(faulted.ops.at(-1)?.op ?? "");
      expect(literal ?? "computed").toBe(cut ? String(bodyOf(script).length) : "computed");
    },
  );

  it("that finds nothing to do gives the very script", () => {
    const none = scriptOf([]);
    for (const text of [
      "split",
      "crlf",
      "comment",
      "field",
      "missing-done",
      "reset@1",
      "event@1",
      "gzip",
      "join",
    ])
      expect([text, applyFaults(none, text) === none]).toEqual([text, true]);
    const two = streamScript("a");
    for (const text of [
      "reset@3",
      "stall@b100000",
      "end@9999ms",
      "duplicate@3",
      "malformed-json@-3",
      "drop@9",
    ])
      expect([text, applyFaults(two, text) === two]).toEqual([text, true]);
    const json = jsonScript("{}");
    for (const text of [
      "crlf",
      "cr",
      "no-space",
      "comment",
      "field",
      "pad",
      "multi-line",
      "missing-done",
      "ogl-busy",
    ])
      expect([text, applyFaults(json, text) === json]).toEqual([text, true]);
  });

  it("with another seed is another script, where it is random", () => {
    const script = streamScript("a longer text than that", "and one more");
    for (const text of ["split-random", "jitter"]) {
      const sizes = (seed: number): unknown[] => applyFaults(script, text, { seed }).ops.map(copyOps);
      expect(sizes(1)).not.toEqual(sizes(2));
      expect(sizes(1)).toEqual(sizes(1));
    }
  });
});

const copyOps = (op: Op): unknown => (op.op === "write" ? Buffer.from(op.bytes).toString() : op);

describe("a position", () => {
  const script = streamScript("a", "b", "c");
  const cutAfter = (text: string): string => bodyOf(applyFaults(script, text)).toString();
  const events = ["a", "b", "c"].map((text) => writesOf(streamScript(text).ops)[0]?.toString() as string);

  it.each([
    ["end@0", ""],
    ["end@1", events[0]],
    ["end@3", events.join("")],
    ["end@4", `${events.join("")}data: [DONE]\n\n`],
    ["end@-1", events.join("")],
    ["end@-4", ""],
    ["end@end", `${events.join("")}data: [DONE]\n\n`],
    ["end@b1", "d"],
    ["end@b0", ""],
    ["end@19ms", ""],
    ["end@20ms", events[0]],
    ["end@45ms", `${events[0]}${events[1]}`],
  ])("%s is where it says", (text, body) => {
    expect(cutAfter(text)).toBe(body);
  });

  it("counts events wherever the writes are cut", () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 9 }), seeds, (stream, n, seed) => {
        const whole = bodyOf(stream);
        const known = sseEvents(decodeSse(whole));
        const faulted = applyFaults(applyFaults(stream, "split-random", { seed }), `reset@${n}`);
        const end = known[n - 1]?.end;
        expect(bodyOf(faulted).toString()).toBe(whole.subarray(0, end ?? whole.length).toString());
        expect(faulted.ops.at(-1)?.op).toBe(end === undefined ? stream.ops.at(-1)?.op : "reset");
      }),
      RUNS,
    );
  });

  it("is found in a script that never ends, and the rest goes on as before", () => {
    const endless: Script = {
      ...script,
      ops: [{ op: "repeat", every: 10, ops: [write("data: a\n\n"), wait(4), write("data: b\n\n")] }],
    };
    const reset = applyFaults(endless, "reset@3");
    expect(reset.ops.map(copyOps)).toEqual([
      "data: a\n\n",
      { op: "wait", ms: 4 },
      "data: b\n\n",
      { op: "wait", ms: 6 },
      "data: a\n\n",
      { op: "reset" },
    ]);
    const inserted = applyFaults(endless, "event@1:data=x");
    expect(inserted.ops.slice(0, 5).map(copyOps)).toEqual([
      "data: a\n\n",
      "data: x\n\n",
      { op: "wait", ms: 4 },
      "data: b\n\n",
      { op: "wait", ms: 6 },
    ]);
    expect(inserted.ops[5]).toEqual(endless.ops[0]);
    for (const text of ["reset@-1", "reset@end", "unterminated"])
      expect(applyFaults(endless, text)).toBe(endless);
    expect(applyFaults(endless, "join").ops).toEqual([{ op: "stall" }]);
  });

  it("that is never reached is given up, also where nothing ever comes", () => {
    const silent: Script = { ...script, ops: [{ op: "repeat", every: 10, ops: [write(": ka\n\n")] }] };
    expect(applyFaults(silent, "reset@1").ops.at(-1)).toEqual({ op: "reset" }); // counted in writes: it has no events
    const idle: Script = { ...script, ops: [{ op: "repeat", every: 10, ops: [wait(1)] }] };
    expect(applyFaults(idle, "reset@1")).toBe(idle);
  });

  it("keeps the bytes of the tokenizer's reading", () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const body = bodyOf(stream);
        expect(Buffer.from(encodeSse(decodeSse(body))).equals(body)).toBe(true);
      }),
      RUNS,
    );
  });
});
