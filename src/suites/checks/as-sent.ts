/** Checks of a live server's answer: the client gives what was sent, whatever that was. */
import { type Check, type RunTrace, lastOutcome } from "../model/index.ts";
import { modelId, models, text, textBegins, toolCalls, usageSent, vectors } from "./content.ts";
import { message, status, textOrError } from "./errors.ts";
import { finishReasonSent } from "./finish.ts";
import { type SentAnswer, sentAnswer } from "./sent.ts";

/** Makes a check of the answer when it is known. @returns the scenario's own check where the answer says nothing of its subject */
type Make = (sent: SentAnswer, own: Check) => Check;

/**
 * Makes the check that takes the place of a scenario's, by its id, where a live server answers: it expects what was sent. A check
 * that is not named here holds whatever the answer is.
 */
export function asSent(check: Check): Check {
  const make = MADE[check.id];
  if (make === undefined) return check;
  return {
    ...check,
    says: `${SAYS[check.id] ?? check.says}, as the server sent it`,
    test: (trace: RunTrace) =>
      lastOutcome(trace) === undefined ? null : make(sentAnswer(trace), check).test(trace),
  };
}

const MADE: Readonly<Record<string, Make>> = {
  text: ({ text: sent }) => text(sent),
  "text-or-error": ({ text: sent }) => textOrError(sent),
  "partial-text": ({ text: sent }) => textBegins(sent),
  "tool-calls": ({ toolCalls: sent }) => toolCalls(sent),
  usage: () => usageSent(),
  embeddings: ({ vectors: sent }) => vectors(sent),
  models: ({ models: sent }) => models(sent),
  "finish-reason": () => finishReasonSent(),
  model: ({ model }, own) => (model === undefined ? own : modelId(model)),
  message: ({ message: sent }, own) => (sent === undefined ? own : message(sent)),
  status: ({ status: sent }) => status(sent),
};

const SAYS: Readonly<Record<string, string>> = {
  text: "gives exactly the text",
  "text-or-error": "gives exactly the text or raises an error",
  "tool-calls": "gives the tool calls",
  usage: "gives the usage",
  "finish-reason": "gives the finish reason",
  embeddings: "gives the vectors",
  models: "lists the models",
  model: "gives the model",
  message: "the error says what the server says",
  status: "the error has the status",
};
