/** Fault models: upstreams that misbehave for every request, described as data. */
export { faultModels, isFaultModel, misbehave, worldModel } from "./misbehave.ts";
