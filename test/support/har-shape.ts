/**
 * What is not HAR 1.2 in a value, by the tables of the specification: required members and their types. Written from the
 * specification, it imports nothing of the source.
 */
type Check = (value: unknown, at: string) => string[];
type Members = Readonly<Record<string, Check>>;

const typed =
  (type: string, test: (value: unknown) => boolean): Check =>
  (value, at) =>
    test(value) ? [] : [`${at}: no ${type}: ${JSON.stringify(value)?.slice(0, 60)}`];

const text = typed("string", (value) => typeof value === "string");
const size = typed("size", (value) => Number.isInteger(value) && (value as number) >= -1);
const time = typed("time", (value) => typeof value === "number" && value >= -1);
const wholeTime = typed("time", (value) => typeof value === "number" && value >= 0);
const date = typed(
  "ISO 8601 date",
  (value) =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)$/.test(value),
);
const list =
  (item: Check): Check =>
  (value, at) =>
    Array.isArray(value) ? value.flatMap((one, i) => item(one, `${at}/${i}`)) : [`${at}: no array`];

/** Other members are those listed as optional, or begin with an underscore. */
const object =
  (required: Members, optional: Members = {}): Check =>
  (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
    const source = value as Record<string, unknown>;
    const known: Members = { ...required, ...optional, comment: text };
    return [
      ...Object.keys(required)
        .filter((key) => !(key in source))
        .map((key) => `${at}/${key}: missing`),
      ...Object.keys(source)
        .filter((key) => !(key in known) && !key.startsWith("_"))
        .map((key) => `${at}/${key}: not in the specification`),
      ...Object.entries(known).flatMap(([key, check]) =>
        key in source ? check(source[key], `${at}/${key}`) : [],
      ),
    ];
  };

const pair = object({ name: text, value: text });
const cookie = object(
  { name: text, value: text },
  { path: text, domain: text, expires: text, httpOnly: () => [], secure: () => [] },
);
const param = object({ name: text }, { value: text, fileName: text, contentType: text });
const postData: Check = (value, at) => [
  ...object({ mimeType: text }, { params: list(param), text })(value, at),
  ...("text" in (value as object) === "params" in (value as object)
    ? [`${at}: text and params exclude each other, one is there`]
    : []),
];
const request = object(
  {
    method: text,
    url: typed("absolute URL", (value) => typeof value === "string" && URL.canParse(value)),
    httpVersion: text,
    cookies: list(cookie),
    headers: list(pair),
    queryString: list(pair),
    headersSize: size,
    bodySize: size,
  },
  { postData },
);
const response = object({
  status: size,
  statusText: text,
  httpVersion: text,
  cookies: list(cookie),
  headers: list(pair),
  content: object({ size, mimeType: text }, { text, encoding: text, compression: size }),
  redirectURL: text,
  headersSize: size,
  bodySize: size,
});
const timings = object(
  { send: wholeTime, wait: wholeTime, receive: wholeTime },
  { blocked: time, dns: time, connect: time, ssl: time },
);
const entry: Check = (value, at) => {
  const wrong = object(
    { startedDateTime: date, time: wholeTime, request, response, cache: object({}), timings },
    { pageref: text, serverIPAddress: text, connection: text },
  )(value, at);
  if (wrong.length > 0) return wrong;
  const { time: all, timings: parts } = value as { time: number; timings: Record<string, number> };
  const sum = Object.values(parts).reduce((total, ms) => total + Math.max(0, ms), 0);
  return Math.abs(sum - all) < 1e-6 ? [] : [`${at}/time: ${all} is not the sum of the timings, ${sum}`];
};
const creator = object({ name: text, version: text });
const har = object({
  log: object(
    {
      version: typed("version 1.2", (value) => value === "1.2"),
      creator,
      entries: list(entry),
    },
    { browser: creator, pages: list(() => []) },
  ),
});

/** Everything that is wrong, each with its place. */
export function harProblems(value: unknown): string[] {
  return har(value, "");
}
