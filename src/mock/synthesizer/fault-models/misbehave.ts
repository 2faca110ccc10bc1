import type { Answer } from "../../../exchange/index.ts";
import type { Script } from "../../../http/index.ts";
import { printSpaced } from "../../../util/index.ts";
import type { WorldModel } from "../../../ogl/index.ts";
import { tryFaults } from "../../faults/index.ts";
import { type Reply, type SynthesisRequest, synthesized } from "../base/index.ts";
import { fixedBlocks, streamScript } from "./chunks.ts";
import { inJsonForm, inOneLine, inStreamForm } from "./forms.ts";
import { FAULT_MODELS } from "./models.ts";
import { relayedBody } from "./refusal.ts";
import type { Behaviour, FaultModel, JsonBehaviour, StreamBehaviour } from "./types.ts";

/** Makes an answer that goes well, streamed or not. */
type MakeAnswer = (request: SynthesisRequest, stream: boolean) => Answer;

/** True for the name of a model whose upstream misbehaves. */
export function isFaultModel(name: string): boolean {
  return Object.hasOwn(FAULT_MODELS, name);
}

/** All fault models as a world lists them. */
export function faultModels(): WorldModel[] {
  return Object.keys(FAULT_MODELS).flatMap((name) => worldModel(name) ?? []);
}

/** A fault model as a world lists it; `undefined` for any other name. */
export function worldModel(name: string): WorldModel | undefined {
  const model = faultModel(name);
  return model && { id: name, type: model.type ?? "text-generation", provider_name: providerName(name) };
}

function faultModel(name: string): FaultModel | undefined {
  return Object.hasOwn(FAULT_MODELS, name) ? FAULT_MODELS[name] : undefined;
}

/** The upstream's own name of a fault model (observed on 0.4.1: `die-mid` in the chunks of t-die-mid). */
function providerName(name: string): string {
  return name.replace(/^t-/, "");
}

/**
 * Makes the answer of a model whose upstream misbehaves: an answer that goes well, spoiled as the model's description says.
 *
 * @returns `undefined` for a model that is none of these
 */
export function misbehave(request: SynthesisRequest, stream: boolean, make: MakeAnswer): Answer | undefined {
  const { model } = request;
  const fault = faultModel(model.id);
  if (fault === undefined) return undefined;
  const unnamed = model.provider_name === undefined || model.provider_name === model.id;
  const own = unnamed ? { ...request, model: { ...model, provider_name: providerName(model.id) } } : request;
  const { json, stream: streamed } = fault;
  const made = stream
    ? streamed && behaveInStream(streamed, own, make)
    : json && behaveInJson(json, own, make);
  if (made === undefined) return make(own, stream);
  return { ...made, by: synthesized(`fault model ${model.id}: ${fault.about}`) };
}

function behave(behaviour: Behaviour, request: SynthesisRequest, stream: boolean, make: MakeAnswer): Answer {
  if ("refuses" in behaviour) {
    const script = relayedBody(behaviour.refuses, stream);
    return { script: { ...script, wait: request.pace.ttft ?? 0 }, by: NOBODY };
  }
  if ("says" in behaviour) {
    const reply: Reply = behaviour.says === "echo" ? { content: echoOf(request) } : behaviour.says;
    return make({ ...request, reply }, stream);
  }
  return changed(make(request, stream), (script) => tryFaults(script, behaviour.faults).script);
}

function behaveInJson(behaviour: JsonBehaviour, request: SynthesisRequest, make: MakeAnswer): Answer {
  if (!("form" in behaviour)) return behave(behaviour, request, false, make);
  return changed(make(request, false), (script) => inJsonForm(behaviour.form, script, request));
}

function behaveInStream(behaviour: StreamBehaviour, request: SynthesisRequest, make: MakeAnswer): Answer {
  if ("chunks" in behaviour)
    return changed(make(request, true), ({ wait }) => ({
      ...streamScript(fixedBlocks(request, behaviour.chunks)),
      wait,
    }));
  if (!("form" in behaviour)) return behave(behaviour, request, true, make);
  const { form } = behaviour;
  return form === "plain-json"
    ? changed(make(request, false), (script) => inOneLine(script, request))
    : changed(make(request, true), (script) => inStreamForm(form, script, request));
}

/** Changes an answer. One that the upstream refuses has nothing left to spoil. */
function changed(answer: Answer, change: (script: Script) => Script): Answer {
  const { script } = answer;
  return script.head?.status === 200 ? { ...answer, script: change(script) } : answer;
}

/** Author of an answer whose real one is named by the caller. */
const NOBODY = synthesized("");

function echoOf({ body }: SynthesisRequest): string {
  return printSpaced(body["messages"] ?? null);
}
