/** Fault models: upstreams that misbehave for every request, described as data. */
export { bareUpstream } from "./bare.ts";
export { faultModels, isFaultModel, misbehave, worldModel } from "./misbehave.ts";
