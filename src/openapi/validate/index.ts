/** Ajv validators made of a document, and the findings that they give. */
export { type Finding } from "./findings.ts";
export { Spec, specOf } from "./validators.ts";
