/** Thread for requests that take long: the event loop of the mock stays free for others. */
import { type TransferListItem, parentPort } from "node:worker_threads";
import { indexTable } from "../../cassette/index.ts";
import type { Answer, ExchangeRequest } from "../../exchange/index.ts";
import { insightOf, readPdf } from "../../ogl/index.ts";
import { specOf } from "../../openapi/index.ts";
import { exchangeOf } from "../../server/index.ts";
import { isObject } from "../../util/index.ts";
import { readAdded } from "../replies/index.ts";
import { synthesize } from "../synthesizer/index.ts";
import type { FromThread, MakeJob, ReadJob, ReadResult, ToThread } from "./messages.ts";

type Finder = ReturnType<typeof indexTable>;

const tables = new Map<number, Finder>();
/** Read requests that may still be answered. */
const requests = new Map<number, ExchangeRequest>();

async function readRequest(id: number, { ogl, head, body, tables: searched }: ReadJob): Promise<ReadResult> {
  const spec = specOf(ogl);
  const exchange = await exchangeOf(spec, head, body);
  requests.set(id, exchange);
  const { operation, findings } = exchange;
  return {
    streams:
      operation !== undefined && operation !== spec.operationOf(head.method, head.path, undefined)?.operation,
    findings,
    insight: insightOf(spec, exchange),
    matches: searched.map((table) => tables.get(table)?.(exchange) ?? []),
  };
}

function makeAnswer({ work, of }: MakeJob): Answer {
  const read = "read" in of ? requests.get(of.read) : undefined;
  if ("read" in of && read === undefined) throw new Error("the request is no longer known");
  const body = "body" in of ? of.body : read?.json;
  return synthesize(work, isObject(body) ? body : {});
}

async function take(message: ToThread): Promise<FromThread | undefined> {
  switch (message.kind) {
    case "table":
      tables.set(message.table, indexTable(message.items));
      return undefined;
    case "forget":
      requests.delete(message.read);
      return undefined;
    case "read":
      return { kind: "read", id: message.id, result: await readRequest(message.id, message.read) };
    case "check":
      return { kind: "checked", id: message.id, added: readAdded(message.ogl, message.text) };
    case "pdf":
      return { kind: "text", id: message.id, text: await readPdf(message.content) };
    case "make":
      return { kind: "made", id: message.id, answer: makeAnswer(message.make) };
  }
}

function reportBack(message: FromThread, buffers: readonly TransferListItem[] = []): void {
  parentPort?.postMessage(message, buffers);
}

async function handle(message: ToThread): Promise<void> {
  try {
    const reply = await take(message);
    if (reply !== undefined) reportBack(reply, [...largeBuffersOf(reply)]);
  } catch (error) {
    if ("id" in message) reportBack({ kind: "failed", id: message.id, error: String(error) });
  }
}

/** Large buffers of the answers in a message, which are handed over and not copied. */
function largeBuffersOf(message: FromThread): Set<ArrayBuffer> {
  const answers =
    message.kind === "made"
      ? [message.answer]
      : message.kind === "read"
        ? [message.result.insight.syntax, message.result.insight.fields, message.result.insight.unsendable]
        : [];
  const writes = answers.flatMap((answer) => answer?.script.ops ?? []);
  return new Set(
    writes.flatMap((op) => {
      if (op.op !== "write") return [];
      const { buffer, byteLength } = op.bytes;
      return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
    }),
  );
}

/** The queue: jobs run one after the other. */
let work: Promise<void> = Promise.resolve();
parentPort?.on("message", (message: ToThread) => {
  work = work.then(() => handle(message));
});
reportBack({ kind: "ready" });
