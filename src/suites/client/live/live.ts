import { asSent } from "../../checks/index.ts";
import type { Call, Scenario } from "../../model/index.ts";
import { LIVE_FORMS } from "./forms.ts";
import { ANSWER_MS, type LiveGateway } from "./gateway.ts";

/** Reason for a verdict where a live gateway does not show what a scenario is about. */
const NEEDS_SCRIPT = "it needs a server that follows a script; leave --upstream out to judge it";

/** Question whose answer has enough events for a fault in its middle, and few tokens. */
const LONG_QUESTION = {
  messages: [{ role: "user", content: "Count from one to twenty in words, in one line." }],
  max_tokens: 64,
};

/** Makes the form of a scenario in which the live gateway answers. @returns a reason in words if there is none */
export function liveForm(scenario: Scenario, gateway: LiveGateway): Scenario | string {
  const form = LIVE_FORMS[scenario.id];
  if (form === undefined) return NEEDS_SCRIPT;
  const calls = scenario.calls.map((call) => liveCall(call, gateway, form.params ?? {}));
  if (calls.some(({ params, operation }) => operation !== "models.list" && params["model"] === undefined))
    return "the gateway lists no model for it; name one with --model or --embedding-model";
  return {
    ...scenario,
    calls,
    checks: scenario.checks.map(asSent),
    live: { after: form.scripted ?? 0, answer: (request, path) => gateway.answer(request, path, form) },
    deadlineMs: scenario.deadlineMs + ANSWER_MS,
  };
}

function liveCall(call: Call, { chat, embedding }: LiveGateway, params: Call["params"]): Call {
  const { model: _, ...given } = call.params;
  const model = call.operation === "embeddings.create" ? embedding : chat;
  const isChat = call.operation.startsWith("chat.");
  // The question of a scenario about tools belongs to them.
  const question = isChat && !("tools" in given) ? LONG_QUESTION : {};
  return {
    ...call,
    params:
      call.operation === "models.list"
        ? call.params
        : { ...given, ...(model === undefined ? {} : { model }), ...question, ...params },
  };
}
