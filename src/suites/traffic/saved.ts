/** Saved traffic: the journal of a mock or a gate, a HAR, a cassette. */
import {
  type CassetteRequest,
  type Interaction,
  type ReadSideFile,
  cassetteImport,
  harTools,
  loadCassette,
  matchRequestOf,
  requestBytes,
  scriptOf,
} from "../../cassette/index.ts";
import type { AnsweredBy, Trace } from "../../exchange/index.ts";
import { type Script, bodyLength, headerValue } from "../../http/index.ts";
import type { Spec } from "../../openapi/index.ts";
import { type ExchangeLine, parseExchangeLine } from "../../trace/index.ts";
import { defined } from "../../util/index.ts";
import { SuiteError } from "../model/index.ts";
import { scheduleOf } from "../record/index.ts";

/** Traffic read from a file. */
export interface SavedTraffic {
  readonly traces: readonly Trace[];
  /** False if the file does not have the times of the requests. */
  readonly timed: boolean;
  /** False for a HAR or a cassette: browsers and recorders remove keys when they save. */
  readonly keysKept: boolean;
  /**
   * Exchanges whose answers are not checked against the OpenAPI: a cassette's were checked when it was loaded, with
   * deviations waived; a mock's journal keeps only the beginning of a long answer.
   */
  readonly unjudged: ReadonlySet<Trace>;
  /** Notes for people about omitted parts of the file. */
  readonly notes: readonly string[];
}

/**
 * Reads the exchanges of a cassette, without the times between requests.
 * @throws CassetteError if the file is not a valid cassette
 */
export function cassetteTraffic(file: string, spec: Spec): SavedTraffic {
  const { cassette, readSideFile } = loadCassette(file);
  const traces = cassette.interactions.map((interaction, i) => {
    const { name } = interaction;
    const by: AnsweredBy = { kind: "cassette", title: name, file, interaction: name };
    return savedTrace(interaction, i, spec, readSideFile, by);
  });
  return { traces, timed: false, keysKept: false, unjudged: new Set(traces), notes: [] };
}

/**
 * Reads all requests of a HAR to one host. Entries that can't be read are left out and noted.
 * @param bytes the file, in UTF-8 or UTF-16
 * @param host the host; `undefined` lets the importer choose it
 * @throws CassetteError if the file is not a valid HAR
 */
export async function harTraffic(
  file: string,
  bytes: Uint8Array,
  spec: Spec,
  host: string | undefined,
): Promise<SavedTraffic> {
  const [{ harExchanges }, { attachedBeside, decodedFile }] = await Promise.all([
    harTools(),
    cassetteImport(),
  ]);
  const read = await harExchanges(file, decodedFile(file, bytes), {
    host,
    readAttached: attachedBeside(file),
  });
  const traces = read.interactions.map((interaction, i) =>
    savedTrace(interaction, read.startedAt[i] ?? 0, spec, refuseSavedSideFile, { kind: "upstream" }),
  );
  const passedOver = Object.entries(read.skipped).map(([reason, n]) => `${n} left out: ${reason}`);
  const leftOut = read.leftOut.map(
    ({ location: { pointer = "" }, reason }) => `left out ${pointer}: ${reason}`,
  );
  return {
    traces,
    timed: true,
    keysKept: false,
    unjudged: new Set(),
    notes: [`requests to ${read.host}`, ...passedOver, ...leftOut],
  };
}

function savedTrace(
  interaction: Interaction,
  startedAt: number,
  spec: Spec,
  readSideFile: ReadSideFile,
  by: AnsweredBy,
): Trace {
  const { request, response } = interaction;
  const script = scriptOf(response, readSideFile);
  const { at, end } = scheduleOf(script);
  const match = matchRequestOf(request);
  const found = spec.operationOf(match.method, match.path, match.json);
  const { headers } = match;
  return {
    startedAt,
    request: { method: match.method, target: request.target, headers, body: requestBodyBytes(request) },
    session: "",
    ...(found === undefined ? {} : { operation: found.operation.id }),
    // A cassette keeps the parts of a form, not its bytes, so the body cannot be validated.
    findings:
      found === undefined || request.form !== undefined
        ? []
        : spec.validateRequest({
            ...found,
            query: match.query,
            contentType: headerValue(headers, "content-type"),
            body: match.body,
            json: match.json,
          }),
    answer: { by, script },
    delivery: { ended: end, writes: at.length, bytes: bodyLength(script.ops) ?? 0, at },
    ms: at.at(-1) ?? script.wait,
  };
}

