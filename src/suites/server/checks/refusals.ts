/** Checks of authentication, of validation, and of the form of errors. */
import {
  type ServerCheck,
  type ServerExchange,
  answeredHeader,
  answeredObject,
  answeredStatus,
  answeredType,
  answeredBodyText,
  eachAnswer,
  isSuccess,
  objectsAmong,
  shownExchange,
} from "../model/index.ts";

/** Probes whose requests are refused by the gateway itself. */
const REFUSED = [
  "models.unknown",
  "auth.none",
  "auth.wrong",
  "auth.none-bad-fields",
  "auth.none-bad-json",
  "auth.scheme",
  "errors.unknown-model",
  "errors.fields",
  "errors.json",
  "errors.non-object",
  "errors.method",
  "errors.path",
  "embeddings.empty",
];

const isRefusal = (exchange: ServerExchange): boolean => answeredStatus(exchange) >= 400;
const NONE = "nothing was refused";

/** Checks of keys. */
export const AUTH_CHECKS: readonly ServerCheck[] = [
  {
    id: "auth/no-key",
    says: "refuses requests without a key with 401 and WWW-Authenticate",
    level: "must",
    why: "A client learns by it that it has to send a key, and which kind.",
    rule: "RFC 9110 section 15.5.2: a 401 has WWW-Authenticate",
    ...eachAnswer(
      ["auth.none", "auth.none-bad-fields"],
      () => true,
      (exchange) =>
        answeredStatus(exchange) !== 401
          ? [`${shownExchange(exchange)} without a key, expected 401`]
          : answeredHeader(exchange, "www-authenticate") === undefined
            ? [`${shownExchange(exchange)} has no WWW-Authenticate`]
            : [],
      "no request was sent without a key",
    ),
  },
  {
    id: "auth/wrong-key",
    says: "refuses a key that does not exist",
    level: "must",
    why: "A key that is not checked protects nothing.",
    rule: "OpenAI API, Authentication; OpenAPI /components/securitySchemes/HTTPBearer",
    ...eachAnswer(
      ["auth.wrong"],
      () => true,
      (exchange) =>
        [401, 403].includes(answeredStatus(exchange))
          ? []
          : [`${shownExchange(exchange)} with a key that does not exist`],
      "no wrong key was sent",
    ),
  },
  {
    id: "auth/wrong-key-status",
    says: "answers 401 for a key that does not exist",
    level: "should",
    why: "Clients take 403 for a right that is missing, and tell people to ask for it.",
    rule: "OpenAI API, Error codes: 401 Invalid Authentication",
    ...eachAnswer(
      ["auth.wrong"],
      isRefusal,
      (exchange) =>
        answeredStatus(exchange) === 401
          ? []
          : [{ message: `${shownExchange(exchange)}, expected 401`, ...known403(exchange) }],
      "no wrong key was refused",
    ),
  },
  {
    id: "auth/before-body",
    says: "looks at the key before the body",
    level: "should",
    why: "Who has no key learns nothing of the operation, and costs no work.",
    rule: "OWASP API Security Top 10 2023, API2: authentication comes first",
    ...eachAnswer(
      ["auth.none-bad-json", "auth.none-bad-fields"],
      () => true,
      (exchange) => {
        const status = answeredStatus(exchange);
        if (status === 401) return [];
        const isSyntax = exchange.request.body !== undefined && !isJsonText(exchange.request.body);
        return [
          {
            message: `${shownExchange(exchange)} for a wrong body without a key, expected 401`,
            ...(isSyntax && status === 422 ? { erratum: "syntax-before-key" } : {}),
          },
        ];
      },
      "no wrong body was sent without a key",
    ),
  },
  {
    id: "auth/no-echo",
    says: "does not repeat a key that it refuses",
    level: "must",
    why: "Errors end in logs, and so would the key.",
    rule: "OWASP ASVS 5.0, section 16.2.5: no credentials in messages",
    ...eachAnswer(
      ["auth.wrong"],
      () => true,
      (exchange) =>
        answeredBodyText(exchange).includes("gatetape-this-key-does-not-exist")
          ? [`${shownExchange(exchange)} repeats the key`]
          : [],
      "no wrong key was sent",
    ),
  },
  {
    id: "auth/scheme",
    says: "takes the scheme of Authorization in any case",
    level: "should",
    why: "Some HTTP libraries write it in lower case.",
    rule: "RFC 9110 section 11.1: the scheme is case-insensitive",
    probes: ["auth.scheme", "models.list"],
    test: (seen) => {
      const [exchange] = seen("auth.scheme");
      const [plain] = seen("models.list");
      if (exchange === undefined || plain === undefined || !isSuccess(plain))
        return { unseen: "the models can't be read with this key" };
      const status = answeredStatus(exchange);
      if (isSuccess(exchange)) return [];
      const known = status === 401 || status === 403 ? { erratum: "scheme-case" } : {};
      return [
        { message: `${shownExchange(exchange)} with the scheme "bearer"`, exchanges: [exchange], ...known },
      ];
    },
  },
];

