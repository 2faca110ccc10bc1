/**
 * Servers that are wrong on purpose: the mock with one change. Each lists just the checks that it changes. The quick test plays the area
 * of the first of them; the full one plays all.
 */
import type { Edit, ProxiedRequest, WholeAnswer } from "./proxy.ts";

export interface ServerMutant {
  readonly about: string;
  readonly edit: () => Edit;
  /** Checks whose verdict differs from that of the mock. */
  readonly changes: readonly string[];
}

const isStream = ({ body }: ProxiedRequest): boolean => body.includes('"stream":true');
const isEvents = ({ headers }: WholeAnswer): boolean =>
  headers.some((value) => value.startsWith("text/event-stream"));
const isOk = ({ status }: WholeAnswer): boolean => status === 200;
const isChat = ({ target, method }: ProxiedRequest): boolean =>
  target === "/v1/chat/completions" && method === "POST";
const isEmbedding = ({ target }: ProxiedRequest): boolean => target === "/v1/embeddings";
const textOf = ({ chunks }: WholeAnswer): string => Buffer.concat(chunks).toString();

/** Changes the JSON of an answer. */
function inJson(answer: WholeAnswer, change: (value: Record<string, never>) => unknown): WholeAnswer {
  const text = textOf(answer);
  if (text === "") return answer;
  const value = JSON.parse(text) as Record<string, never>;
  return { ...answer, chunks: [Buffer.from(JSON.stringify(change(value) ?? value))] };
}

/** Events of a stream, `[DONE]` among them, as their data. */
function eventsOf(answer: WholeAnswer): string[] {
  return textOf(answer)
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => block.replace(/^data: /, ""));
}

const withEvents = (answer: WholeAnswer, events: readonly string[]): WholeAnswer => ({
  ...answer,
  chunks: events.map((data) => Buffer.from(`data: ${data}\n\n`)),
});

/** Changes the chunks of streams. */
function inStream(change: (chunk: Chunk, nth: number) => unknown): Edit {
  return (answer, request) => {
    if (!isChat(request) || !isOk(answer) || !isEvents(answer)) return undefined;
    const events = eventsOf(answer);
    return withEvents(
      answer,
      events.flatMap((data, nth) => {
        if (data === "[DONE]") return [data];
        const chunk = JSON.parse(data) as Chunk;
        const changed = change(chunk, nth);
        return changed === null ? [] : [JSON.stringify(changed ?? chunk)];
      }),
    );
  };
}

interface Chunk {
  id: string;
  created: number;
  model: string;
  object: string;
  usage?: { prompt_tokens: number; total_tokens: number } | null;
  choices: {
    index: number;
    delta: { content?: string; role?: string; tool_calls?: unknown[] };
    finish_reason: string | null;
  }[];
}

/** Changes the JSON of successful embeddings. */
function inEmbeddings(change: (answer: Embeddings, request: ProxiedRequest) => unknown): Edit {
  return (answer, request) =>
    isEmbedding(request) && isOk(answer)
      ? inJson(answer, (value) => change(value as unknown as Embeddings, request))
      : undefined;
}

interface Embeddings {
  data: { index: number; embedding: unknown }[];
  usage: { total_tokens: number };
}

/** Changes the JSON of chats that are no streams. */
function inChat(change: (answer: Chat, request: ProxiedRequest) => unknown): Edit {
  return (answer, request) =>
    isChat(request) && isOk(answer) && !isStream(request)
      ? inJson(answer, (value) => change(value as unknown as Chat, request))
      : undefined;
}

interface Chat {
  id: string;
  model: string;
  choices: {
    index: number;
    finish_reason: string | null;
    message: {
      content: string | null;
      role: string;
      tool_calls: { id: string; function: { arguments: string } }[];
    };
  }[];
  usage: { total_tokens: number; completion_tokens: number };
}

/** Answers other than 2xx. */
function inErrors(change: (answer: WholeAnswer, request: ProxiedRequest) => WholeAnswer | undefined): Edit {
  return (answer, request) =>
    answer.status >= 400 && answer.status < 500 ? change(answer, request) : undefined;
}

