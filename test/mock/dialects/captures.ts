import { once } from "node:events";
import { readFileSync } from "node:fs";
import { MessageParser } from "../../../src/http/index.ts";
import { connect } from "node:net";

/** A raw exchange with a real server. */
export interface Capture {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  /** How the connection went on: `complete (keep-alive)`, or `complete, then EOF by server`. */
  readonly end: string;
}

/** The captures of a dialect. */
export function capturesOf(dialect: string): readonly Capture[] {
  const file = new URL(`../../captures/dialects/${dialect}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Capture);
}

/** Sends a request and reads until the server closes. */
export async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const reads: Buffer[] = [];
  const answer = new MessageParser("response", request.split(" ", 1)[0] ?? "");
  socket.on("data", (read: Buffer) => {
    reads.push(read);
    answer.push(read, 0);
    // Not before: a client that has sent its end is gone, and its answer may be cut.
    if (answer.done) socket.end();
  });
  socket.write(request);
  await once(socket, "close");
  return Buffer.concat(reads).toString("utf8");
}

/** Head and body of a message. */
export function split(message: string): [head: string, body: string] {
  const end = message.indexOf("\r\n\r\n");
  return [message.slice(0, end), message.slice(end + 4)];
}

/** What is wrong with an answer. */
export interface Difference {
  readonly ours: string;
  readonly theirs: string;
}

/** A comparison of a dialect with its captures. */
export interface Parity {
  /** Names of exchanges that are alike in every byte but the date. */
  readonly exact: readonly string[];
  /** Names of those that differ only in values of a model, a clock or a catalogue. */
  readonly alike: readonly string[];
  readonly different: Readonly<Record<string, Difference>>;
}

/** Sends each captured request to a port, and compares the answers. @param shapeOf a body without the values that vary */
export async function compare(
  captures: readonly Capture[],
  portOf: (capture: Capture) => number,
  shapeOf: (body: string) => string,
): Promise<Parity> {
  const exact: string[] = [];
  const alike: string[] = [];
  const different: Record<string, Difference> = {};
  for (const capture of captures) {
    const answer = await raw(portOf(capture), capture.request);
    const varies = shapeOf(split(capture.response)[1]) !== split(capture.response)[1];
    const shape = (message: string): string => `${headOf(message, varies)}\n\n${shapeOf(split(message)[1])}`;
    const [ours, theirs] = [shape(answer), shape(capture.response)];
    if (undated(answer) === undated(capture.response)) exact.push(capture.name);
    else if (ours === theirs) alike.push(capture.name);
    else different[capture.name] = { ours, theirs };
  }
  return { exact, alike, different };
}

function undated(message: string): string {
  return message.replace(/Date: [^\r]+/i, "Date: *");
}

/** The head without the date, and without the length of a body that varies. */
function headOf(message: string, varies: boolean): string {
  const head = undated(split(message)[0]);
  return varies ? head.replace(/Content-Length: \d+/, "Content-Length: *") : head;
}

/** The differences as a page: both sides of each, and its reason. */
export function pageOf(different: Parity["different"], reasons: Readonly<Record<string, string>>): string {
  return Object.entries(different)
    .map(
      ([name, { ours, theirs }]) =>
        `# ${name}: ${reasons[name] ?? "not known"}\n\n--- theirs\n${theirs}\n\n--- ours\n${ours}\n`,
    )
    .join("\n")
    .replaceAll("\r\n", "\n");
}

/** A body of OpenAI's API with each value of a model, a clock or a cache replaced, and equal events in a row as one. */
export function openAiShape(body: string): string {
  return body
    .replaceAll(/^[0-9a-f]+\r\n/gm, "|")
    .replaceAll("\r\n", "")
    .replaceAll(/"(content|id|text|token|reasoning)":"(?:[^"\\]|\\.)*"/g, '"$1":"*"')
    .replaceAll(/"(created|id|logprob|\w+_tokens|\w+_n|\w+_ms|\w+_per_second)":-?[\d.e-]+/g, '"$1":0')
    .replaceAll(/\[[-\d.,e]*\]/g, "[*]")
    .replaceAll(/(city\\?":\\?")[^"\\]+/g, "$1*")
    .replaceAll(/"embedding":"[\w+/=]+"/g, '"embedding":"*"')
    .replaceAll(/(\|data: [^|]*\n\n)\1+/g, "$1…");
}
