/** A new generation of OGL is one id and one entry in each table that src/ogl/versions.ts names. */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generationOf } from "../../src/ogl/versions.ts";
import { OGL_VERSIONS, PINNED_VERSIONS } from "../../src/openapi/document/versions.ts";
import { code } from "../support/source-text.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const RECIPE = "src/ogl/versions.ts";
const sources = new Map(
  readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [`src/${name}`, readFileSync(`${root}src/${name}`, "utf8")]),
);

const VERSION = `["'](?:\\d+\\.\\d+\\.\\d+|next)["']`;
const COMPARED = new RegExp(
  `[=!]==?\\s*${VERSION}|${VERSION}\\s*[=!]==?|\\bcase\\s+${VERSION}|\\.(?:includes|has|startsWith|indexOf|test)\\(\\s*${VERSION}`,
);
/** A table with an entry a generation: `const NAME: Readonly<Record<OglVersion, …>>`. */
const TABLE = /\bconst (\w+): Readonly<Record<(?:Ogl|Pinned)Version,/g;

describe("versions of OGL", () => {
  it("are compared nowhere in src", () => {
    const found = [...sources].flatMap(([file, source]) =>
      code(source, { strings: true })
        .split("\n")
        .flatMap((line, i) => (COMPARED.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });

  it.each([
    'if (ogl === "0.4.1") {}',
    'ogl !== "next" ? 1 : 2',
    '"0.5.0" === ogl',
    'switch (ogl) { case "next": }',
    'rule.ogl.includes("0.4.5")',
  ])("would be found compared in %s", (source) => {
    expect(COMPARED.test(code(source, { strings: true }))).toBe(true);
  });

  it("have their tables named in the recipe, which names no other", () => {
    const tables = [...sources].flatMap(([file, source]) =>
      [...source.matchAll(TABLE)].map(([, name]) =>
        file === RECIPE ? `${name} in this file` : `${name} in ${file}`,
      ),
    );
    const [recipe = ""] = (sources.get(RECIPE) ?? "").split("*/", 1);
    const named = [...recipe.matchAll(/`([A-Z_]+)` in (?:`(src\/[^`]+)`|(this file))/g)].map(
      ([, name, file, here]) => `${name} in ${file ?? here}`,
    );
    expect(named.toSorted()).toEqual(tables.toSorted());
    expect(named.length).toBeGreaterThan(3);
  });

  it.each([
    ["src/cassette/format/cassette-1.schema.json", PINNED_VERSIONS],
    ["src/ogl/state/world-1.schema.json", OGL_VERSIONS],
  ] as const)("are those of %s", (file, versions) => {
    const enums = [...readFileSync(root + file, "utf8").matchAll(/"enum": (\["\d[^\]]*\])/g)];
    expect(enums.map(([, list = ""]) => JSON.parse(list) as unknown)).toEqual([versions]);
  });

  it("have their OpenAPI and their library", () => {
    expect(readdirSync(`${root}spec`).filter((name) => name.startsWith("openapi-"))).toEqual(
      PINNED_VERSIONS.map((version) => `openapi-${version}.json`),
    );
    const libraries = readdirSync(`${root}cassettes`, { withFileTypes: true });
    expect(libraries.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(
      OGL_VERSIONS.filter((version) => generationOf(version).bundled),
    );
  });
});
