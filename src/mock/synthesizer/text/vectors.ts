import { TwoGenerations } from "../../../util/index.ts";
import { keywordsOf } from "./keywords.ts";

/** Feature of texts without words, so that they are near to each other. */
const NOTHING = "nothing";
/** Weights of features; stopwords (`other`) count less. */
const WEIGHT = { keyword: 1, other: 0.15, part: 0.2, token: 1 } as const;
/** Maximum length (characters) that counts for the vector of a text. */
const MAX_TEXT = 50_000;

/**
 * Computes the vector of a text or a list of tokens. Each word, and each run of three letters in it, adds a direction, so
 * texts with more common words are nearer, and `capital` is near to `capitals`. The length is 1. Only additions,
 * multiplications and square roots are used, so the result is the same on every machine.
 */
export function embedText(input: string | readonly number[], dimension: number): Float64Array {
  const sum = new Float64Array(dimension);
  for (const [feature, weight] of featuresOf(input)) {
    const direction = directionOf(feature, dimension);
    for (let i = 0; i < dimension; i++) sum[i] = (sum[i] as number) + weight * (direction[i] as number);
  }
  return toUnit(sum);
}

/** First `dimension` members of a vector, scaled to length 1. */
export function shortened(vector: Float64Array, dimension: number): Float64Array {
  return dimension < vector.length ? toUnit(vector.slice(0, dimension)) : vector;
}

/** Scales a vector to length 1. */
export function toUnit(vector: Float64Array): Float64Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function featuresOf(input: string | readonly number[]): Map<string, number> {
  const features = new Map<string, number>();
  const add = (feature: string, weight: number): void => {
    features.set(feature, (features.get(feature) ?? 0) + weight);
  };
  if (typeof input !== "string") for (const token of input) add(`token ${token}`, WEIGHT.token);
  else {
    const text = input.slice(0, MAX_TEXT);
    const keywords = new Set(keywordsOf(text).map(folded));
    for (const [word] of folded(text).matchAll(/[\p{L}\p{N}]+/gu)) {
      const isKeyword = keywords.has(word);
      add(singularWord(word), isKeyword ? WEIGHT.keyword : WEIGHT.other);
      if (isKeyword && word.length > 3)
        for (let i = 0; i + 3 <= word.length; i++) add(`part ${word.slice(i, i + 3)}`, WEIGHT.part);
    }
  }
  if (features.size === 0) add(NOTHING, 1);
  return features;
}

function singularWord(word: string): string {
  return word.length > 3 ? word.replace(/(?<!s)[sx]$/, "") : word;
}

/** Lower-case text without accents. */
export function folded(text: string): string {
  return text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");
}

const directions = new TwoGenerations<string, Float32Array>(1000);

/** Pseudo-random numbers from -1 to 1, seeded by a hash of the feature (FNV-1a, then xorshift32). */
function directionOf(feature: string, dimension: number): Float32Array {
  const key = `${dimension} ${feature}`;
  const known = directions.get(key);
  if (known !== undefined) return known;
  const made = makeDirection(feature, dimension);
  directions.set(key, made);
  return made;
}

function makeDirection(feature: string, dimension: number): Float32Array {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(feature)) state = Math.imul(state ^ byte, 0x01000193);
  state = mixed(state) || 1;
  const direction = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    direction[i] = state / 2 ** 31;
  }
  return direction;
}

/** Mixes a hash: a difference in a few bits spreads over all bits. */
function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
