import { type Command, InvalidArgumentError, Option } from "commander";
import type { OptionCommand, OptionKind, OptionSpec } from "./options/index.ts";
import { flagOf, optionsOf } from "./table.ts";

/** Adds the flags of a command to it, in the table's order. */
export function addOptions(
  command: Command,
  name: OptionCommand,
  options: readonly OptionSpec[] = optionsOf(name),
): Command {
  for (const option of options) command.addOption(commanderOption(option));
  return command;
}

function commanderOption(spec: OptionSpec): Option {
  const { short, value, kind, choices, defaultText } = spec;
  const flags = `${short === undefined ? "" : `${short}, `}${flagOf(spec)}${value === undefined ? "" : ` <${value}>`}`;
  const option = new Option(flags, helpText(spec));
  // commander makes the default of --no-NAME true, and that of a switch undefined.
  if (spec.default !== undefined && kind !== "switch") option.default(spec.default);
  if (choices !== undefined) option.choices([...choices]);
  const parse = PARSERS[kind];
  if (parse !== undefined) option.argParser<unknown>((text, before) => parse(text, before as never));
  if (defaultText !== undefined) option.description += ` (default: ${defaultText})`;
  return option;
}

/** The sentence of an option as help has it: without Markdown, its first letter small, its full stop gone. */
function helpText({ about, kind }: OptionSpec): string {
  const plain = about.replaceAll("`", "").replace(/\.$/, "");
  const small = /^[A-Z][a-z]/.test(plain) ? plain.slice(0, 1).toLowerCase() + plain.slice(1) : plain;
  return kind === "files" || kind === "texts" || kind === "pairs" ? `${small}; may be repeated` : small;
}

type Parse = (text: string, before?: never) => unknown;

/** Parsers of flags by kind; the other kinds are taken as they are. */
const PARSERS: Partial<Record<OptionKind, Parse>> = {
  amount: parseAmount,
  files: collect,
  pairs: collectPair,
  part: parsePart,
  port: parsePort,
  rate: parseRate,
  seconds: parseSeconds,
  seed: parseSeed,
  speed: parseSpeed,
  texts: collect,
};

/** `original`, `instant`, or a factor like `4x`. @throws InvalidArgumentError */
export function parseSpeed(text: string): number {
  if (text === "original") return 1;
  if (text === "instant") return Infinity;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (!(factor > 0)) throw new InvalidArgumentError("Use original, instant, or a factor like 4x.");
  return factor;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

function parseAmount(text: string): number {
  const amount = text.trim() === "" ? Number.NaN : Number(text);
  if (!(amount >= 0 && amount < Infinity)) throw new InvalidArgumentError("It is a number from 0 up.");
  return amount;
}

/** A number above 0. @throws InvalidArgumentError */
export function parseRate(text: string): number {
  const rate = parseAmount(text);
  if (rate === 0) throw new InvalidArgumentError("It is a number above 0.");
  return rate;
}

function parsePart(text: string): number {
  const part = parseAmount(text);
  if (part > 1) throw new InvalidArgumentError("It is a number from 0 to 1.");
  return part;
}

/** Seconds of a flag, at most a day. @throws InvalidArgumentError */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || seconds > 86_400)
    throw new InvalidArgumentError("Seconds are a number from 0 to 86400.");
  return seconds;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError("A seed is a whole number from 0.");
  return seed;
}

/** `NAME=VALUE`, added to earlier ones. @throws InvalidArgumentError */
function collectPair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Use NAME=VALUE.");
  return { ...before, [name]: value };
}

/** Collects the values of a flag that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
