import { nearestWord } from "../../util/index.ts";
import { FAULTS, faultNamed } from "./kinds/index.ts";
import { type Fault, FaultError, type Parameter, type Position, type Value } from "./model/index.ts";
import { valueFrom, valueProblem } from "./values.ts";

/** Call of a fault: its name and the parameters that differ from the defaults. */
export interface FaultCall {
  readonly name: string;
  readonly at?: Position;
  readonly params: Readonly<Record<string, Value>>;
}

/** Reader of a text from left to right; it knows its position for error messages. */
export class Reader {
  readonly text: string;
  at: number;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  /** Reads text that matches the pattern, after optional blanks; `undefined` if it does not match here. */
  take(pattern: RegExp): string | undefined {
    const blank = /\s*/y;
    blank.lastIndex = this.at;
    blank.exec(this.text);
    const sticky = new RegExp(pattern.source, `${pattern.flags.replace("y", "")}y`);
    sticky.lastIndex = blank.lastIndex;
    const match = sticky.exec(this.text);
    if (match === null) return undefined;
    this.at = sticky.lastIndex;
    return match[0];
  }

  get over(): boolean {
    return this.text.slice(this.at).trim() === "";
  }

  fail(code: FaultError["code"], reason: string, fix: string, at: number = this.at): never {
    throw new FaultError(code, { fault: this.text, column: at + 1 }, reason, fix);
  }
}

const CHAIN = "NAME[@POSITION][:PARAMETER=VALUE,…], more of them joined by +, as in crlf + split:bytes=1";

/**
 * Parses faults such as `reset@3` or `crlf + split:bytes=1,flush`.
 * @throws FaultError with the position of the mistake
 */
export function parseFaults(source: string): FaultCall[] {
  const reader = new Reader(source);
  const calls = readChain(reader);
  noMore(reader, CHAIN);
  return calls;
}

/** Hint of syntax errors: an unquoted special character ends a value early. */
export const QUOTING = 'quote a value that has , ; + or ~ in it: name="…"';

/** Checks that the text is read to its end. @throws FaultError if text is left */
export function noMore(reader: Reader, form: string): void {
  if (reader.over) return;
  const rest = reader.text.slice(reader.at).trim();
  reader.fail("syntax", `unexpected text: ${JSON.stringify(rest)}`, `write ${form}; ${QUOTING}`);
}

/** Reads faults joined by `+`. */
export function readChain(reader: Reader): FaultCall[] {
  const calls = [readCall(reader)];
  while (reader.take(/\+/) !== undefined) calls.push(readCall(reader));
  return calls;
}

function readCall(reader: Reader): FaultCall {
  const name = reader.take(/[a-z0-9-]+/i);
  const from = reader.at - (name?.length ?? 0);
  if (name === undefined) return reader.fail("syntax", "a fault's name is missing here", `write ${CHAIN}`);
  const fault = faultNamed(name);
  if (fault === undefined) {
    const names = FAULTS.map((known) => known.name);
    const near = nearestWord(name, names);
    return reader.fail(
      "unknown-fault",
      `unknown fault ${JSON.stringify(name)}`,
      near === undefined ? `use one of ${names.join(", ")}` : `did you mean ${near}?`,
      from,
    );
  }
  const at = reader.take(/@/) === undefined ? undefined : readPosition(reader, fault);
  const params = reader.take(/:/) === undefined ? {} : readParams(reader, fault);
  return { name, ...(at === undefined ? {} : { at }), params };
}

const WRITTEN: Readonly<Record<Position["at"], string>> = {
  event: "@3 (after, or at, the third event; @-1 counts from the end)",
  byte: "@b1200 (bytes)",
  ms: "@500ms",
  start: "@start",
  end: "@end",
};

