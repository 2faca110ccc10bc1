/** Checks of requests: key, body, parameters. */
import { isJsonType } from "../../../http/index.ts";
import type { Finding } from "../../../openapi/index.ts";
import { isObject } from "../../../util/index.ts";
import { bodyMember, keyInTarget, validRequest } from "../../checks/index.ts";
import {
  type Observed,
  type TrafficCheck,
  type TrafficContext,
  answerBody,
  observedBody,
  eachExchange,
  lineOf,
  findingMessages,
  requestHeader,
  statusOf,
} from "../model/index.ts";

export const REQUEST_CHECKS: readonly TrafficCheck[] = [
  {
    id: "auth/header",
    says: "sends the key as `Authorization: Bearer KEY`, once",
    level: "must",
    needs: "wire",
    why: "OGL reads the key nowhere else, and answers 401 or 403 to any other scheme or spelling.",
    evidence: [
      "http/auth-header",
      "observed on 0.4.1: auth-chat-none, auth-chat-basic, auth-models-raw-key, auth-chat-lower-scheme",
    ],
    seenIf: "an operation is asked that needs a key",
    test: eachExchange(needsKey, (exchange) => {
      const wrong = wrongKey(exchange);
      return wrong === undefined ? [] : [`${lineOf(exchange)}: ${wrong}`];
    }),
  },
  {
    id: "auth/key-in-url",
    says: "puts no key into the URL",
    level: "must",
    needs: "wire",
    why: "URLs stand in the logs of every server and proxy on the way.",
    evidence: ["http/auth-header", "RFC 6750 section 2.3"],
    seenIf: "a request comes",
    test: eachExchange(isRequest, (exchange, _, { keys }) =>
      keyInTarget(exchange.request.target, keys).map((message) => `${lineOf(exchange)}: ${message}`),
    ),
  },
  {
    id: "request/content-type",
    says: "sends JSON as application/json, a form as multipart/form-data",
    level: "must",
    needs: "wire",
    why: "OGL does not read a body of another type, and answers 422 as if there were none.",
    evidence: [
      "request/schema-valid",
      "audio/multipart-shape",
      "observed on 0.4.1: http-ct-none, http-ct-text, http-ct-form",
    ],
    seenIf: "a request with a body comes",
    test: eachExchange(hasBody, (exchange) => foundCodes(exchange, ["content-type"])),
  },
  {
    id: "request/json",
    says: "sends a body where there has to be one, and JSON that is JSON",
    level: "must",
    needs: "wire",
    why: "OGL answers 422 or 400 to such a body.",
    evidence: ["request/schema-valid", "observed on 0.4.1: http-malformed-json, http-no-body"],
    seenIf: "an operation is asked that takes a body",
    test: eachExchange(takesBody, (exchange) => foundCodes(exchange, ["not-json", "body-missing"])),
  },
  {
    id: "request/schema",
    says: "sends requests that keep to OGL's OpenAPI",
    level: "must",
    needs: "wire",
    why: "OGL answers 422 to what its schema does not allow.",
    evidence: ["request/schema-valid"],
    seenIf: "an operation of OGL's is asked",
    test: eachExchange(isOperation, (exchange) =>
      foundCodes(exchange, ["schema", "parameter", "body-unexpected"]),
    ),
  },
  {
    id: "request/model",
    says: "asks for models that the gateway has",
    level: "should",
    needs: "wire",
    why: "Each such request is refused, whatever else is right or wrong with it; the model's name is often one of another provider.",
    evidence: ["observed on 0.4.1: chat-unknown-model, models-get-unknown, rerank-unknown"],
    seenIf: "a request names a model",
    test: eachExchange(namesModel, (exchange) => {
      const model = JSON.stringify(modelOf(exchange));
      return lacksModel(exchange)
        ? [`${lineOf(exchange)}: the gateway has no model ${model}; GET /v1/models lists those it has`]
        : [];
    }),
  },
  {
    id: "request/stream-options",
    says: "sends stream_options only with stream: true",
    level: "should",
    needs: "wire",
    why: "OpenAI and others answer 400 to it without a stream.",
    evidence: [
      "stream-options/include-usage",
      "run-llama/llama_index#15548",
      "langgenius/dify-plugin-sdks#50",
    ],
    seenIf: "a chat is asked for",
    test: eachExchange(isChat, (exchange) => {
      const body = observedBody(exchange);
      const given = body?.["stream_options"];
      return given !== undefined && given !== null && body?.["stream"] !== true
        ? [`${lineOf(exchange)}: stream_options without stream: true`]
        : [];
    }),
  },
  {
    id: "request/params",
    says: "sends the parameters that were asked for, unchanged",
    level: "must",
    needs: "wire",
    why: "A parameter that a layer drops or changes gives other answers, and nobody is told.",
    evidence: ["asked for by --param"],
    seenIf: "--param says what must be there, and that operation is asked",
    test: eachExchange(
      ({ operation }, { params }) => params.some((param) => param.operation === operation),
      (exchange, { params }) =>
        params
          .filter(({ operation }) => operation === exchange.operation)
          .flatMap(({ name, value }) => findingMessages(bodyMember(name, value), [exchange])),
    ),
  },
];

