/** Tokens of GPT-2, by which OGL counts whatever the model. */
export { type TextToken, countGpt2, tokenizeGpt2 } from "./segments.ts";
