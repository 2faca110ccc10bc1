import { FAULT_MODELS } from "./models.ts";
import type { UpstreamRefusal } from "./types.ts";

/** Behaviour of a fault model's upstream itself, without an OGL before it: an answer of its own, or none. */
type BareUpstream = UpstreamRefusal | "closes" | "stalls";

/**
 * The upstream's own behaviour where OGL answers in its place; `undefined` where OGL passes on what the upstream sends.
 * @param stream whether a stream was asked for
 */
export function bareUpstream(name: string, stream: boolean): BareUpstream | undefined {
  const model = Object.hasOwn(FAULT_MODELS, name) ? FAULT_MODELS[name] : undefined;
  const behaviour = stream ? model?.stream : model?.json;
  if (behaviour === undefined) return undefined;
  if ("refuses" in behaviour) return behaviour.refuses;
  if (!("faults" in behaviour)) return undefined;
  const { faults } = behaviour;
  // OGL's timeout stands for an upstream that sends nothing.
  if (faults.startsWith("ogl-busy@start:error=ReadTimeout")) return "stalls";
  if (/^(ogl-busy@start|ogl-unavailable)/.test(faults)) return "closes";
  // OGL fails on an answer that is no JSON, and on a stream without a byte.
  return faults === "ogl-500" ? { status: 200, body: stream ? "" : "hello there" } : undefined;
}
