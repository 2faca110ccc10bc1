import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { knownTexts } from "../../../src/util/files/known-texts.ts";
import { temporaryFolder } from "../../support/tmp.ts";

const folder = temporaryFolder("known-texts");
const at = (name: string): { XDG_CACHE_HOME: string } => ({ XDG_CACHE_HOME: join(folder, name) });

describe("texts that are known", () => {
  it("are those that were added under the same checks", () => {
    const known = knownTexts("version 1", at("plain"));
    expect(known.has("a")).toBe(false);
    known.add("a");
    expect(knownTexts("version 1", at("plain")).has("a")).toBe(true);
    expect(known.has("b")).toBe(false);
    expect(knownTexts("version 2", at("plain")).has("a")).toBe(false);
  });

  it("are kept in a folder of the user's alone, and only as hashes", () => {
    const validated = join(folder, "plain/gatetape/validated");
    expect(statSync(validated).mode & 0o777).toBe(0o700);
    const [name = ""] = readdirSync(validated);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(validated, name)).size).toBe(0);
  });

  it("are none where others can write", () => {
    const known = knownTexts("version 1", at("open"));
    known.add("a");
    chmodSync(join(folder, "open/gatetape/validated"), 0o777);
    expect(known.has("a")).toBe(false);
    known.add("b");
    expect(readdirSync(join(folder, "open/gatetape/validated"))).toHaveLength(1);
  });

  it("are none where nothing can be written", () => {
    mkdirSync(join(folder, "file"));
    writeFileSync(join(folder, "file/gatetape"), "");
    const known = knownTexts("version 1", at("file"));
    known.add("a");
    expect(known.has("a")).toBe(false);
  });
});
