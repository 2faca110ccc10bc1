/** Writes the map of src into ARCHITECTURE.md. `npm run map`. */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { mapOf, withMap } from "../test/support/map.ts";

const sources = new Map(globSync("src/**/*.ts").map((file) => [file, readFileSync(file, "utf8")]));
const page = "ARCHITECTURE.md";
writeFileSync(page, withMap(readFileSync(page, "utf8"), mapOf(sources)));
