/** Writes what is made of the table of options: types, JSON Schema, tables of the docs. `npm run options`. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { configSchema, typesFile, withTables } from "./options/generate.ts";

const SCHEMA = "src/config/config.schema.json";
const TYPES = "src/config/types.ts";
const PAGES = ["docs/config.md", "docs/live.md", "docs/mock.md", "docs/record.md"];

const { properties } = JSON.parse(readFileSync(SCHEMA, "utf8")) as { properties: { sanitize: unknown } };
writeFileSync(SCHEMA, `${JSON.stringify(configSchema(properties.sanitize), null, 2)}\n`);
writeFileSync(TYPES, typesFile());
for (const page of PAGES) writeFileSync(page, withTables(readFileSync(page, "utf8")));
execFileSync("node_modules/.bin/oxfmt", [SCHEMA, TYPES]);
