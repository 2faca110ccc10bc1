import * as zlib from "node:zlib";
import { type Head, type Op, type Script, headerValue } from "../../../http/index.ts";
import {
  type Fault,
  type FaultContext,
  choice,
  defineFault,
  endOf,
  flag,
  overWrites,
  prefixed,
  waitOf,
  wholeOf,
  withOps,
  writeOf,
} from "../model/index.ts";

/** Content coding whose output can be made in parts, each independent of the parts before it. */
interface Coding {
  /** Encodes the whole body at once. */
  whole(bytes: Uint8Array): Uint8Array;
  readonly first: Uint8Array;
  /** Encodes a part so that a reader can decode it at once. */
  part(bytes: Uint8Array): Uint8Array;
  /** Bytes that end a body made of parts. */
  last(body: Uint8Array): Uint8Array;
}

/** Compresses up to a byte boundary, without references to earlier bytes, so that a part can be repeated. */
function flushed(bytes: Uint8Array): Uint8Array {
  return zlib.deflateRawSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
}

/** Empty last block of a deflate stream (RFC 1951 section 3.2.6). */
const LAST_BLOCK = Buffer.from([3, 0]);

const GZIP: Coding = {
  whole: (bytes) => zlib.gzipSync(bytes),
  // RFC 1952 section 2.3: magic, deflate, no flags, no time, no extra flags, an unknown system.
  first: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]),
  part: flushed,
  last(body) {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(zlib.crc32(body), 0);
    trailer.writeUInt32LE(body.length >>> 0, 4);
    return Buffer.concat([LAST_BLOCK, trailer]);
  },
};

/** Coding `deflate` of HTTP: the zlib format (RFC 9110 section 8.4.1.2). */
const DEFLATE: Coding = {
  whole: (bytes) => zlib.deflateSync(bytes),
  first: Buffer.from([0x78, 0x9c]),
  part: flushed,
  last(body) {
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE(adler32(body), 0);
    return Buffer.concat([LAST_BLOCK, trailer]);
  },
};

/** Checksum of the zlib format (RFC 1950 section 8.2). */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

/** Coding that some servers send as `deflate`: without the zlib header. */
const RAW_DEFLATE: Coding = {
  whole: (bytes) => zlib.deflateRawSync(bytes),
  first: Buffer.alloc(0),
  part: flushed,
  last: () => LAST_BLOCK,
};

/** Coding `br`. Parts are stored, not compressed: Node cannot flush brotli synchronously (RFC 7932 sections 9.1 and 9.2). */
const BROTLI: Coding = {
  whole: (bytes) => zlib.brotliCompressSync(bytes),
  first: Buffer.from([0x0c]), // a window of 16 bits, then an empty metadata block up to the byte's end
  part(bytes) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 65_536) {
      const part = bytes.subarray(at, at + 65_536);
      // Bit by bit: not the last, four nibbles of length - 1, uncompressed, padding.
      const header = ((part.length - 1) << 3) | (1 << 19);
      parts.push(Buffer.from([header & 255, (header >>> 8) & 255, (header >>> 16) & 255]), part);
    }
    return Buffer.concat(parts);
  },
  last: () => Buffer.from([0x03]), // an empty last block
};

const flush = flag(true, "each write is flushed; otherwise everything is sent at the end of the body");
const when = choice(
  ["always", "accepted"],
  "always",
  "always, or only if the request's accept-encoding has it",
);

function encoded(
  script: Script,
  name: string,
  coding: Coding,
  params: { readonly flush: boolean; readonly when: string },
  context: FaultContext,
): Script {
  if (script.head === null || script.head.framing === "none") return script;
  if (!script.ops.some((op) => op.op === "write" || op.op === "repeat")) return script;
  if (params.when === "accepted" && !accepts(context, name)) return script;
  const answer = withOps(script, params.flush ? inParts(script.ops, coding) : atOnce(script.ops, coding));
  const head = answer.head as Head;
  // After an existing coding, since codings are listed in the order in which they were applied.
  const type = head.headers.findLastIndex(([header]) => /^content-(?:type|encoding)$/i.test(header));
  const headers = head.headers.toSpliced(type === -1 ? head.headers.length : type + 1, 0, [
    "content-encoding",
    name,
  ]);
  return { ...answer, head: { ...head, headers } };
}

/** Encodes each write by itself and adds the coding's end before the end of a complete message. */
function inParts(ops: readonly Op[], coding: Coding): Op[] {
  const coded = overWrites(ops, (write) => [{ ...write, bytes: coding.part(write.bytes) }]);
  const parts = prefixed(coded, coding.first);
  const body = wholeOf(ops)?.bytes ?? Buffer.alloc(0);
  return parts.flatMap((op): Op[] => (completes(op) ? [writeOf(coding.last(body)), op] : [op]));
}

/** Sends nothing before the end of the body; for an incomplete body, no more than the first bytes. */
function atOnce(ops: readonly Op[], coding: Coding): Op[] {
  const whole = wholeOf(ops);
  const end = endOf(ops);
  if (whole === undefined || end === undefined) return [writeOf(coding.first), { op: "stall" }];
  return [...waitOf(whole.ms), writeOf(completes(end) ? coding.whole(whole.bytes) : coding.first), end];
}

function completes(op: Op): boolean {
  return op.op === "complete" || op.op === "close";
}

/** Whether the request's accept-encoding names the coding, or `*`, without `q=0` (RFC 9110 section 12.5.3). */
function accepts({ request }: FaultContext, name: string): boolean {
  const codings = (headerValue(request?.headers ?? [], "accept-encoding") ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.split(";").map((part) => part.trim()));
  const named = codings.find(([coding]) => coding === name) ?? codings.find(([coding]) => coding === "*");
  return named !== undefined && !named.slice(1).some((part) => /^q=0(?:\.0*)?$/.test(part));
}

const gzip: Fault = defineFault({
  name: "gzip",
  group: "encoding",
  about: "content-encoding: gzip, accepted or not",
  lossless: true,
  parameters: { flush, when },
  apply: (script, params, _, context) => encoded(script, "gzip", GZIP, params, context),
});

const deflate: Fault = defineFault({
  name: "deflate",
  group: "encoding",
  about: "content-encoding: deflate",
  lossless: true,
  parameters: { flush, when, raw: flag(false, "without the zlib format around it, as some servers do") },
  apply: (script, params, _, context) =>
    encoded(script, "deflate", params.raw ? RAW_DEFLATE : DEFLATE, params, context),
});

const br: Fault = defineFault({
  name: "br",
  group: "encoding",
  about: "content-encoding: br; its flushed parts are stored, not compressed",
  lossless: true,
  parameters: { flush, when },
  apply: (script, params, _, context) => encoded(script, "br", BROTLI, params, context),
});

export const ENCODING_FAULTS: readonly Fault[] = [gzip, deflate, br];
