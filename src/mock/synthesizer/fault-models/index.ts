/** Fault models: upstreams that misbehave for every request, described as data. */
export { type BareUpstream, bareUpstream } from "./bare.ts";
export { faultModels, isFaultModel, misbehave, worldModel } from "./misbehave.ts";
