/** Scenarios of event framing: WHATWG HTML section 9.2, as servers and proxies use it. */
import * as expect from "../../checks/index.ts";
import { type Scenario, defineScenario } from "../../model/index.ts";
import {
  DONE,
  ROLE,
  STOP,
  alone,
  byteByByte,
  chunkObject,
  delta,
  opening,
  stream,
  texts,
} from "./scripts.ts";

const HELLO = "Hello, world!";
const WHOLE = texts("Hello,", " world!");
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

/** Short frames for writes of single bytes, which have gaps of some milliseconds. */
const SMALL: string = delta({ role: "assistant", content: "abc" }, "stop") + DONE;

/** Characters of two, three and four bytes, to be cut at every boundary. */
const UNICODE = "é€😀";

/** Text of two megabytes: a read that ends inside a character must not garble it. */
const HUGE = "é".repeat(1_000_000);

export const SSE_SCENARIOS: readonly Scenario[] = [
  defineScenario({
    id: "sse/utf8-split",
    title: "characters of two, three and four bytes, cut at every byte",
    level: "must",
    tier: 1,
    why: "Each packet decoded by itself turns letters with accents, and all of Chinese, into U+FFFD now and then.",
    evidence: [
      "anomalyco/opencode#39694",
      "musistudio/claude-code-router#1672",
      "danielmiessler/Fabric#2203",
      "lobehub/lobehub#18640",
    ],
    answers: stream([
      ROLE,
      ...["{", UNICODE, "}"].flatMap((text) => cutUnicode(delta({ content: text }))),
      STOP,
      DONE,
    ]),
    checks: [expect.text(`{${UNICODE}}`)],
  }),
  defineScenario({
    id: "sse/frame-split-every-byte",
    title: "each byte of the stream arrives alone",
    level: "must",
    tier: 1,
    why: "A packet is not an event: whoever parses packets loses what a slow network cuts.",
    evidence: ["pickle-com/glass#228", "headroomlabs-ai/headroom#3581"],
    deadlineMs: 60_000,
    answers: stream(byteByByte(SMALL)),
    checks: [expect.text("abc")],
  }),
  defineScenario({
    id: "sse/all-in-one-write",
    title: "the whole stream arrives at once",
    level: "must",
    tier: 1,
    why: "Whoever takes one event a packet loses all but the first of a buffered answer.",
    evidence: ["pickle-com/glass#228", "headroomlabs-ai/headroom#3581"],
    answers: stream([WHOLE.join("")]),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/blank-after-comment-with-id",
    title: 'events with "id:", and ": ping" with a blank line between them',
    level: "must",
    tier: 1,
    why: "OGL relays an upstream's pings like this; a blank line without data before it dispatches nothing.",
    evidence: ["measured 2026-11-21: JSONDecodeError in every Python client", "openai/openai-python#2722"],
    answers: stream(WHOLE.flatMap((event, i) => [`id: ${i}\n${event}`, ": ping\n\n"])),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/comments",
    title: 'comments before, between and after the events, like ": OPENROUTER PROCESSING"',
    level: "must",
    tier: 1,
    why: "Gateways keep slow answers alive with comments; they are no part of the answer.",
    evidence: ["deepnoodle-ai/dive#206", "ai-dynamo/dynamo#408", "jundot/omlx#839"],
    answers: stream([
      ": OPENROUTER PROCESSING\n\n",
      ...WHOLE.flatMap((event) => [event, ":\n", ": OPENROUTER PROCESSING\n\n"]),
    ]),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/crlf",
    title: "lines end in CRLF",
    level: "must",
    tier: 1,
    why: "Some servers and proxies write CRLF; split on LF alone, no blank line is ever found.",
    evidence: ["hey-api/hey-api#3054", "vercel/ai#6200", "envoyproxy/ai-gateway#2684"],
    answers: stream(WHOLE.map(crlf)),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/crlf-split",
    title: "CRLF, with CR and LF in different packets",
    level: "must",
    tier: 1,
    why: "Line ends are cut anywhere by a network; a reader that wants both halves in one packet finds no line.",
    evidence: ["miruamel/xuan#194", "vercel/ai#6200"],
    answers: stream([...torn(delta({ role: "assistant", content: "ab" })), ...torn(STOP), ...torn(DONE)]),
    checks: [expect.text("ab")],
  }),
  defineScenario({
    id: "sse/crlf-split-lines",
    title: "CRLF, with CR and LF in different packets, between the two data lines of an event",
    level: "must",
    tier: 2,
    why: "Half a line end is taken for a whole one, and the other half for a blank line: the event is torn in two. (A client that fails sse/multi-line-data fails here as well.)",
    evidence: ["miruamel/xuan#194", "vercel/ai#6200"],
    answers: stream([
      ROLE,
      ...torn(delta({ content: "ab" }).replace('"choices"', '\ndata: "choices"')),
      STOP,
      DONE,
    ]),
    checks: [expect.text("ab")],
  }),
  defineScenario({
    id: "sse/data-no-space",
    title: "data:{…} and data:[DONE], without the space",
    level: "must",
    tier: 1,
    why: 'The space is optional; whoever looks for "data: " sees an empty answer.',
    evidence: [
      "observed on 0.4.1, which relays it: stream-up-nospace",
      "dataelement/Clawith#106",
      "kubernetes-sigs/inference-perf#781",
    ],
    answers: stream(WHOLE.map((event) => event.replace("data: ", "data:"))),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/unicode-separators",
    title: "raw U+2028, U+2029 and U+0085 inside the JSON strings",
    level: "must",
    tier: 1,
    why: "They end lines in Python's splitlines and in some regular expressions, but not in SSE: the event is cut in two.",
    evidence: [
      "florimondmanca/httpx-sse#34",
      "langgenius/dify#39008",
      "langchain-ai/langgraph#2560",
      "observed on 0.4.1, which cuts there itself: stream-up-u2028",
    ],
    answers: stream(texts("a\u2028b", "\u2029c", "\u0085d")),
    checks: [expect.text("a\u2028b\u2029c\u0085d")],
  }),
  defineScenario({
    id: "sse/bom",
    title: "a byte order mark before the first event",
    level: "must",
    tier: 2,
    why: "The first event, and with it the beginning of the answer, is lost.",
    evidence: [
      "measured 2026-11-21: first event lost in all Python clients",
      "openai/openai-python#3819",
      "rexxars/eventsource-parser#41",
    ],
    answers: stream([
      `\ufeff${delta({ role: "assistant", content: "Hello," })}`,
      ...texts(" world!").slice(1),
    ]),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/eof-no-blank-line",
    title: "the last event with text is not ended by a blank line, and there is no other end",
    level: "should",
    tier: 2,
    why: "An event without its blank line is none: what was in it is lost, and that must show.",
    evidence: ["measured 2026-11-21: text lost in openai-python", "google-gemini/gemini-cli#29059"],
    answers: stream([...opening("Hello,"), delta({ content: " world!" }, "stop").slice(0, -1)]),
    checks: [expect.textOrError(HELLO)],
  }),
  defineScenario({
    id: "sse/multi-line-data",
    title: "the JSON of an event is spread over several data lines",
    level: "must",
    tier: 2,
    why: "Pretty-printing servers do this; the lines belong together, joined by line feeds.",
    evidence: ["openresponses/openresponses#56"],
    answers: stream([
      multiLine({ role: "assistant", content: "Hello," }, null),
      multiLine({ content: " world!" }, null),
      multiLine({}, "stop"),
      DONE,
    ]),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/cr-only",
    title: "lines end in a bare CR",
    level: "must",
    tier: 2,
    why: "The third line end of SSE, rare but valid.",
    evidence: ["EdamAme-x/pentect#1438"],
    answers: stream(WHOLE.map((event) => event.replaceAll("\n", "\r"))),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/empty-event",
    title: "event: ping and a blank line, without data",
    level: "must",
    tier: 2,
    why: "A block without data dispatches nothing; OGL itself makes such blocks of an upstream's event lines.",
    evidence: ["measured 2026-11-21: 7 of 8 clients throw", "openai/openai-python#2722"],
    answers: stream(WHOLE.flatMap((event) => ["event: ping\n\n", event])),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/unknown-fields",
    title: '"retry: 100" as a block of its own, and unknown fields inside events',
    level: "must",
    tier: 2,
    why: "Fields that a reader does not know are to be ignored.",
    evidence: ["measured 2026-11-21: all four Python clients throw"],
    answers: stream(["retry: 100\n\n", ...WHOLE.map((event) => `foo: bar\nnocolon\n${event}`)]),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/ping-event-with-data",
    title: "event: ping with data: {} between the deltas",
    level: "should",
    tier: 2,
    why: "Events of unknown types are for others; keep-alives come in this shape too.",
    evidence: ["measured 2026-11-21: AI SDK and openai-node's helper throw", "justlovemaki/AIClient2API#695"],
    answers: stream(WHOLE.flatMap((event) => ["event: ping\ndata: {}\n\n", event])),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/empty-data",
    title: "events whose data is empty, between the deltas",
    level: "may",
    tier: 2,
    why: "Used as a keep-alive by some servers; there is nothing in it to lose.",
    evidence: ["measured 2026-11-21: eight clients throw", "jundot/omlx#839"],
    answers: stream(WHOLE.flatMap((event) => ["data:\n\n", event])),
    checks: [expect.text(HELLO)],
  }),
  defineScenario({
    id: "sse/data-comment",
    title: 'a keep-alive that was put behind "data:", "data: : keepalive"',
    level: "may",
    tier: 2,
    why: "It is no JSON: skipped or an error, but never the end of the answer.",
    evidence: ["anomalyco/opencode#50871", "mnfst/llm-gateway#2053"],
    answers: stream([
      ...opening("Hello,"),
      "data: : keepalive\n\n",
      delta({ content: " world!" }),
      STOP,
      DONE,
    ]),
    checks: [expect.textOrError(HELLO)],
  }),
  defineScenario({
    id: "sse/huge-event",
    title: "one event of two megabytes, all of it characters of two bytes",
    level: "should",
    tier: 2,
    why: "Readers with a fixed line buffer fail on long tool arguments and images.",
    evidence: ["openai/openai-go#368", "mark3labs/mcp-go#61", "infiniflow/ragflow#15381"],
    answers: stream([...opening(HUGE), STOP, DONE]),
    checks: [expect.text(HUGE)],
  }),
];

/** Writes of the text that cut each multi-byte character at every byte, and nothing else. */
function cutUnicode(text: string): ReturnType<typeof alone>[] {
  return text
    .split(/([^\p{ASCII}]+)/u)
    .flatMap((part, i) => (i % 2 === 1 ? byteByByte(part) : [alone(part)]));
}

/** Writes of the text with CRLF line ends, each CR in another packet than its LF. */
function torn(text: string): ReturnType<typeof alone>[] {
  return crlf(text)
    .split(/(?<=\r)/)
    .map((part) => alone(part));
}

function multiLine(content: object, finish: string | null): string {
  const pretty = JSON.stringify(
    chunkObject([{ index: 0, delta: content, finish_reason: finish }]),
    undefined,
    2,
  );
  return `${pretty
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;
}
