import { type End, type Header, type Op, type Script, bodyLength } from "../../../http/index.ts";

export type Write = Extract<Op, { op: "write" }>;
export type Wait = Extract<Op, { op: "wait" }>;
export type EndOp = Extract<Op, { op: End }>;
/** Op other than a repeat or an end. */
export type Flat = Write | Wait;

/** Whether the op ends the script. */
export function isEnd(op: Op): op is EndOp {
  return op.op !== "write" && op.op !== "wait" && op.op !== "repeat";
}

/** Makes a write; with `flush` it gets a TCP segment of its own. */
export function writeOf(bytes: Uint8Array | string, flush = false): Write {
  return {
    op: "write",
    bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes,
    ...(flush ? { flush } : {}),
  };
}

/** Makes a wait, or no op if `ms` is not positive. */
export function waitOf(ms: number): Wait[] {
  return ms > 0 ? [{ op: "wait", ms }] : [];
}

/** End op of a script; `undefined` if it never ends. */
export function endOf(ops: readonly Op[]): EndOp | undefined {
  return ops.find(isEnd);
}

/**
 * Changes the writes and waits of a script run by run; a round of a repeat is a run of its own. If `change` returns every
 * run itself, the result is `ops` itself.
 */
export function overRuns(
  ops: readonly Op[],
  change: (run: readonly Flat[]) => readonly Flat[],
): readonly Op[] {
  const result: Op[] = [];
  let run: Flat[] = [];
  let changed = false;
  const flush = (): void => {
    if (run.length === 0) return;
    const now = change(run);
    if (now !== run) changed = true;
    result.push(...now);
    run = [];
  };
  for (const op of ops) {
    if (op.op === "write" || op.op === "wait") {
      run.push(op);
      continue;
    }
    flush();
    if (op.op !== "repeat") {
      result.push(op);
      continue;
    }
    const inner = overRuns(op.ops, change);
    if (inner !== op.ops) changed = true;
    result.push(inner === op.ops ? op : { ...op, ops: inner });
  }
  flush();
  return changed ? result : ops;
}

/** Replaces each write by the ops that `change` returns. */
export function overWrites(ops: readonly Op[], change: (write: Write) => readonly Flat[]): readonly Op[] {
  return overRuns(ops, (run) => {
    const now = run.map((op) => (op.op === "write" ? change(op) : [op]));
    return now.every((made, i) => made.length === 1 && made[0] === run[i]) ? run : now.flat();
  });
}

/** Puts bytes before the body: into its first write, or into an own write before a repeat. */
export function prefixed(
  ops: readonly Op[],
  bytes: Uint8Array,
  change: (write: Write) => Write[] = (write) => [write],
): readonly Op[] {
  const first = ops.findIndex((op) => op.op !== "wait" && !(op.op === "write" && op.bytes.length === 0));
  const op = ops[first];
  if (op === undefined || isEnd(op) || bytes.length === 0) return ops;
  const write = op.op === "write" ? { ...op, bytes: Buffer.concat([bytes, op.bytes]) } : writeOf(bytes);
  return ops.toSpliced(first, op.op === "write" ? 1 : 0, ...change(write));
}

/** Bytes of a whole body and the time (ms) of the last one; `undefined` if it never ends. */
export function wholeOf(ops: readonly Op[]): { bytes: Buffer; ms: number } | undefined {
  const parts: Uint8Array[] = [];
  const ms = gather(ops, parts);
  return ms === undefined ? undefined : { bytes: Buffer.concat(parts), ms };
}

function gather(ops: readonly Op[], parts: Uint8Array[]): number | undefined {
  let ms = 0;
  for (const op of ops) {
    if (isEnd(op)) break;
    if (op.op === "write") parts.push(op.bytes);
    else if (op.op === "wait") ms += op.ms;
    else {
      if (op.times === undefined) return undefined;
      for (let round = 0; round < op.times; round++) {
        const taken = gather(op.ops, parts);
        if (taken === undefined) return undefined;
        ms += round === op.times - 1 ? taken : Math.max(taken, op.every);
      }
    }
  }
  return ms;
}

/** Joins the bytes of a run. */
export function bytesOf(run: readonly Flat[]): Buffer {
  return Buffer.concat(run.flatMap((op) => (op.op === "write" ? [op.bytes] : [])));
}

/** Replaces a script's body. A literal content-length that was right is computed anew. */
export function withOps(script: Script, ops: readonly Op[]): Script {
  if (ops === script.ops) return script;
  const { head } = script;
  if (head === null || head.framing !== "length") return { ...script, ops };
  const length = String(bodyLength(script.ops));
  const headers = head.headers.map((header): Header =>
    isLength(header) && header[1] === length ? [header[0], null] : header,
  );
  return { ...script, head: { ...head, headers }, ops };
}

/** Replaces a script's body by one that breaks off; the head still announces the whole length. */
export function withCutOps(script: Script, ops: readonly Op[]): Script {
  const { head } = script;
  if (head === null || head.framing !== "length") return { ...script, ops };
  const length = String(bodyLength(script.ops) ?? 0);
  const headers = head.headers.map((header): Header =>
    isLength(header) && header[1] === null ? [header[0], length] : header,
  );
  return { ...script, head: { ...head, headers }, ops };
}

function isLength([name]: Header): boolean {
  return name.toLowerCase() === "content-length";
}
