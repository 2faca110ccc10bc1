import { InvalidArgumentError } from "commander";

/** Parses `original`, `instant`, or a factor like `4x`. */
export function parseSpeed(text: string): number {
  if (text === "original") return 1;
  if (text === "instant") return Infinity;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (!(factor > 0)) throw new InvalidArgumentError("Use original, instant, or a factor like 4x.");
  return factor;
}

/** Parses a TCP port; 0 stands for a free one. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

/** Parses a number from 0. */
export function parseAmount(text: string): number {
  const amount = text.trim() === "" ? Number.NaN : Number(text);
  if (!(amount >= 0 && amount < Infinity)) throw new InvalidArgumentError("Use a number from 0.");
  return amount;
}

/** Parses a number above 0. */
export function parseRate(text: string): number {
  const rate = parseAmount(text);
  if (rate === 0) throw new InvalidArgumentError("Use a number above 0.");
  return rate;
}

/** Parses a number from 0 to 1. */
export function parsePart(text: string): number {
  const part = parseAmount(text);
  if (part > 1) throw new InvalidArgumentError("Use a number from 0 to 1.");
  return part;
}

/** Parses a time in seconds, up to a day. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || seconds > 86_400)
    throw new InvalidArgumentError("Seconds are a number from 0 to 86400.");
  return seconds;
}

/** Parses a seed of random numbers. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError("A seed is a whole number from 0.");
  return seed;
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
