import { globPattern, nearestWord } from "../../util/index.ts";
import { type FaultCall, QUOTING, Reader, noMore, readChain } from "./grammar.ts";

/** Which requests get which faults. */
export interface FaultRule {
  /** As it was written. */
  readonly text: string;
  /** A glob over operation ids. */
  readonly operation: RegExp;
  /** The only session; absent: every one. */
  readonly session?: string;
  /** Of the requests that fit, counted from 1 in each session, the first and the last that get it. */
  readonly from: number;
  readonly to: number;
  readonly faults: readonly FaultCall[];
  /** Gone once a request fits. */
  readonly next: boolean;
  /** From 0 to 1. */
  readonly probability: number;
}

const WHOLE = "[SESSION/]OPERATION[#N]=FAULT[;next][~PROBABILITY], as in chat.stream=reset@3";
const MAX_REQUESTS = 1e9;

/**
 * A rule as text: `chat.stream=reset@3`, `s1/chat.*#1-2=status:code=429;next`, `*=latency:ms=200~10%`.
 * @param operations the ids that there are; a glob must fit one
 * @throws FaultError
 */
export function parseRule(source: string, operations: readonly string[]): FaultRule {
  const reader = new Reader(source);
  const { session, glob, globAt } = readSelector(reader);
  const operation = globPattern(glob);
  if (glob !== "*" && !operations.some((id) => operation.test(id))) {
    const near = nearestWord(glob, operations);
    reader.fail(
      "unknown-operation",
      `no operation is called ${JSON.stringify(glob)}`,
      near === undefined ? "`gatetape spec show` lists them; * is all" : `did you mean ${near}?`,
      globAt,
    );
  }
  const [from, to] = readRange(reader);
  if (reader.take(/=/) === undefined)
    reader.fail("syntax", "= and a fault are missing here", `write ${WHOLE}`);
  const faults = readChain(reader);
  const next = readNext(reader);
  const probability = readProbability(reader);
  noMore(reader, WHOLE);
  return {
    text: source.trim(),
    operation,
    ...(session === undefined ? {} : { session }),
    from,
    to,
    faults,
    next,
    probability,
  };
}

function readSelector(reader: Reader): { session?: string; glob: string; globAt: number } {
  const [selector] = /^[^=]*/.exec(reader.text) as RegExpExecArray;
  if (selector.length === reader.text.length || /[@:+]/.test(selector.slice(selector.lastIndexOf("/") + 1))) {
    const fix = `write *=${reader.text.trim()} for every request, or an operation in place of *`;
    reader.fail("syntax", "no operation is named", fix, 0);
  }
  const slash = selector.lastIndexOf("/");
  const session = slash === -1 ? undefined : selector.slice(0, slash).trim();
  reader.at = slash + 1;
  const glob = reader.take(/[\w.*-]+/) ?? "";
  if (glob === "") reader.fail("syntax", "no operation is named here", `write ${WHOLE}`);
  return {
    ...(session === undefined || session === "*" ? {} : { session }),
    glob,
    globAt: reader.at - glob.length,
  };
}

function readRange(reader: Reader): [from: number, to: number] {
  if (reader.take(/#/) === undefined) return [1, Infinity];
  const at = reader.at;
  const [, first = "", dash, last] = /^(\d{1,9})(-(\d{1,9})?)?$/.exec(reader.take(/[\d-]+/) ?? "") ?? [];
  const from = Number(first);
  const to = dash === undefined ? from : last === undefined ? Infinity : Number(last);
  if (from >= 1 && to >= from && from <= MAX_REQUESTS) return [from, to];
  return reader.fail("syntax", "# has no request behind it", "write #2 (the second), #1-3 or #2-", at);
}

function readNext(reader: Reader): boolean {
  if (reader.take(/;/) === undefined) return false;
  return (
    reader.take(/next\b/) !== undefined ||
    reader.fail("syntax", "; has something else than next behind it", `write ;next, or nothing; ${QUOTING}`)
  );
}

function readProbability(reader: Reader): number {
  if (reader.take(/~/) === undefined) return 1;
  const at = reader.at;
  const word = reader.take(/[\d.]+%?/) ?? "";
  const value = /^(?:\d+(?:\.\d+)?|\.\d+)%?$/.test(word)
    ? Number.parseFloat(word) / (word.endsWith("%") ? 100 : 1)
    : NaN;
  if (value > 0 && value <= 1) return value;
  return reader.fail("bad-value", "~ has no probability behind it", "write ~0.1 or ~10%", at);
}