function readPosition(reader: Reader, fault: Fault): Position {
  const from = reader.at;
  const kinds = fault.position?.kinds ?? [];
  const fix =
    kinds.length === 0
      ? `write ${fault.name} without @`
      : `write ${kinds.map((kind) => WRITTEN[kind]).join(" or ")}`;
  const word = reader.take(/[^\s:;~+,]+/) ?? "";
  const position = parsePosition(word);
  if (position !== undefined && kinds.includes(position.at)) return position;
  const reason =
    kinds.length === 0
      ? `${fault.name} takes no position`
      : position === undefined
        ? `@${word} is not a position`
        : `${fault.name} does not take the position @${word}`;
  return reader.fail("bad-position", reason, fix, from);
}

function parsePosition(word: string): Position | undefined {
  const [, byte, number, ms] = /^(?:b(\d{1,9})|(-?\d{1,9})(ms)?)$/.exec(word) ?? [];
  if (byte !== undefined) return { at: "byte", n: Number(byte) };
  if (number === undefined) return word === "start" || word === "end" ? { at: word } : undefined;
  if (ms !== undefined) return number.startsWith("-") ? undefined : { at: "ms", n: Number(number) };
  return { at: "event", n: Number(number) };
}

function readParams(reader: Reader, fault: Fault): Record<string, Value> {
  const params: Record<string, Value> = {};
  do {
    const name = reader.take(/[a-z-]+/i) ?? "";
    const from = reader.at - name.length;
    const parameter = Object.hasOwn(fault.parameters, name) ? fault.parameters[name] : undefined;
    if (parameter === undefined) {
      const known = Object.keys(fault.parameters);
      const near = nearestWord(name, known);
      return reader.fail(
        "unknown-parameter",
        name === ""
          ? "a parameter's name is missing here"
          : `${fault.name} has no parameter ${JSON.stringify(name)}`,
        near === undefined
          ? known.length === 0
            ? `write ${fault.name} without parameters`
            : `use one of ${known.join(", ")}; ${QUOTING}`
          : `did you mean ${near}?`,
        from,
      );
    }
    const given = reader.take(/=/) === undefined ? undefined : readValue(reader);
    params[name] = parsedValue(reader, name, parameter, given);
  } while (reader.take(/,/) !== undefined);
  return params;
}

function readValue(reader: Reader): { readonly text: string; readonly from: number } {
  const quoted = reader.take(/"(?:[^"\\]|\\.)*"/);
  if (quoted === undefined) {
    const bare = reader.take(/[^\s"+,;~][^"+,;~]*/) ?? "";
    return { text: bare.trimEnd(), from: reader.at - bare.length };
  }
  const from = reader.at - quoted.length;
  try {
    return { text: JSON.parse(quoted) as string, from };
  } catch {
    return reader.fail(
      "bad-value",
      `${quoted} is not a JSON string`,
      String.raw`write line ends as \n and a backslash as \\`,
      from,
    );
  }
}

function parsedValue(
  reader: Reader,
  name: string,
  parameter: Parameter,
  given: { readonly text: string; readonly from: number } | undefined,
): Value {
  const from = given?.from ?? reader.at;
  if (given === undefined && parameter.kind === "text")
    return reader.fail("bad-value", `${name} has no value`, `write ${name}=… or ${name}="…"`, from);
  const value = valueFrom(parameter, given?.text);
  const problem = valueProblem(name, parameter, value);
  if (problem !== undefined) reader.fail("bad-value", problem.reason, problem.fix, from);
  return value;
}

/** Prints faults in the form that {@link parseFaults} reads. */
export function printFaults(calls: readonly FaultCall[]): string {
  return calls.map(printCall).join(" + ");
}

function printCall({ name, at, params }: FaultCall): string {
  const values = Object.entries(params).map(([key, value]) => `${key}=${printValue(value)}`);
  return `${name}${at === undefined ? "" : `@${printPosition(at)}`}${values.length === 0 ? "" : `:${values.join(",")}`}`;
}

function printPosition(position: Position): string {
  switch (position.at) {
    case "event":
      return String(position.n);
    case "byte":
      return `b${position.n}`;
    case "ms":
      return `${position.n}ms`;
    default:
      return position.at;
  }
}

function printValue(value: Value): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  return /^[^\s"+,;~]+$/.test(value) ? value : JSON.stringify(value);
}
