import type { Op, Script } from "../../../http/index.ts";
import {
  type Edit,
  type Fault,
  type Position,
  type Write,
  cut,
  defineFault,
  editStream,
  edited,
  flag,
  hasEvents,
  number,
  optional,
  overWrites,
  pick,
  prefixed,
  textParameter,
  withOps,
  writeOf,
} from "../model/index.ts";
import { cutAt } from "./writes.ts";

const LF = 10;
const CR = 13;

/** Replaces the line ends of all lines; leaves streams without an event unchanged. */
function withLineEnds(ops: readonly Op[], lineEnd: string): readonly Op[] {
  return editStream(ops, ({ tokens, events }) =>
    (events.length === 0 ? [] : tokens).flatMap(({ kind, start, bytes }): Edit[] => {
      if (kind === "bom" || kind === "tail") return [];
      const length = bytes.at(-2) === CR && bytes.at(-1) === LF ? 2 : 1;
      const at = bytes.length - length;
      return Buffer.from(bytes.subarray(at)).toString("latin1") === lineEnd
        ? []
        : [{ at: start + at, remove: length, insert: lineEnd }];
    }),
  );
}

const crlf: Fault = defineFault({
  name: "crlf",
  group: "lines",
  about: "lines end in CRLF",
  lossless: true,
  parameters: { apart: flag(false, "CR and LF in different writes, each a TCP segment of its own") },
  apply(script, { apart }) {
    const ops = withLineEnds(script.ops, "\r\n");
    return withOps(script, apart ? overWrites(ops, partCrlf) : ops);
  },
});

function partCrlf(write: Write): Write[] {
  const { bytes } = write;
  const between = [...bytes.keys()].filter((at) => bytes[at - 1] === CR && bytes[at] === LF);
  return cutAt(write, between, true);
}

const cr: Fault = defineFault({
  name: "cr",
  group: "lines",
  about: "lines end in a bare CR",
  lossless: true,
  parameters: {},
  apply: (script) => withOps(script, withLineEnds(script.ops, "\r")),
});

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

const bom: Fault = defineFault({
  name: "bom",
  group: "lines",
  about: "a byte order mark before the first byte of the body",
  lossless: true,
  parameters: { apart: flag(false, "cut after its first byte, in TCP segments of their own") },
  apply: (script, { apart }) =>
    withOps(
      script,
      prefixed(script.ops, BOM, (write) => (apart ? cutAt(write, [1], true) : [write])),
    ),
});

const noSpace: Fault = defineFault({
  name: "no-space",
  group: "lines",
  about: "no space after the colon: data:{…}",
  lossless: true,
  parameters: {},
  apply: (script) =>
    withOps(
      script,
      editStream(script.ops, ({ tokens }) =>
        tokens.flatMap(({ kind, name, start, bytes }): Edit[] => {
          const colon = bytes.indexOf(58);
          // Of two spaces the second belongs to the value, and a reader would drop it if it came first.
          const one = kind === "field" && bytes[colon + 1] === 32 && bytes[colon + 2] !== 32;
          return one && name !== undefined ? [{ at: start + colon + 1, remove: 1 }] : [];
        }),
      ),
    ),
});

const multiLine: Fault = defineFault({
  name: "multi-line",
  group: "lines",
  about: "each event's JSON over several data: lines, broken where JSON may have white space",
  lossless: false,
  parameters: {},
  apply: (script) =>
    withOps(
      script,
      editStream(script.ops, ({ tokens }) =>
        tokens.flatMap(({ kind, name, start, bytes }) =>
          kind === "field" && name === "data"
            ? gapsOf(bytes).map((at): Edit => ({ at: start + at, insert: "\ndata: " }))
            : [],
        ),
      ),
    ),
});