function requestBodyBytes(request: CassetteRequest): Uint8Array {
  return request.form === undefined ? requestBytes(request) : Buffer.from(JSON.stringify(request.form));
}

const JOURNAL_FIX =
  "give what gatetape mock --journal FILE or gatetape gate --journal FILE wrote, a HAR, or a cassette";

/**
 * Reads a journal. A last line that a crash has cut is left out.
 * @throws SuiteError if another line is not a journal line
 */
export function journalTraffic(file: string, text: string): SavedTraffic {
  const lines = text.split("\n");
  let cut = 0;
  const unjudged = new Set<Trace>();
  const traces = lines.flatMap((line, i): Trace[] => {
    if (line.trim() === "") return [];
    const read = parseExchangeLine(line);
    if (!("problem" in read)) {
      const trace = traceOfLine(read, i + 1);
      if (read.answer.cut === true) unjudged.add(trace);
      return [trace];
    }
    if (read.incomplete && i === lines.length - 1) {
      cut++;
      return [];
    }
    throw new SuiteError(
      "saved",
      { file, line: i + 1 },
      `is not a journal line: ${read.problem}`,
      JOURNAL_FIX,
    );
  });
  if (traces.length === 0 && cut > 0)
    throw new SuiteError("saved", { file }, "holds no whole journal line", JOURNAL_FIX);
  return {
    traces,
    timed: true,
    keysKept: true,
    unjudged,
    notes: cut > 0 ? ["the last line is cut short and was left out"] : [],
  };
}

/** @param number the line's number, from 1 */
function traceOfLine(line: ExchangeLine, number: number): Trace {
  const { request, answer, delivered, operation } = line;
  // Two long requests may begin alike: the line number keeps a cut body apart from all others.
  const rest = request.cut === true ? ` … cut, of line ${number}` : "";
  const { method, target, headers } = request;
  const body = bytesOfLine(request, rest);
  return {
    startedAt: Date.parse(line.at),
    request: {
      method,
      target,
      headers,
      ...defined({ body }),
    },
    session: line.session,
    ...(operation === null ? {} : { operation }),
    findings: line.findings,
    answer: { by: answer.by, script: journalScript(answer) },
    delivery: { ...delivered, at: delivered.at ?? [] },
    ms: delivered.ms,
  };
}

function bytesOfLine(
  { body, hex }: { readonly body?: string; readonly hex?: string },
  rest = "",
): Buffer | undefined {
  if (hex !== undefined) return Buffer.from(hex, "hex");
  return body === undefined ? undefined : Buffer.from(body + rest);
}

/** Makes one write of the answer: a journal keeps the bytes, not their boundaries. */
function journalScript(answer: ExchangeLine["answer"]): Script {
  const { status, headers } = answer;
  const bytes = bytesOfLine(answer) ?? Buffer.alloc(0);
  return {
    wait: 0,
    head: status === null ? null : { http: "1.1", status, reason: "", headers, framing: "length" },
    ops: [...(bytes.length > 0 ? [{ op: "write" as const, bytes }] : []), { op: "complete" }],
  };
}

function refuseSavedSideFile(): never {
  throw new RangeError("a HAR has no side files");
}

/** Keys in the authorization headers, to be searched for elsewhere in the requests. In a journal they are pseudonyms. */
export function keysOf(traces: readonly Trace[]): string[] {
  const keys = traces.flatMap(
    ({ request }) => /^Bearer +(\S+)$/i.exec(headerValue(request.headers, "authorization") ?? "")?.[1] ?? [],
  );
  return [...new Set(keys)];
}