const withHeader = (answer: WholeAnswer, name: string, value: string | undefined): WholeAnswer => ({
  ...answer,
  headers: [
    ...answer.headers.filter((_, i) => answer.headers[i - (i % 2)]?.toLowerCase() !== name),
    ...(value === undefined ? [] : [name, value]),
  ],
});

const streamEdit =
  (change: (answer: WholeAnswer) => WholeAnswer): (() => Edit) =>
  () =>
  (answer, request) =>
    isChat(request) && isOk(answer) && isEvents(answer) ? change(answer) : undefined;

/** Changes the answers of one fault model. */
const behindEdit =
  (model: string, change: (answer: WholeAnswer) => WholeAnswer): Edit =>
  (answer, { body }) =>
    body.includes(`"${model}"`) ? change(answer) : undefined;

const refused = (answer: WholeAnswer, status: number, detail: string): WholeAnswer => ({
  ...answer,
  status,
  chunks: [Buffer.from(JSON.stringify({ detail }))],
});

export const SERVER_MUTANTS: Readonly<Record<string, ServerMutant>> = {
  "no-done": {
    about: "drops [DONE]",
    edit: streamEdit((answer) => withEvents(answer, eventsOf(answer).slice(0, -1))),
    changes: ["stream/done", "http/abort", "load/streams"],
  },
  "done-twice": {
    about: "sends [DONE] twice",
    edit: streamEdit((answer) => withEvents(answer, [...eventsOf(answer), "[DONE]"])),
    changes: ["stream/done"],
  },
  "stream-as-json": {
    about: "sends a stream as application/json",
    edit: streamEdit((answer) => withHeader(answer, "content-type", "application/json")),
    changes: ["stream/content-type", "openapi/answers"],
  },
  "bare-line": {
    about: "adds a bare line of JSON to streams",
    edit: streamEdit((answer) => ({
      ...answer,
      chunks: [...answer.chunks, Buffer.from('{"detail": "late"}')],
    })),
    changes: ["stream/framing", "openapi/answers", "openapi/published"],
  },
  "broken-json": {
    about: "cuts the JSON of an event",
    edit: streamEdit((answer) =>
      withEvents(
        answer,
        eventsOf(answer).map((data, nth) => (nth === 1 ? data.slice(0, -2) : data)),
      ),
    ),
    changes: ["stream/json", "stream/equals-json", "tools/stream", "openapi/answers", "openapi/published"],
  },
  "cut-stream": {
    about: "closes the connection before the last chunk of the message",
    edit: streamEdit((answer) => ({ ...answer, isCut: true })),
    changes: ["stream/ends", "http/complete", "http/keep-alive", "http/abort", "load/streams"],
  },
  "split-utf8": {
    about: "cuts characters between two HTTP chunks",
    edit: streamEdit((answer) => ({
      ...answer,
      chunks: answer.chunks.flatMap((chunk) => {
        const at = chunk.findIndex((byte) => byte >= 0x80);
        return at === -1 ? [chunk] : [chunk.subarray(0, at + 1), chunk.subarray(at + 1)];
      }),
    })),
    changes: ["stream/utf8-whole"],
  },
  "latin-1": {
    about: "sends characters beyond ASCII in Latin-1",
    edit: () => (answer, request) =>
      isChat(request) && isOk(answer) && request.body.includes("é")
        ? { ...answer, chunks: answer.chunks.map((chunk) => Buffer.from(chunk.toString(), "latin1")) }
        : undefined,
    changes: [
      "chat/utf8",
      "chat/answer",
      "chat/usage",
      "stream/json",
      "stream/utf8-whole",
      "openapi/answers",
      "openapi/published",
    ],
  },
  "id-changes": {
    about: "gives each chunk an id of its own",
    edit: () => inStream((chunk, nth) => ({ ...chunk, id: `${chunk.id}-${nth}` })),
    changes: ["stream/stable", "load/no-mix"],
  },
  "mixed-streams": {
    about: "puts chunks of the stream before into a stream",
    edit: () => {
      let before: string | undefined;
      return (answer, request) => {
        if (!isChat(request) || !isOk(answer) || !isEvents(answer)) return undefined;
        const events = eventsOf(answer);
        const foreign = before;
        before = events[1];
        return foreign === undefined ? undefined : withEvents(answer, events.with(1, foreign));
      };
    },
    changes: ["stream/stable", "stream/finish", "stream/indices", "tools/stream", "load/no-mix"],
  },
  "no-role": {
    about: "leaves out the role",
    edit: () => inStream((chunk) => void chunk.choices.forEach(({ delta }) => delete delta.role)),
    changes: ["stream/role"],
  },
  "index-shifted": {
    about: "numbers choices of streams from 1",
    edit: () => inStream((chunk) => void chunk.choices.forEach((choice) => (choice.index += 1))),
    changes: ["stream/indices", "chat/choices", "stream/equals-json"],
  },
  "no-finish": {
    about: "never says how a choice ended",
    edit: () => inStream((chunk) => void chunk.choices.forEach((choice) => (choice.finish_reason = null))),
    changes: ["stream/finish"],
  },
  "finish-early": {
    about: "gives the finish reason one chunk early",
    edit: () =>
      inStream((chunk, nth) => {
        if (nth === 0) for (const choice of chunk.choices) choice.finish_reason = "stop";
        else for (const choice of chunk.choices) choice.finish_reason = null;
      }),
    changes: ["stream/finish"],
  },
  "lost-delta": {
    about: "loses a delta",
    edit: () => inStream((chunk, nth) => (nth === 1 ? null : chunk)),
    changes: ["stream/equals-json", "tools/stream"],
  },
  "no-stream-usage": {
    about: "sends no usage in streams",
    edit: () => inStream((chunk) => (chunk.choices.length === 0 ? null : chunk)),
    changes: ["stream/usage", "stream/usage-once", "stream/usage-unasked"],
  },
  "stream-usage-wrong": {
    about: "adds the usage of streams up wrongly",
    edit: () =>
      inStream((chunk) => {
        if (chunk.usage) chunk.usage.total_tokens += 1;
      }),
    changes: ["stream/usage"],
  },
  "usage-wrong": {
    about: "adds the usage of chats up wrongly",
    edit: () => inChat((answer) => void (answer.usage.total_tokens += 1)),
    changes: ["chat/usage"],
  },
  "other-model": {
    about: "names another model in JSON answers",
    edit: () => inChat((answer) => ({ ...answer, model: "gpt-4o" })),
    changes: ["chat/model", "stream/model"],
  },
  "same-id": {
    about: "gives all chats the same id, and other texts",
    edit: () => {
      let n = 0;
      return inChat((answer) => ({ ...answer, id: "chatcmpl-1", system_fingerprint: `fp_${n++}` }));
    },
    changes: ["chat/unique-id"],
  },
  "no-limit": {
    about: "ignores max_completion_tokens",
    edit: () =>
      inChat((answer, { body }) => {
        if (!body.includes('"max_completion_tokens":2')) return;
        answer.usage.total_tokens += 9 - answer.usage.completion_tokens;
        answer.usage.completion_tokens = 9;
      }),
    changes: ["chat/max-tokens"],
  },
  "odd-finish": {
    about: "ends chats for the reason `eos`",
    edit: () => inChat((answer) => void answer.choices.forEach((choice) => (choice.finish_reason = "eos"))),
    changes: ["chat/answer", "chat/max-tokens", "openapi/answers"],
  },
  "one-choice": {
    about: "gives one choice whatever n is",
    edit: () => inChat((answer) => ({ ...answer, choices: answer.choices.slice(0, 1) })),
    changes: ["chat/choices"],
  },
  "bad-arguments": {
    about: "gives the arguments of tools in no JSON",
    edit: () =>
      inChat((answer) => {
        for (const { message } of answer.choices)
          for (const call of message.tool_calls ?? []) call.function.arguments = "{city: Paris}";
      }),
    changes: ["tools/call"],
  },
  "tool-index": {
    about: "leaves out the index of tool calls in streams",
    edit: () =>
      inStream((chunk) => {
        for (const { delta } of chunk.choices)
          for (const call of (delta.tool_calls ?? []) as { index?: number }[]) delete call.index;
      }),
    changes: ["tools/stream", "openapi/answers", "openapi/published"],
  },
  "free-text": {
    about: "ignores the JSON Schema that was asked for",
    edit: () =>
      inChat((answer, { body }) => {
        if (!body.includes("json_schema")) return;
        for (const { message } of answer.choices) message.content = "Paris has one river.";
      }),
    changes: ["structured/json-schema"],
  },
  "reordered-vectors": {
    about: "gives the vectors of a batch in another order, under the same indices",
    edit: () =>
      inEmbeddings((answer) => {
        const vectors = answer.data.map(({ embedding }) => embedding).toReversed();
        answer.data.forEach((item, i) => (item.embedding = vectors[i]));
      }),
    changes: ["embeddings/order"],
  },
  "indices-from-one": {
    about: "numbers vectors from 1",
    edit: () => inEmbeddings((answer) => void answer.data.forEach((item) => (item.index += 1))),
    changes: ["embeddings/answer"],
  },
  "base64-unasked": {
    about: "gives vectors in base64 unasked",
    edit: () => inEmbeddings((answer) => void answer.data.forEach((item) => (item.embedding = "AACAPw=="))),
    changes: [
      "embeddings/numbers",
      "embeddings/order",
      "embeddings/deterministic",
      "embeddings/dimension",
      "openapi/answers",
    ],
  },
  "restless-vectors": {
    about: "gives another vector each time",
    edit: () => {
      let n = 0;
      return inEmbeddings((answer) => {
        for (const item of answer.data)
          item.embedding = (item.embedding as number[]).map((value, i) =>
            i === n % 7 ? -value - 0.5 : value,
          );
        n++;
      });
    },
    changes: ["embeddings/deterministic", "embeddings/norm", "embeddings/order"],
  },
  "short-vector": {
    about: "gives single texts a shorter vector",
    edit: () =>
      inEmbeddings((answer) => {
        if (answer.data.length > 1) return;
        for (const item of answer.data) item.embedding = (item.embedding as number[]).slice(1);
      }),
    changes: ["embeddings/dimension", "embeddings/norm", "embeddings/order"],
  },
  "embedding-usage": {
    about: "adds the usage of embeddings up wrongly",
    edit: () => inEmbeddings((answer) => void (answer.usage.total_tokens += 1)),
    changes: ["embeddings/usage"],
  },
  "wrong-envelope": {
    about: 'answers errors as `{"message": …}`',
    edit: () => inErrors((answer) => inJson(answer, (value) => ({ message: value["detail"] }))),
    changes: [
      "errors/envelope",
      "errors/openai-envelope",
      "errors/fields",
      "openapi/answers",
      "openapi/published",
    ],
  },
  "errors-as-events": {
    about: "answers refused streams as text/event-stream",
    edit: () =>
      inErrors((answer, request) =>
        isStream(request)
          ? withHeader(answer, "content-type", "text/event-stream; charset=utf-8")
          : undefined,
      ),
    changes: ["errors/content-type"],
  },
  "echoed-key": {
    about: "repeats a wrong key",
    edit: () =>
      inErrors((answer, { headers }) =>
        headers.authorization === undefined
          ? undefined
          : inJson(answer, ({ detail }) =>
              typeof detail === "string"
                ? { detail: `${detail as string} ${headers.authorization}` }
                : undefined,
            ),
      ),
    changes: ["auth/no-echo"],
  },
  "open-models": {
    about: "lists its models without a key",
    edit: () => {
      let list: WholeAnswer | undefined;
      return (answer, { target }) => {
        if (target !== "/v1/models") return undefined;
        if (isOk(answer)) list = answer;
        return answer.status < 405 ? list : undefined;
      };
    },
    changes: ["auth/no-key", "auth/wrong-key", "auth/scheme", "keys/deleted", "keys/expired"],
  },
  "no-challenge": {
    about: "leaves out WWW-Authenticate",
    edit: () => inErrors((answer) => withHeader(answer, "www-authenticate", undefined)),
    changes: ["auth/no-key"],
  },
  "no-allow": {
    about: "leaves out Allow",
    edit: () => inErrors((answer) => withHeader(answer, "allow", undefined)),
    changes: ["errors/method"],
  },
  "model-not-there": {
    about: "answers 400 for a model that it does not have",
    edit: () => inErrors((answer) => (answer.status === 404 ? { ...answer, status: 400 } : undefined)),
    changes: ["models/unknown", "errors/unknown-model", "errors/path", "collections/life"],
  },
  "other-models": {
    about: "lists models of another key, which it refuses",
    edit:
      () =>
      (answer, { target }) =>
        target === "/v1/models" && isOk(answer)
          ? inJson(answer, (value) => {
              const data = value["data"] as unknown as { id: string }[];
              return { ...value, data: [...data, { ...data[0], id: "of-another-key", aliases: [] }] };
            })
          : undefined,
    changes: ["models/get"],
  },
  "list-no-object": {
    about: "lists models without `object`",
    edit:
      () =>
      (answer, { target }) =>
        target === "/v1/models" && isOk(answer)
          ? inJson(answer, (value) => ({ data: value["data"] }))
          : undefined,
    changes: ["models/list"],
  },
  "health-locked": {
    about: "wants a key for /health",
    edit:
      () =>
      (answer, { target }) =>
        target === "/health"
          ? { ...answer, status: 401, chunks: [Buffer.from('{"detail":"Not authenticated"}')] }
          : undefined,
    changes: ["health/health"],
  },
  "no-openapi": {
    about: "serves no OpenAPI",
    edit:
      () =>
      (answer, { target }) =>
        target === "/openapi.json"
          ? { ...answer, status: 404, chunks: [Buffer.from('{"detail":"Not Found"}')] }
          : undefined,
    changes: ["openapi/served", "health/models"],
  },
  "no-date": {
    about: "leaves out Date",
    edit: () => (answer) => withHeader(answer, "date", undefined),
    changes: ["http/date"],
  },
  surplus: {
    about: "sends a line after each JSON answer",
    edit:
      () =>
      (answer, { target }) =>
        target === "/v1/models" && isOk(answer) ? { ...answer, surplus: "\r\n" } : undefined,
    changes: ["http/message-end"],
  },
  "crash-on-syntax": {
    about: "answers 500 to a body that is no JSON",
    edit:
      () =>
      (answer, { body }) =>
        body === '{"model": ' && answer.status === 422
          ? { ...answer, status: 500, chunks: [Buffer.from('{"detail":"x"}')] }
          : undefined,
    changes: ["errors/json", "auth/before-body"],
  },
  "immortal-keys": {
    about: "takes keys that were deleted or have expired",
    edit: () => {
      const good = new Map<string, WholeAnswer>();
      return (answer, { method, target, headers }) => {
        const id = `${method} ${target}`;
        if (isOk(answer)) good.set(id, answer);
        return answer.status === 403 && !headers.authorization?.includes("gatetape-this-key")
          ? good.get(id)
          : undefined;
      };
    },
    changes: ["keys/deleted", "keys/expired"],
  },
  "unknown-alias": {
    about: "does not know its aliases",
    edit:
      () =>
      (answer, { target }) =>
        target === "/v1/models/org/chatter" ? refused(answer, 404, "Model not found.") : undefined,
    changes: ["models/alias"],
  },
  "not-callable": {
    about: "lists a model for embeddings that is always busy",
    edit: () => (answer, request) =>
      isEmbedding(request) && isOk(answer) ? refused(answer, 503, "Model is too busy") : undefined,
    changes: [
      "models/callable",
      "embeddings/answer",
      "embeddings/numbers",
      "embeddings/dimension",
      "embeddings/norm",
      "embeddings/order",
      "embeddings/deterministic",
      "embeddings/usage",
      "errors/retry-after",
    ],
  },
  "wrong-key-402": {
    about: "answers 402 for a wrong key",
    edit:
      () =>
      (answer, { headers }) =>
        headers.authorization?.includes("gatetape-this-key") === true
          ? { ...answer, status: 402 }
          : undefined,
    changes: ["auth/wrong-key", "auth/wrong-key-status", "openapi/answers", "openapi/published"],
  },
  "takes-arrays": {
    about: "answers 200 to a body that is no object",
    edit:
      () =>
      (answer, { body }) =>
        body === "[1]" ? { ...answer, status: 200, chunks: [Buffer.from("{}")] } : undefined,
    changes: ["errors/non-object"],
  },
  "odd-base64": {
    about: "answers a number where base64 was asked for",
    edit:
      () =>
      (answer, { body }) =>
        body.includes("base64")
          ? { ...answer, status: 200, chunks: [Buffer.from('{"data":[{"index":0,"embedding":7}]}')] }
          : undefined,
    changes: ["embeddings/base64"],
  },
  "head-fails": {
    about: "fails on HEAD",
    edit:
      () =>
      (answer, { method }) =>
        method === "HEAD" ? { ...answer, status: 500 } : undefined,
    changes: ["http/head"],
  },
  "no-chunked": {
    about: "refuses a body in HTTP chunks",
    edit:
      () =>
      (answer, { headers }) =>
        headers["transfer-encoding"] === undefined ? undefined : refused(answer, 411, "Length Required"),
    changes: ["http/chunked-request"],
  },
  "keyless-key": {
    about: "makes a key and does not show it",
    edit:
      () =>
      (answer, { method, target }) =>
        method === "POST" && target === "/v1/me/keys" ? inJson(answer, ({ id }) => ({ id })) : undefined,
    changes: ["keys/created", "keys/hidden", "keys/listed", "keys/deleted", "keys/expired"],
  },
  "shown-keys": {
    about: "lists the whole key",
    edit: () => {
      let made = "";
      return (answer, { method, target }) => {
        if (!target.startsWith("/v1/me/keys")) return undefined;
        if (method === "POST") made = textOf(answer);
        return method === "GET"
          ? inJson(answer, (value) => ({ ...value, made: JSON.parse(made) as unknown }))
          : undefined;
      };
    },
    changes: ["keys/hidden"],
  },
  "unlisted-keys": {
    about: "does not list its keys",
    edit:
      () =>
      (answer, { method, target }) =>
        method === "GET" && target === "/v1/me/keys"
          ? inJson(answer, (value) => ({ ...value, data: [] }))
          : undefined,
    changes: ["keys/listed"],
  },
  "death-as-end": {
    about: "ends the stream of an upstream that died in [DONE]",
    edit: () =>
      behindEdit("t-die-mid", (answer) => withEvents(answer, [...eventsOf(answer).slice(0, -1), "[DONE]"])),
    changes: ["behind/dies-midway"],
  },
  "error-page": {
    about: "answers an upstream's refusal as HTML",
    edit: () => behindEdit("t-e400", (answer) => withHeader(answer, "content-type", "text/html")),
    changes: ["behind/error-first"],
  },
  "error-lost": {
    about: "drops the body of an upstream's refusal",
    edit: () => behindEdit("t-s-e400ml", (answer) => ({ ...answer, chunks: [Buffer.from("error")] })),
    changes: ["behind/error-whole"],
  },
  "half-lost": {
    about: "drops the second half of an event with a line separator of Unicode",
    edit: () =>
      behindEdit("t-u2028", (answer) => ({
        ...answer,
        chunks: textOf(answer)
          .split("\n\n")
          .filter((block) => block.startsWith("data: "))
          .map((block) => Buffer.from(`${block}\n\n`)),
      })),
    changes: ["behind/line-separators"],
  },
  "empty-events": {
    about: "sends events without data for comments",
    edit: () =>
      behindEdit("t-comments", (answer) => ({
        ...answer,
        chunks: [Buffer.from("data: \n\n"), ...answer.chunks],
      })),
    changes: ["behind/fields"],
  },
  "done-first": {
    about: "sends [DONE] before the chunks",
    edit: () => behindEdit("t-nodone", (answer) => withEvents(answer, ["[DONE]", ...eventsOf(answer)])),
    changes: ["behind/no-done"],
  },
  "data-word-lost": {
    about: "takes `data: ` out of texts",
    edit: () =>
      behindEdit("t-dataword", (answer) =>
        withEvents(
          answer,
          eventsOf(answer).map((data) => data.replaceAll("data: ", "")),
        ),
      ),
    changes: ["behind/data-in-text"],
  },
  "limit-as-failure": {
    about: "answers 500 for an upstream's 429",
    edit: () => behindEdit("t-e429", (answer) => ({ ...answer, status: 500 })),
    changes: ["behind/upstream-429"],
  },
  "calls-lost": {
    about: "drops an upstream's tool calls",
    edit: () =>
      behindEdit("t-tools", (answer) =>
        withEvents(
          answer,
          eventsOf(answer).map((data) => data.replaceAll("tool_calls", "tools_called")),
        ),
      ),
    changes: ["behind/tool-chunks"],
  },
};
