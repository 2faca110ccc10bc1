import {
  DRIFT,
  GATE,
  MOCK,
  type OptionCommand,
  type OptionSpec,
  PROVISION,
  RECORD,
  SERVING,
} from "./options/index.ts";

/**
 * Every option of `mock`, `record`, `gate`, `drift` and `provision`. Types, JSON Schema, flags and the tables of the docs are made of it:
 * `npm run options` writes those that are files.
 */
export const OPTIONS: readonly OptionSpec[] = [
  ...MOCK,
  ...SERVING,
  ...RECORD,
  ...GATE,
  ...DRIFT,
  ...PROVISION,
];

/** The options of a command, in the order of its help. */
export function optionsOf(command: OptionCommand): readonly OptionSpec[] {
  return OPTIONS.filter(({ commands }) => commands.includes(command));
}

/** The options of a section of the configuration file. */
export function sectionOptions(section: "mock" | "record"): readonly OptionSpec[] {
  return OPTIONS.filter((option) => option.section === section);
}

/** The flag as it is typed: `--upstream-key-env`, `--no-h11`. */
export function flagOf({ name, negated }: OptionSpec): string {
  return `--${negated === true ? "no-" : ""}${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
