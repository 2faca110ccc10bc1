import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../src/cassette/format/file.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import { bundledLibrary, loadLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { PINNED_VERSIONS } from "../../src/openapi/document/versions.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";
import { readFileSync } from "node:fs";

describe("the bundled library", () => {
  it("is what scripts/build-library.ts makes of the captures; npm run library writes it", () => {
    const output = execFileSync(process.execPath, ["scripts/build-library.ts", "--check"], {
      encoding: "utf8",
    });
    expect(output).toMatch(/^\d+ files, 0 differ$/m);
  });

  it.each(PINNED_VERSIONS)(
    "of %s passes every check of the loader, is canonical, and is listed as validated",
    (ogl) => {
      const listed = JSON.parse(readFileSync("cassettes/validated.json", "utf8")) as Record<string, string>;
      const { files } = loadLibrary({ ogl, paths: [bundledLibrary(ogl)] });
      for (const file of files) {
        const text = readFileSync(file, "utf8");
        const { cassette, staleWaivers } = loadCassette(file); // in full, not as a file known to be valid
        expect(printCassette(cassette)).toBe(text);
        expect(staleWaivers).toEqual([]);
        expect(Object.values(listed)).toContain(hashOf(Buffer.from(text)));
      }
    },
  );

  it.each(PINNED_VERSIONS)("of %s answers the operations that it is there for", (ogl) => {
    const { entries } = loadLibrary({ ogl, paths: [bundledLibrary(ogl)] });
    const operations = new Set(entries.map((entry) => entry.operation));
    const wanted = ["GET /health", "GET /metrics", "POST /v1/rerank"];
    if (ogl === "0.4.5") wanted.push("GET /health/models");
    for (const id of ["models.list", "models.get", "embeddings.create", "chat.create", "chat.stream"])
      expect(operations).toContain(id);
    for (const route of wanted) {
      const [method = "", path = ""] = route.split(" ");
      expect(operations).toContain(specOf(ogl).operations.find(method, path)?.operation.id);
    }
  });

  it("calls recorded only what a real server of that very version sent", () => {
    for (const ogl of PINNED_VERSIONS) {
      const origins = new Set(
        loadLibrary({ ogl, paths: [bundledLibrary(ogl)] }).entries.map((entry) => entry.origin),
      );
      expect([...origins].toSorted()).toEqual(
        ogl === "0.4.1" ? ["recorded", "written"] : ["derived", "written"],
      );
    }
  });
});
