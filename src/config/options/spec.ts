/** A command that has options of this table. */
export type OptionCommand = "mock" | "record" | "gate" | "drift" | "provision";

/**
 * The kind of a value: how it is written on the command line and in the configuration file.
 *
 * - `file` and `files` are paths, relative to the working directory as flags and to the file's folder in the configuration
 * - `pairs` are names with values, `NAME=VALUE` as flags and an object in the configuration
 * - `speed` is `original`, `instant` or a factor; `part` is a number from 0 to 1; `rate` a number above 0; `amount` from 0 up
 * - `replies` are answers with conditions, in the configuration only
 * - `function` can stand in a configuration module only
 */
export type OptionKind =
  | "amount"
  | "choice"
  | "file"
  | "files"
  | "function"
  | "pairs"
  | "part"
  | "port"
  | "rate"
  | "replies"
  | "seconds"
  | "seed"
  | "speed"
  | "switch"
  | "text"
  | "texts";

/** An option: its flag, its member of the configuration file, its type and its text, each said once. */
export interface OptionSpec {
  /** Name of the member in the configuration file, and of the flag's value: `upstreamKeyEnv` for `--upstream-key-env`. */
  readonly name: string;
  readonly kind: OptionKind;
  /** Sentence for help, schema, types and docs. Markdown. */
  readonly about: string;
  /** The commands whose flag it is. */
  readonly commands: readonly OptionCommand[];
  /** The section of the configuration file that has it; absent: it is a flag alone. */
  readonly section?: "mock" | "record";
  /** The short form of the flag, `-p`. */
  readonly short?: string;
  /** The name of the flag's value in help; absent for switches. */
  readonly value?: string;
  /** The flag is `--no-NAME`: the value is true without it. */
  readonly negated?: boolean;
  readonly choices?: readonly string[];
  /** TypeScript of the value where the kind does not say it. */
  readonly type?: string;
  /** The value without flag and configuration. */
  readonly default?: string | number | boolean | readonly string[];
  /** The default in words, where no single value says it. */
  readonly defaultText?: string;
}
