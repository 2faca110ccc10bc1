/** Scenarios of errors after the answer has begun, when the status cannot report them. */
import * as expect from "../../checks/index.ts";
import { type Scenario, defineScenario } from "../../model/index.ts";
import { DONE, delta, frame, oglUsage, opening, stream } from "./scripts.ts";

export const STREAM_ERROR_SCENARIOS: readonly Scenario[] = [
  defineScenario({
    id: "error/first-frame",
    title: "200, and the first frame of the stream is an error object",
    level: "must",
    tier: 2,
    why: "The status was sent before the model failed: the frame is the only word of it.",
    evidence: ["second measurement 2026-11-21"],
    answers: stream([frame({ error: { message: "The engine has stopped", code: 500 } }), DONE]),
    checks: [expect.error(), expect.message("The engine has stopped")],
  }),
  defineScenario({
    id: "error/string-error-midway",
    title: 'data: {"error":"boom"} after a delta: the error is a string',
    level: "should",
    tier: 2,
    why: "The message is lost where an object is expected.",
    evidence: ["measured 2026-11-21: openai-python drops the message"],
    answers: stream([...opening("Hello,"), frame({ error: "boom" }), DONE]),
    checks: [expect.noSilentLoss(), expect.message("boom"), expect.textBegins("Hello,")],
  }),
  defineScenario({
    id: "error/inside-frame",
    title: "an error object glued to a frame that was not finished",
    level: "may",
    tier: 2,
    why: "A gateway that writes its error where the stream stands spoils the frame: neither can be read.",
    evidence: ["Wei-Shaw/sub2api#1471"],
    answers: stream([
      ...opening("Hello,"),
      `${delta({ content: " world!" }).slice(0, 90)}{"error":{"message":"upstream died"}}\n\n`,
      DONE,
    ]),
    checks: [expect.noSilentLoss(), expect.textBegins("Hello,")],
  }),
  defineScenario({
    id: "error/ogl-error-object-copied",
    title: "an error object in mid-stream, then OGL's copy of it with choices: [] and usage, then [DONE]",
    level: "must",
    tier: 2,
    why: "OGL makes its usage chunk from the last chunk, even if that was an error: it looks like a normal end.",
    evidence: ["observed on 0.4.1: stream-up-miderror"],
    answers: stream([
      ...opening("Hello,"),
      frame({ error: { object: "error", message: "EngineCore encountered an issue", code: 500 } }),
      `data: {"error": {"object": "error", "message": "EngineCore encountered an issue", "code": 500}, "choices": [], "model": "ok", "usage": ${oglUsage(1, 2)}}\n\n`,
      DONE,
    ]),
    checks: [expect.error(), expect.message("EngineCore encountered an issue"), expect.textBegins("Hello,")],
  }),
  defineScenario({
    id: "error/next-event-error-detail",
    title: 'event: error with data: {"detail": …} in mid-stream, as later generations of OGL send it',
    level: "should",
    tier: 2,
    why: "The envelope is OGL's, not OpenAI's: who only knows the latter skips it.",
    evidence: ["etalab-ia/OpenGateLLM, main of late 2026, read not run"],
    answers: stream([
      ...opening("Hello,"),
      'event: error\ndata: {"detail": "Model is too busy, please try again later."}\n\n',
    ]),
    checks: [expect.noSilentLoss(), expect.message("Model is too busy"), expect.textBegins("Hello,")],
  }),
  defineScenario({
    id: "error/ogl-u2028-cut",
    title: "an event that OGL cut in two at a U+2028: two halves that are no JSON",
    level: "should",
    tier: 2,
    why: "OGL loses the character; a client that skips the halves loses the words around it too, in silence.",
    evidence: ["observed on 0.4.1: stream-up-u2028"],
    answers: stream([
      ...opening("Hello,"),
      ...cutInTwo(delta({ content: " a\u2028b" })),
      ...opening(" world!").slice(1),
      delta({}, "stop"),
      DONE,
    ]),
    checks: [expect.noSilentLoss()],
  }),
];

/** The event as OGL relays it: cut at U+2028, which is lost, with a blank line after each half. */
function cutInTwo(event: string): string[] {
  return event
    .trimEnd()
    .split("\u2028")
    .map((half) => `${half}\n\n`);
}
