/** Files and tables that are made of the table of options. Pure functions: `scripts/options.ts` writes what they give. */
import type { OptionCommand, OptionKind, OptionSpec } from "../../src/config/options/spec.ts";
import { REPLY_RULE_SCHEMA } from "../../src/mock/replies/rules/schema.ts";
import { flagOf, OPTIONS, optionsOf, sectionOptions } from "../../src/config/table.ts";

type Section = "mock" | "record";

const BESIDE = "Relative to the folder of the configuration file.";

/** TypeScript of a value in the configuration file, by kind. */
const CONFIG_TYPES: Record<OptionKind, string> = {
  amount: "number",
  choice: "string",
  file: "string",
  files: "readonly string[]",
  function: "never",
  pairs: "Readonly<Record<string, string>>",
  part: "number",
  port: "number",
  rate: "number",
  replies: "never",
  seconds: "number",
  seed: "number",
  speed: "number | string",
  switch: "boolean",
  text: "string",
  texts: "readonly string[]",
};

const isPath = ({ kind }: OptionSpec): boolean => kind === "file" || kind === "files";

function sentences(option: OptionSpec): string {
  return isPath(option) ? `${option.about} ${BESIDE}` : option.about;
}

function defaultWords(option: OptionSpec): string | undefined {
  return option.default === undefined ? option.defaultText : JSON.stringify(option.default);
}

/** The interface of a section of the configuration file. */
function sectionInterface(name: string, about: string, options: readonly OptionSpec[]): string {
  const members = options.map((option) => {
    const words = defaultWords(option);
    const comment = `${sentences(option)}${words === undefined ? "" : ` @default ${words}`}`;
    return `  /** ${comment} */\n  readonly ${option.name}?: ${option.type ?? CONFIG_TYPES[option.kind]};`;
  });
  return `/** ${about} */\nexport interface ${name} {\n${members.join("\n")}\n}\n`;
}

/** The interface of the values that a command's flags have once they are parsed. */
function flagInterface(name: string, about: string, options: readonly OptionSpec[], base = ""): string {
  const members = options.map((option) => {
    const always = option.negated === true || (option.default !== undefined && option.kind !== "switch");
    const type = option.kind === "speed" ? "number" : (option.type ?? CONFIG_TYPES[option.kind]);
    return `  readonly ${option.name}${always ? "" : "?"}: ${type};`;
  });
  return `/** ${about} */\nexport interface ${name}${base} {\n${members.join("\n")}\n}\n`;
}

/** The text of `src/config/types.ts`. */
export function typesFile(options: readonly OptionSpec[] = OPTIONS): string {
  const inSection = (section: Section): OptionSpec[] =>
    options.filter((option) => option.section === section);
  const takes = (option: OptionSpec, command: OptionCommand): boolean => option.commands.includes(command);
  const shared = options.filter((option) => takes(option, "mock") && takes(option, "gate"));
  const own = (command: OptionCommand): OptionSpec[] =>
    options.filter((option) => takes(option, command) && !shared.includes(option));
  const inConfig = options.filter(({ commands, section }) => commands.length === 0 && section === "mock");
  return `// Made by npm run options of src/config/options: edit that.
import type { SanitizeConfig } from "../cassette/index.ts";
import type { MockOptions } from "../mock/index.ts";
import type { RecordMode, RecorderOptions } from "../recorder/index.ts";

/** The content of \`gatetape.config.mts\`. A flag of the command line wins over it. */
export interface Config {
  /** The address of the JSON Schema in a \`.json\` file, for editors. */
  readonly $schema?: string;
  /** Settings of \`gatetape mock\`. */
  readonly mock?: MockConfig;
  /** Settings of \`gatetape record\`. */
  readonly record?: RecordConfig;
  /** Secrets to replace by pseudonyms on the way to disk, beside those that gatetape knows. */
  readonly sanitize?: SanitizeConfig;
}

${sectionInterface("MockConfig", "Settings of `gatetape mock`.", inSection("mock"))}
${sectionInterface("RecordConfig", "Settings of `gatetape record`.", inSection("record"))}
${flagInterface("ServingFlags", "Parsed flags of every command that serves a mock.", [...shared, ...inConfig])}
${flagInterface("MockFlags", "Parsed flags of `gatetape mock`.", own("mock"), " extends ServingFlags")}
${flagInterface("RecordFlags", "Parsed flags of `gatetape record`.", own("record"))}
${flagInterface("GatewayFlags", "Parsed flags of `gatetape gate` about a live gateway and its own journal.", own("gate"))}
${flagInterface("DriftFlags", "Parsed flags of `gatetape drift`.", own("drift"))}
${flagInterface("ProvisionFlags", "Parsed flags of `gatetape provision`.", own("provision"))}`;
}

