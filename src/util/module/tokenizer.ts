import { lazyPackage } from "./lazy.ts";

/** GPT-2's byte pair encoding, by which OGL counts tokens whatever the model. */
type Vocabulary = Pick<
  typeof import("gpt-tokenizer/encoding/r50k_base"),
  "countTokens" | "encode" | "decode"
>;

/** The vocabulary of GPT-2, of several MB; loaded when first needed. */
export const gpt2: () => Vocabulary = lazyPackage("gpt-tokenizer/encoding/r50k_base");
