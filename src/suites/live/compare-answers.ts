import { type Header, decodeSse, headerValue, isJsonType, mediaType, sseEvents } from "../../http/index.ts";
import type { Finding, Operation, Spec } from "../../openapi/index.ts";
import { parsePointer } from "../../util/index.ts";
import type { AnswerChange } from "./report.ts";
import { type StructureChange, structureChanges } from "./structure.ts";

/** An answer, recorded or live. */
export interface ComparedAnswer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** Headers, beside `content-type`, that clients decide by; the others change with every proxy on the way. */
const HEADERS = [
  "allow",
  "cache-control",
  "content-disposition",
  "location",
  "retry-after",
  "www-authenticate",
];

/** Differences of a live answer from the recorded one that a client can notice; the text of a model may differ. */
export function compareAnswers(
  spec: Spec,
  operation: Operation | undefined,
  recorded: ComparedAnswer,
  live: ComparedAnswer,
): AnswerChange[] {
  if (recorded.status !== live.status)
    return [
      { breaking: true, part: "status", location: "", text: `is ${live.status}, was ${recorded.status}` },
    ];
  const headers = answerHeaderChanges(recorded.headers, live.headers);
  if (headers.some(({ breaking }) => breaking)) return headers;
  const [known, found] = [recorded, live].map((answer) => answerFindings(spec, operation, answer)) as [
    Finding[],
    Finding[],
  ];
  const structures = bodyChanges(recorded, live);
  return [
    ...headers,
    ...structures.map((change) => withRequirement(change, found)),
    ...newFindings(known, found, structures),
  ];
}

function answerHeaderChanges(recorded: readonly Header[], live: readonly Header[]): AnswerChange[] {
  const changes: AnswerChange[] = [];
  const part = "headers";
  const [was, is] = [recorded, live].map((headers) => headerValue(headers, "content-type"));
  if (mediaType(was) !== mediaType(is))
    changes.push({
      breaking: true,
      part,
      location: "content-type",
      text: `is ${is ?? "missing"}, was ${was ?? "missing"}`,
    });
  else if (plainType(was) !== plainType(is))
    changes.push({ breaking: false, part, location: "content-type", text: `is ${is}, was ${was}` });
  for (const location of HEADERS) {
    const [had, has] = [recorded, live].map((headers) => headerValue(headers, location) !== undefined);
    if (had && !has) changes.push({ breaking: false, part, location, text: "is missing" });
    else if (!had && has) changes.push({ breaking: false, part, location, text: "is new" });
  }
  return changes;
}

function plainType(value: string | undefined): string | undefined {
  return value?.toLowerCase().replaceAll(/[\s"]/g, "");
}

function answerFindings(spec: Spec, operation: Operation | undefined, answer: ComparedAnswer): Finding[] {
  const { status, headers, body } = answer;
  return spec.validateResponse({
    operation,
    status,
    contentType: headerValue(headers, "content-type"),
    body,
  });
}

type BodyChange = StructureChange & { readonly part: "body" | "event" };

function bodyChanges(recorded: ComparedAnswer, live: ComparedAnswer): BodyChange[] {
  const type = headerValue(recorded.headers, "content-type");
  if (mediaType(type) === "text/event-stream") return eventChanges(recorded.body, live.body);
  const part = "body";
  if (!isJsonType(type)) {
    const [had, has] = [recorded.body.length > 0, live.body.length > 0];
    return had && !has ? [{ part, breaking: true, location: "", text: "is empty" }] : [];
  }
  const [was, is] = [jsonIn(recorded.body), jsonIn(live.body)];
  if (was === undefined || is === undefined)
    return was === is
      ? []
      : [
          {
            part,
            breaking: is === undefined,
            location: "",
            text: `is ${is === undefined ? "no" : "now"} JSON`,
          },
        ];
  return structureChanges([was.value], [is.value]).map((change) => ({ ...change, part }));
}

function eventChanges(recorded: Uint8Array, live: Uint8Array): BodyChange[] {
  const [was, is] = [eventsIn(recorded), eventsIn(live)];
  const done: BodyChange[] =
    was.done === is.done
      ? []
      : [{ part: "event", breaking: was.done, location: "[DONE]", text: is.done ? "is new" : "is missing" }];
  const empty: BodyChange[] =
    was.values.length > 0 && is.values.length === 0
      ? [{ part: "event", breaking: true, location: "", text: "there is no event with JSON" }]
      : [];
  const structures = structureChanges(was.values, is.values).map((change): BodyChange => ({
    ...change,
    part: "event",
  }));
  return [...empty, ...done, ...structures];
}

function eventsIn(body: Uint8Array): { readonly values: readonly unknown[]; readonly done: boolean } {
  const data = sseEvents(decodeSse(body)).map((event) => event.data);
  const values = data.flatMap((text) => {
    const json = jsonIn(Buffer.from(text));
    return json === undefined ? [] : [json.value];
  });
  return { values, done: data.includes("[DONE]") };
}

function jsonIn(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(Buffer.from(body).toString()) as unknown };
  } catch {
    return undefined;
  }
}

/** A change of structure with the OpenAPI's word: a missing member that it requires breaks clients. */
function withRequirement({ missing, ...change }: BodyChange, found: readonly Finding[]): AnswerChange {
  const required =
    missing !== undefined &&
    found.some((finding) => finding.missing === missing.name && memberPath(finding.pointer) === missing.from);
  return { ...change, breaking: change.breaking || required };
}

/** Deviations from the OpenAPI that the recorded answer does not have and no change of structure tells of. */
function newFindings(
  known: readonly Finding[],
  found: readonly Finding[],
  structures: readonly BodyChange[],
): AnswerChange[] {
  const keyOf = ({ part, pointer, code, keyword = "", missing = "" }: Finding): string =>
    [part, memberPath(pointer), code, keyword, missing].join(" ");
  const before = new Set(known.map(keyOf));
  const reported = new Set(structures.map(({ location }) => location));
  const fresh = new Map(
    found.filter((finding) => !before.has(keyOf(finding))).map((one) => [keyOf(one), one]),
  );
  return [...fresh.values()].flatMap(({ part, pointer, message, missing }): AnswerChange[] => {
    const location = memberPath(pointer);
    if (reported.has(location) || (missing !== undefined && reported.has(`${location}.${missing}`)))
      return [];
    const where = part === "status" || part === "headers" || part === "event" ? part : "body";
    return [{ breaking: true, part: where, location, text: `contradicts the OpenAPI: ${message}` }];
  });
}

/** A JSON pointer in the typeList of structures: `/choices/0/message` is `.choices[].message`. */
function memberPath(pointer: string): string {
  return parsePointer(pointer)
    .map((step) => (/^\d+$/.test(step) ? "[]" : `.${step}`))
    .join("");
}