const TEXT = { type: "string", minLength: 1 };

/** JSON Schema of a value in the configuration file. */
function valueSchema({ kind, choices }: OptionSpec): object {
  switch (kind) {
    case "amount":
      return { type: "number", minimum: 0 };
    case "choice":
      return { enum: choices ?? [] };
    case "files":
    case "texts":
      return { type: "array", items: TEXT };
    case "function":
      return {};
    case "pairs":
      return { type: "object", additionalProperties: TEXT };
    case "part":
      return { type: "number", minimum: 0, maximum: 1 };
    case "port":
      return { type: "integer", minimum: 0, maximum: 65_535 };
    case "rate":
      return { type: "number", exclusiveMinimum: 0 };
    case "replies":
      return { type: "array", items: REPLY_RULE_SCHEMA };
    case "seconds":
      return { type: "number", minimum: 0, maximum: 86_400 };
    case "seed":
      return { type: "integer", minimum: 0 };
    case "speed":
      return {
        type: ["number", "string"],
        exclusiveMinimum: 0,
        pattern: "^(original|instant|(?!0+(\\.0+)?x)[0-9]+(\\.[0-9]+)?x)$",
      };
    case "switch":
      return { type: "boolean" };
    default:
      return TEXT;
  }
}

function sectionSchema(about: string, options: readonly OptionSpec[]): object {
  const properties = options.map((option) => [
    option.name,
    {
      description: sentences(option).replaceAll("`", ""),
      ...valueSchema(option),
      ...(option.default === undefined ? {} : { default: option.default }),
    },
  ]);
  return {
    description: about,
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(properties) as object,
  };
}

/** The JSON Schema of the configuration file; its section `sanitize` is handed in as it stands. */
export function configSchema(sanitize: unknown, options: readonly OptionSpec[] = OPTIONS): object {
  const inSection = (section: Section): OptionSpec[] =>
    options.filter((option) => option.section === section);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:gatetape:config",
    title: "gatetape.config.json",
    description: "Configuration of gatetape. A flag of the command line wins over it.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { description: "The address of this schema, for editors.", type: "string" },
      mock: sectionSchema("Settings of gatetape mock.", inSection("mock")),
      record: sectionSchema("Settings of gatetape record.", inSection("record")),
      sanitize,
    },
  };
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** A table of the members of a section, in Markdown. */
export function memberTable(
  section: Section,
  options: readonly OptionSpec[] = sectionOptions(section),
): string {
  const rows = options.map((option) => {
    const words = defaultWords(option);
    const shown = words === undefined ? "" : option.default === undefined ? words : `\`${words}\``;
    return `| \`${option.name}\` | ${shown} | ${cell(sentences(option))} |`;
  });
  return [`| member of \`${section}\` | default | meaning |`, "|---|---|---|", ...rows].join("\n");
}

/** A table of the flags of a command, in Markdown. */
export function flagTable(
  command: OptionCommand,
  options: readonly OptionSpec[] = optionsOf(command),
): string {
  const rows = options.map((option) => {
    const { short, value, about } = option;
    const flag = `${short === undefined ? "" : `${short}, `}${flagOf(option)}${value === undefined ? "" : ` <${value}>`}`;
    const again = ["files", "pairs", "texts"].includes(option.kind) ? " May be repeated." : "";
    const words = option.kind === "switch" ? undefined : defaultWords(option);
    return `| \`${flag}\` | ${cell(about)}${again}${words === undefined ? "" : ` Default: ${words}.`} |`;
  });
  return [`| flag of \`gatetape ${command}\` | meaning |`, "|---|---|", ...rows].join("\n");
}

/** Markdown tables by the name of their mark: `<!-- options: flags mock -->` … `<!-- end of options -->`. */
const TABLES: Readonly<Record<string, () => string>> = {
  "members mock": () => memberTable("mock"),
  "members record": () => memberTable("record"),
  "flags mock": () => flagTable("mock"),
  "flags record": () => flagTable("record"),
  "flags drift": () => flagTable("drift"),
  "flags provision": () => flagTable("provision"),
};

/** A page with its tables of options made anew. @throws if it has a mark without a table */
export function withTables(page: string): string {
  return page.replaceAll(
    /(<!-- options: ([\w ]+) -->\n)[^]*?(\n<!-- end of options -->)/g,
    (_, begin: string, name: string, end: string) => {
      const table = TABLES[name];
      if (table === undefined) throw new Error(`there is no table ${JSON.stringify(name)}`);
      return begin + table() + end;
    },
  );
}
