/** One table of options: what is made of it is as committed, and one more option shows up everywhere. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { expect, it } from "vitest";
import {
  configSchema,
  flagTable,
  memberTable,
  typesFile,
  withTables,
} from "../../scripts/options/generate.ts";
import { addOptions } from "../../src/config/flags.ts";
import type { OptionSpec } from "../../src/config/options/spec.ts";
import { OPTIONS, optionsOf } from "../../src/config/table.ts";
import { RECORD_MODES } from "../../src/recorder/model/types.ts";

const SCHEMA = "src/config/config.schema.json";
const schema = JSON.parse(readFileSync(SCHEMA, "utf8")) as { properties: { sanitize: unknown } };

it("the JSON Schema is that of the table; npm run options writes it", () => {
  expect(schema).toEqual(configSchema(schema.properties.sanitize));
});

it("the types are those of the table; npm run options writes them", () => {
  const made = execFileSync("node_modules/.bin/oxfmt", ["--stdin-filepath=src/config/types.ts"], {
    input: typesFile(),
    encoding: "utf8",
  });
  expect(readFileSync("src/config/types.ts", "utf8")).toBe(made);
});

it.each(["docs/config.md", "docs/mock.md", "docs/record.md"])(
  "the tables of %s are those of the table",
  (page) => {
    const text = readFileSync(page, "utf8");
    expect(text).toContain("<!-- options: ");
    expect(withTables(text)).toBe(text);
  },
);

it("record knows the modes of the recorder", () => {
  expect(optionsOf("record").find(({ name }) => name === "mode")?.choices).toEqual(RECORD_MODES);
});

it("no command has two options of one name, no section two members", () => {
  for (const command of ["mock", "record", "gate"] as const) {
    const names = optionsOf(command).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

it("one more option is a type, a member of the schema, a flag, and a row of the docs", () => {
  const one: OptionSpec = {
    name: "maxBody",
    kind: "amount",
    about: "Largest body of a request, in bytes.",
    commands: ["mock"],
    section: "mock",
    value: "bytes",
    default: 16,
  };
  expect(typesFile([...OPTIONS, one])).toContain(
    "/** Largest body of a request, in bytes. @default 16 */\n  readonly maxBody?: number;",
  );
  expect(configSchema({}, [...OPTIONS, one])).toMatchObject({
    properties: {
      mock: {
        properties: {
          maxBody: { description: "Largest body of a request, in bytes.", type: "number", default: 16 },
        },
      },
    },
  });
  const command = addOptions(new Command("mock"), "mock", [one]);
  expect(command.helpInformation()).toMatch(
    /--max-body <bytes> +largest body of a request, in bytes \(default:\s+16\)/,
  );
  expect(command.parse(["--max-body", "20"], { from: "user" }).opts()).toEqual({ maxBody: 20 });
  expect(memberTable("mock", [one])).toContain("| `maxBody` | `16` | Largest body of a request, in bytes. |");
  expect(flagTable("mock", [one])).toContain(
    "| `--max-body <bytes>` | Largest body of a request, in bytes. Default: 16. |",
  );
});
