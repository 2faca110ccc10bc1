import { lazyPackage } from "./lazy.ts";

/** GPT-2's byte pair encoding, by which OGL counts tokens whatever the model. */
export interface Vocabulary {
  countTokens(text: string): number;
  /** @param options special tokens that the text must not name; without it there are some */
  encode(text: string, options: { readonly disallowedSpecial: Set<string> }): readonly number[];
  decode(tokens: readonly number[]): string;
}

/** The vocabulary of GPT-2, of several MB; loaded when first needed. */
export const gpt2: () => Vocabulary = lazyPackage("gpt-tokenizer/encoding/r50k_base");