function isRequest(): boolean {
  return true;
}

/** Whether the request must have a key. A recorded request may lack it on purpose. */
function needsKey(exchange: Observed, { spec }: TrafficContext): boolean {
  const { operation, recorded, keyKept } = exchange;
  const secured = operation !== undefined && spec.operations.byId(operation)?.secured === true;
  return secured && !recorded && (keyKept || requestHeader(exchange, "authorization") !== undefined);
}

function wrongKey(exchange: Observed): string | undefined {
  const given = exchange.request.headers.filter(([name]) => name.toLowerCase() === "authorization");
  const value = requestHeader(exchange, "authorization") ?? "";
  if (given.length > 1) return `${given.length} authorization headers; OGL reads the first`;
  if (/^Bearer +\S+$/.test(value)) return undefined;
  if (given.length === 0)
    return requestHeader(exchange, "x-api-key") === undefined
      ? "no authorization header"
      : "the key is in x-api-key, and there is no authorization header";
  const [scheme = ""] = value.split(" ", 1);
  if (/^Bearer$/i.test(scheme))
    return scheme === "Bearer" ? "Bearer without a key" : `the scheme is spelled ${scheme}, not Bearer`;
  return value.includes(" ") ? `the scheme is ${scheme}, not Bearer` : "the key stands alone, without Bearer";
}

function hasBody(exchange: Observed): boolean {
  return isOperation(exchange) && (exchange.request.body?.length ?? 0) > 0;
}

function takesBody({ operation, recorded }: Observed, { spec }: TrafficContext): boolean {
  return (
    !recorded &&
    operation !== undefined &&
    spec.operations.byId(operation)?.definition.requestBody !== undefined
  );
}

function isOperation({ operation, recorded }: Observed): boolean {
  return !recorded && operation !== undefined;
}

function namesModel(exchange: Observed): boolean {
  return isOperation(exchange) && modelOf(exchange) !== undefined;
}

/** Model that a request names, in its JSON body or its path. */
function modelOf(exchange: Observed): string | undefined {
  const { operation, request } = exchange;
  if (operation === "models.get") return request.target.split("/v1/models/", 2)[1]?.split("?", 1)[0];
  const model = observedBody(exchange)?.["model"];
  return typeof model === "string" ? model : undefined;
}

/** Whether OGL refused a request for its model, in the words of any generation. */
function lacksModel(exchange: Observed): boolean {
  const { kind } = exchange.answer.by;
  if (kind === "reply" || kind === "miss" || statusOf(exchange) !== 404) return false;
  const detail = detailOf(exchange);
  return detail !== undefined && /^Model\b.* not found\.$/s.test(detail);
}

/** Text of a refusal: `{"detail": "…"}`. */
function detailOf(exchange: Observed): string | undefined {
  try {
    const answer: unknown = JSON.parse(answerBody(exchange).toString("utf8"));
    const detail = isObject(answer) ? answer["detail"] : undefined;
    return typeof detail === "string" ? detail : undefined;
  } catch {
    return undefined;
  }
}

function isChat(exchange: Observed): boolean {
  return (
    exchange.operation?.startsWith("chat.") === true && isJsonType(requestHeader(exchange, "content-type"))
  );
}

/** Findings of the OpenAPI validation with these codes, as messages. */
function foundCodes(exchange: Observed, codes: readonly Finding["code"][]): string[] {
  const findings = exchange.findings.filter(({ code }) => codes.includes(code));
  return findingMessages(validRequest(), [{ ...exchange, findings }]).map(
    (message) => `${lineOf(exchange)}: ${message}`,
  );
}
