import { type Script, decodeSse, encodeSse, sseEvents } from "../../../http/index.ts";
import {
  type Edit,
  type Fault,
  type Flat,
  MIDWAY,
  type Position,
  WITHIN,
  type Write,
  bytesOf,
  choice,
  cut,
  defineFault,
  editStream,
  edited,
  endOf,
  number,
  pick,
  textParameter,
  withOps,
  writeOf,
} from "../model/index.ts";
import { JSON_FORMATS, errorValue } from "./bodies.ts";

const DONE = writeOf("data: [DONE]\n\n");

/** Continuations after an inserted block. */
const AFTER = ["end", "done", "rest"] as const;
const after = choice(AFTER, "end", "what follows: the message's end, [DONE] and the end, or all the rest");

/** Inserts a block at a position of a stream, followed by the continuation `next`. */
export function interrupted(
  script: Script,
  at: Position,
  block: readonly Flat[],
  next: (typeof AFTER)[number],
): Script {
  const parts = cut(script.ops, at);
  if (parts === undefined) return script;
  if (next === "rest") return withOps(script, [...parts.before, ...block, ...parts.after]);
  const end = endOf(script.ops) ?? { op: "complete" };
  return withOps(script, [...parts.before, ...block, ...(next === "done" ? [DONE] : []), end]);
}

const format = choice(JSON_FORMATS, "openai", "how the error is spelled");
const message = textParameter("The server had an error", "of the error");
const code = number("status", 500, "that the error names", { min: 100, max: 999 });

const errorObject: Fault = defineFault({
  name: "error-object",
  group: "events",
  about: 'an error as an event of the stream: data: {"error":…}',
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: { body: format, message, code, after },
  apply(script, params, at) {
    const value = errorValue(params.body, { status: params.code, message: params.message });
    const block = writeOf(`data: ${JSON.stringify(value)}\n\n`);
    return at === undefined ? script : interrupted(script, at, [block], params.after);
  },
});

const errorEvent: Fault = defineFault({
  name: "error-event",
  group: "events",
  about: "event: error, with the error as its data",
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: { body: format, message, code, after },
  apply(script, params, at) {
    const value = errorValue(params.body, { status: params.code, message: params.message });
    const block = writeOf(`event: error\ndata: ${JSON.stringify(value)}\n\n`);
    return at === undefined ? script : interrupted(script, at, [block], params.after);
  },
});

const event: Fault = defineFault({
  name: "event",
  group: "events",
  about: "one more event",
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: {
    data: textParameter("{}", "of the event"),
    type: textParameter("", "in an event: line; empty: no such line"),
  },
  apply(script, { data, type }, at) {
    const lines = data.split("\n").map((line) => (line === "" ? "data:\n" : `data: ${line}\n`));
    const block = writeOf(`${type === "" ? "" : `event: ${type}\n`}${lines.join("")}\n`);
    return at === undefined ? script : interrupted(script, at, [block], "rest");
  },
});

const garbage: Fault = defineFault({
  name: "garbage",
  group: "events",
  about: "text that is not part of the protocol, sent unchanged",
  lossless: false,
  position: { kinds: WITHIN, default: { at: "end" } },
  parameters: { text: textParameter("garbage\n", "to insert") },
  apply: (script, params, at) =>
    at === undefined || params.text === "" ? script : interrupted(script, at, [writeOf(params.text)], "rest"),
});

/** Replaces one event's bytes by the writes that `change` returns. */
export function spoiled(
  script: Script,
  at: Position | undefined,
  change: (event: Buffer) => readonly Flat[],
): Script {
  const picked = at && pick(script.ops, at);
  if (picked === undefined) return script;
  const waits = picked.event.filter((op) => op.op === "wait");
  const changed = change(bytesOf(picked.event));
  return withOps(script, [...picked.before, ...waits, ...changed, ...picked.after]);
}

const malformedJson: Fault = defineFault({
  name: "malformed-json",
  group: "events",
  about: "a complete event whose data is not JSON; in a body without events, a write",
  lossless: false,
  position: { kinds: ["event"], default: MIDWAY },
  parameters: { text: textParameter("{oops", "in place of the data") },
  apply: (script, params, at) =>
    spoiled(script, at, (bytes) => [
      writeOf(sseEvents(decodeSse(bytes)).length > 0 ? `data: ${params.text}\n\n` : params.text),
    ]),
});

const invalidUtf8: Fault = defineFault({
  name: "invalid-utf8",
  group: "events",
  about: "a byte that is not UTF-8 (0xff) in an event's text",
  lossless: false,
  position: { kinds: ["event"], default: MIDWAY },
  parameters: {},
  apply: (script, _, at) =>
    spoiled(script, at, (bytes) => {
      const mark = '"content":"';
      const content = bytes.indexOf(mark);
      const offset = content === -1 ? bytes.length >> 1 : content + mark.length;
      return edited([writeOf(bytes)], [{ at: offset, insert: Buffer.from([0xff]) }]);
    }),
});

const duplicate: Fault = defineFault({
  name: "duplicate",
  group: "events",
  about: "each event is repeated, or the one at the position",
  lossless: false,
  position: { kinds: ["event"] },
  parameters: { times: number("times", 2, "that the event is sent in all", { min: 2, max: 1000 }) },
  apply(script, { times }, at) {
    const copies = (bytes: Uint8Array): Write[] => Array.from({ length: times }, () => writeOf(bytes));
    if (at !== undefined) return spoiled(script, at, copies);
    return withOps(
      script,
      editStream(script.ops, ({ tokens, events }) => {
        const bytes = encodeSse(tokens);
        return events.flatMap(({ start, end }) =>
          copies(bytes.subarray(start, end))
            .slice(1)
            .map((copy): Edit => ({ at: start, insert: copy.bytes, own: true })),
        );
      }),
    );
  },
});

const drop: Fault = defineFault({
  name: "drop",
  group: "events",
  about: "an event is left out",
  lossless: false,
  position: { kinds: ["event"], default: MIDWAY },
  parameters: {},
  apply: (script, _, at) => spoiled(script, at, () => []),
});

export const EVENT_FAULTS: readonly Fault[] = [
  errorObject,
  errorEvent,
  malformedJson,
  invalidUtf8,
  event,
  garbage,
  duplicate,
  drop,
];