const known403 = (exchange: ServerExchange): { erratum?: string } =>
  answeredStatus(exchange) === 403 ? { erratum: "wrong-key-403" } : {};

function isJsonText(body: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(body).toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

const requestOf = ({ request }: ServerExchange): string => Buffer.from(request.body ?? []).toString("utf8");

/** Checks of refusals. */
export const ERROR_CHECKS: readonly ServerCheck[] = [
  {
    id: "errors/envelope",
    says: 'answers errors as `{"detail": …}` in JSON',
    level: "must",
    why: "A client shows the detail, and can show nothing of another form.",
    rule: "OpenAPI /components/schemas/HTTPValidationError and erratum error-model-fields",
    ...eachAnswer(
      REFUSED,
      (exchange) => isRefusal(exchange) && !isCrash(exchange),
      (exchange) => {
        const members = answeredObject(exchange);
        if (members === undefined) return [`${shownExchange(exchange)}: the body is no JSON object`];
        const { detail } = members;
        return typeof detail === "string" ||
          Array.isArray(detail) ||
          (typeof detail === "object" && detail !== null)
          ? []
          : [`${shownExchange(exchange)} has no detail: ${answeredBodyText(exchange).slice(0, 200)}`];
      },
      NONE,
    ),
  },
  {
    id: "errors/openai-envelope",
    says: 'answers errors as `{"error": {"message": …}}`',
    level: "should",
    why: "OpenAI's SDKs read the message from there; else they show the whole body.",
    rule: "OpenAI API, Error codes: the error object",
    ...eachAnswer(
      REFUSED,
      (exchange) => isRefusal(exchange) && !isCrash(exchange),
      (exchange) => {
        const members = answeredObject(exchange);
        if (members?.["error"] !== undefined) return [];
        const known = members !== undefined && "detail" in members ? { erratum: "detail-envelope" } : {};
        return [{ message: `${shownExchange(exchange)} has no error object`, ...known }];
      },
      NONE,
    ),
  },
  {
    id: "errors/content-type",
    says: "sends its refusals as application/json, of streams too",
    level: "must",
    why: "A client that reads events finds none in an error of another type, and shows nothing.",
    rule: "RFC 9110 section 8.3; OpenAPI /paths/~1v1~1chat~1completions/post/responses/404",
    ...eachAnswer(
      REFUSED,
      (exchange) => isRefusal(exchange) && !isCrash(exchange),
      (exchange) =>
        answeredType(exchange) === "application/json"
          ? []
          : [`${shownExchange(exchange)} comes as ${answeredType(exchange) ?? "no type"}`],
      NONE,
    ),
  },
  {
    id: "errors/unknown-model",
    says: "answers 404 to uses of a model that it does not have",
    level: "must",
    why: "A client offers another model on 404, and tries again on other errors.",
    rule: "OpenAI API, Error codes: model not found; OpenAPI /paths/~1v1~1chat~1completions/post/responses/404",
    ...eachAnswer(
      ["errors.unknown-model"],
      () => true,
      (exchange) => (answeredStatus(exchange) === 404 ? [] : [`${shownExchange(exchange)}, expected 404`]),
      NONE,
    ),
  },
  {
    id: "errors/fields",
    says: "answers 422 to a wrong body, with the place of each error",
    level: "must",
    why: "The place is all that helps to find the mistake.",
    rule: "OpenAPI /components/schemas/ValidationError/required: loc, msg and type",
    ...eachAnswer(
      ["errors.fields", "embeddings.empty"],
      () => true,
      (exchange) => {
        if (![400, 422].includes(answeredStatus(exchange)))
          return [
            {
              message: `${shownExchange(exchange)} for a wrong body, expected 422`,
              ...(isSuccess(exchange) && requestOf(exchange).includes('"temperature"')
                ? { erratum: "fields-passed-on" }
                : {}),
            },
          ];
        const errors = objectsAmong(answeredObject(exchange)?.["detail"]);
        const isLocated =
          errors.length > 0 && errors.every(({ loc, msg }) => Array.isArray(loc) && typeof msg === "string");
        return isLocated
          ? []
          : [`${shownExchange(exchange)} does not say where: ${answeredBodyText(exchange).slice(0, 200)}`];
      },
      NONE,
    ),
  },
  {
    id: "errors/json",
    says: "answers a body that is no JSON with 400 or 422",
    level: "must",
    why: "A 500 says that the server failed, and clients send the same again.",
    rule: "RFC 9110 section 15.5.1: malformed request syntax is the client's error",
    ...eachAnswer(
      ["errors.json"],
      () => true,
      (exchange) =>
        [400, 422].includes(answeredStatus(exchange))
          ? []
          : [`${shownExchange(exchange)} for a body that is no JSON`],
      NONE,
    ),
  },
  {
    id: "errors/non-object",
    says: "answers a JSON body that is no object with 400 or 422, and goes on or announces the close",
    level: "should",
    why: "A connection that is closed without a word fails the next request on it.",
    rule: "RFC 9110 section 15.5.1; RFC 9112 section 9.6: a server that closes SHOULD say so",
    probes: ["errors.non-object"],
    test: (seen) => {
      const [first, second] = seen("errors.non-object");
      if (first === undefined) return { unseen: NONE };
      const isKnown = answeredStatus(first) === 500 && !isSuccess(first) ? { erratum: "non-object-500" } : {};
      const isRefused = [400, 422].includes(answeredStatus(first));
      const isAnnounced = /close/i.test(answeredHeader(first, "connection") ?? "");
      const isLost = second !== undefined && answeredStatus(second) === 0 && !isAnnounced;
      return [
        ...(isRefused ? [] : [`${shownExchange(first)} for the body [1]`]),
        ...(isLost
          ? [`${shownExchange(first)}, then the connection was closed without Connection: close`]
          : []),
      ].map((message) => ({ message, exchanges: [first], ...isKnown }));
    },
  },
  {
    id: "errors/method",
    says: "answers 405 with Allow to a method that a path does not have",
    level: "must",
    why: "Tools read from Allow what a path can do.",
    rule: "RFC 9110 section 15.5.6: a 405 MUST have Allow",
    ...eachAnswer(
      ["errors.method"],
      () => true,
      (exchange) =>
        answeredStatus(exchange) !== 405
          ? [`${shownExchange(exchange)}, expected 405`]
          : answeredHeader(exchange, "allow") === undefined
            ? [`${shownExchange(exchange)} has no Allow`]
            : [],
      NONE,
    ),
  },
  {
    id: "errors/path",
    says: "answers 404 for a path that it does not have",
    level: "must",
    why: "A client finds a wrong base URL by it.",
    rule: "RFC 9110 section 15.5.5",
    ...eachAnswer(
      ["errors.path"],
      () => true,
      (exchange) => (answeredStatus(exchange) === 404 ? [] : [`${shownExchange(exchange)}, expected 404`]),
      NONE,
    ),
  },
  {
    id: "errors/retry-after",
    says: "says with 429 and 503 when to come back",
    level: "should",
    why: "Without it each client waits as long as it likes, and all come at once.",
    rule: "RFC 6585 section 4; RFC 9110 section 10.2.3",
    ...eachAnswer(
      ["chat.json", "chat.stream", "embeddings.batch", "load.streams", "behind.t-e429"],
      (exchange) => [429, 503].includes(answeredStatus(exchange)),
      (exchange) =>
        answeredHeader(exchange, "retry-after") === undefined
          ? [
              {
                message: `${shownExchange(exchange)} has no Retry-After`,
                ...(answeredStatus(exchange) === 429 ? { erratum: "no-retry-after" } : {}),
              },
            ]
          : [],
      "no request was answered 429 or 503",
    ),
  },
];

/** Failure of the server itself, which `errors/non-object` judges. */
function isCrash(exchange: ServerExchange): boolean {
  return answeredStatus(exchange) === 500;
}
