import { type End, type Op, decodeSse, sseEvents } from "../../../http/index.ts";
import {
  type Edit,
  type Fault,
  MIDWAY,
  type PositionKind,
  WITHIN,
  bytesOf,
  choice,
  cut,
  defineFault,
  editStream,
  endOf,
  flag,
  isEnd,
  number,
  pick,
  textParameter,
  wholeOf,
  withCutOps,
  withOps,
  writeOf,
} from "../model/index.ts";

const ANYWHERE: readonly PositionKind[] = ["start", ...WITHIN];

/** Makes a fault that breaks the connection at a position; at the start, before the head. */
function brokenBy(how: "reset" | "stall" | "truncate", about: string): Fault {
  return defineFault({
    name: how,
    group: "end",
    about,
    lossless: false,
    position: { kinds: ANYWHERE, default: { at: "start" } },
    parameters: {},
    apply(script, _, at) {
      if (at === undefined || at.at === "start") {
        const { wait, early } = script;
        return { wait, head: null, ops: [{ op: how }], ...(early === undefined ? {} : { early }) };
      }
      const parts = cut(script.ops, at);
      return parts === undefined ? script : withCutOps(script, [...parts.before, { op: how }]);
    },
  });
}

const reset = brokenBy("reset", "the connection is reset (TCP RST)");
const stall = brokenBy("stall", "no more bytes are sent, the connection stays open");
const truncate = brokenBy("truncate", "the connection is closed (FIN) before the message is complete");

const end: Fault = defineFault({
  name: "end",
  group: "end",
  about: "a clean early end: the message is complete by its framing, but its body is cut",
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: { close: flag(false, "the server closes the connection, too") },
  apply(script, { close }, at) {
    const parts = at && cut(script.ops, at);
    return parts === undefined
      ? script
      : withOps(script, [...parts.before, { op: close ? "close" : "complete" }]);
  },
});

const close: Fault = defineFault({
  name: "close",
  group: "end",
  about: "the server closes the connection after the answer without announcing it",
  lossless: true,
  parameters: {},
  apply: (script) =>
    endOf(script.ops)?.op === "complete"
      ? withOps(
          script,
          script.ops.map((op): Op => (op.op === "complete" ? { op: "close" } : op)),
        )
      : script,
});

const keepalive: Fault = defineFault({
  name: "keepalive",
  group: "end",
  about: "only comments from the position on, for ever",
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: {
    ms: number("ms", 1000, "between them", { min: 1 }),
    text: textParameter("keepalive", "of the comments"),
  },
  apply(script, { ms, text: words }, at) {
    const parts = at && cut(script.ops, at);
    if (parts === undefined) return script;
    const ping: Op = { op: "repeat", every: ms, ops: [writeOf(`: ${words}\n\n`)] };
    return withCutOps(script, [...parts.before, { op: "wait", ms }, ping]);
  },
});

const truncatedFrame: Fault = defineFault({
  name: "truncated-frame",
  group: "end",
  about: "the answer ends in the middle of an event's bytes; in a body without events, of a write's",
  lossless: false,
  position: { kinds: ["event"], default: MIDWAY },
  parameters: {
    how: choice(["complete", "close", "truncate", "reset", "stall"], "complete", "how the answer ends"),
  },
  apply(script, { how }, at) {
    const picked = at && pick(script.ops, at);
    if (picked === undefined) return script;
    const half = Math.floor(bytesOf(picked.event).length / 2);
    const kept = cut(picked.event, { at: "byte", n: half })?.before ?? [];
    const ops: Op[] = [...picked.before, ...kept, { op: how as End }];
    return how === "complete" || how === "close" ? withOps(script, ops) : withCutOps(script, ops);
  },
});

const missingDone: Fault = defineFault({
  name: "missing-done",
  group: "end",
  about: "no data: [DONE]",
  lossless: false,
  parameters: {},
  apply: (script) =>
    withOps(
      script,
      editStream(script.ops, ({ events }) =>
        events.flatMap(({ data, start, end: last }): Edit[] =>
          data === "[DONE]" ? [{ at: start, remove: last - start }] : [],
        ),
      ),
    ),
});

const unterminated: Fault = defineFault({
  name: "unterminated",
  group: "end",
  about: "no blank line follows the last event",
  lossless: false,
  parameters: { newlines: choice(["one", "none"], "one", "line ends left after its data") },
  apply(script, { newlines }) {
    const whole = wholeOf(script.ops);
    if (whole === undefined) return script;
    const tokens = decodeSse(whole.bytes);
    const last = sseEvents(tokens).at(-1);
    if (last === undefined) return script;
    const lines = tokens.filter(({ kind, start }) => kind !== "blank" && start < last.end);
    const line = lines.at(-1);
    if (line === undefined) return script;
    const ends = line.start + line.bytes.length - (newlines === "one" ? 0 : lineEndOf(line.bytes));
    const parts = cut(script.ops, { at: "byte", n: ends });
    const rest = parts?.after.filter((op) => op.op === "wait" || isEnd(op)) ?? [];
    return parts === undefined ? script : withOps(script, [...parts.before, ...rest]);
  },
});

function lineEndOf(line: Uint8Array): number {
  return line.at(-2) === 13 && line.at(-1) === 10 ? 2 : 1;
}

export const END_FAULTS: readonly Fault[] = [
  end,
  missingDone,
  unterminated,
  truncatedFrame,
  reset,
  stall,
  truncate,
  keepalive,
  close,
];
