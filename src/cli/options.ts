import { InvalidArgumentError } from "commander";

/** `original`, `instant`, or a factor like `4x`. */
export function parseSpeed(text: string): number {
  if (text === "original") return 1;
  if (text === "instant") return Infinity;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (!(factor > 0)) throw new InvalidArgumentError("Use original, instant, or a factor like 4x.");
  return factor;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || seconds > 86_400)
    throw new InvalidArgumentError("Seconds are a number from 0 to 86400.");
  return seconds;
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError("A seed is a whole number from 0.");
  return seed;
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
