import { globPattern, nearestWord } from "../../util/index.ts";
import { type FaultCall, QUOTING, Reader, noMore, readChain } from "./grammar.ts";

/** Rule that gives faults to some requests. */
export interface FaultRule {
  /** Source text of the rule. */
  readonly text: string;
  /** Pattern of operation ids. */
  readonly operation: RegExp;
  /** The only session of the rule; absent: all sessions. */
  readonly session?: string;
  /** First and last request that get the faults, counted from 1 among the fitting ones of each session. */
  readonly from: number;
  readonly to: number;
  readonly faults: readonly FaultCall[];
  /** Remove the rule after the first fitting request. */
  readonly next: boolean;
  /** Probability of the faults, from 0 to 1. */
  readonly probability: number;
}

const WHOLE = "[SESSION/]OPERATION[#N]=FAULT[;next][~PROBABILITY], as in chat.stream=reset@3";
const MAX_REQUESTS = 1e9;

/**
 * Parses a rule: `chat.stream=reset@3`, `s1/chat.*#1-2=status:code=429;next`, `*=latency:ms=200~10%`.
 * @param operations ids of the operations; a glob must match one of them
 * @throws FaultError with the position of the mistake
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
  return reader.fail(
    "syntax",
    "# must be followed by a request number or a range",
    "write #2 (the second), #1-3 or #2-",
    at,
  );
}

function readNext(reader: Reader): boolean {
  if (reader.take(/;/) === undefined) return false;
  return (
    reader.take(/next\b/) !== undefined ||
    reader.fail("syntax", "only next may follow ;", `write ;next, or nothing; ${QUOTING}`)
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
  return reader.fail(
    "bad-value",
    "~ must be followed by a probability above 0 and up to 1",
    "write ~0.1 or ~10%",
    at,
  );
}