/** Offsets after commas and opening brackets outside strings, where a line of JSON may be broken. */
function gapsOf(line: Uint8Array): number[] {
  const offsets: number[] = [];
  const json = line.indexOf(123); // {
  if (json === -1) return offsets;
  let quoted = false;
  for (let at = json; at < line.length; at++) {
    const char = String.fromCharCode(line[at] as number);
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === "," || char === "{")) offsets.push(at + 1);
  }
  return offsets;
}

const pad: Fault = defineFault({
  name: "pad",
  group: "lines",
  about: "a long line: blanks that JSON ignores, in each event's data",
  lossless: false,
  position: { kinds: ["event"] },
  parameters: { bytes: number("bytes", 65_536, "of blanks", { max: 64 * 1024 * 1024 }) },
  apply(script, { bytes }, at) {
    const blanks = Buffer.alloc(bytes, " ");
    const padded = (ops: readonly Op[]): readonly Op[] =>
      editStream(ops, ({ tokens }) =>
        tokens.flatMap((token): Edit[] => {
          const brace = token.kind === "field" && token.name === "data" ? token.bytes.indexOf(123) : -1;
          return brace === -1 ? [] : [{ at: token.start + brace + 1, insert: blanks }];
        }),
      );
    if (at === undefined) return withOps(script, padded(script.ops));
    const picked = pick(script.ops, at);
    return picked === undefined
      ? script
      : withOps(script, [...picked.before, ...padded(picked.event), ...picked.after]);
  },
});

const comment: Fault = defineFault({
  name: "comment",
  group: "lines",
  about: "comments before each event and after the last, or one at the position",
  lossless: true,
  position: { kinds: ["event", "end"] },
  parameters: {
    text: textParameter("keepalive", "of the comment; {n} counts"),
    blank: flag(true, "followed by a blank line and a write of its own; else in the event's block"),
  },
  apply(script, params, at) {
    const line = countedName(`: ${params.text}\n${params.blank ? "\n" : ""}`);
    return inserted(script, line, params.blank, at);
  },
});

const field: Fault = defineFault({
  name: "field",
  group: "lines",
  about: "a field in each event's block, or in the one at the position; readers ignore unknown names",
  lossless: true,
  position: { kinds: ["event", "end"] },
  parameters: {
    name: textParameter("foo", "of the field: id, retry, event, foo"),
    value: optional("of the field; {n} counts; absent: a line without a colon"),
    block: flag(false, "in a block of its own, without data"),
  },
  apply(script, { name, value, block }, at) {
    const line = countedName(`${name}${value === undefined ? "" : `: ${value}`}\n${block ? "\n" : ""}`);
    return inserted(script, line, block, at);
  },
});

/** Makes a function that fills `{n}` with 1, then 2 … */
function countedName(template: string): () => string {
  let n = 0;
  return () => template.replaceAll("{n}", String(++n));
}

/** Inserts a line, or an own block, before each event (a block also after the last), or at one position. */
function inserted(script: Script, line: () => string, own: boolean, at: Position | undefined): Script {
  if (at !== undefined && !hasEvents(script.ops)) return script;
  if (at !== undefined && (own || at.at === "end")) {
    const parts = cut(script.ops, at);
    return parts === undefined ? script : withOps(script, [...parts.before, writeOf(line()), ...parts.after]);
  }
  if (at !== undefined) {
    const picked = pick(script.ops, at);
    return picked === undefined
      ? script
      : withOps(script, [
          ...picked.before,
          ...edited(picked.event, [{ at: 0, insert: line() }]),
          ...picked.after,
        ]);
  }
  return withOps(
    script,
    editStream(script.ops, ({ events }) => {
      const edits = events.map((event): Edit => ({ at: event.start, insert: line(), own }));
      const last = events.at(-1);
      return own && last !== undefined ? [...edits, { at: last.end, insert: line(), own }] : edits;
    }),
  );
}

export const LINE_FAULTS: readonly Fault[] = [crlf, cr, bom, noSpace, multiLine, pad, comment, field];
