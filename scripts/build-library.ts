/**
 * Makes the bundled library in cassettes/ from the captures of a real OGL 0.4.1, and what is written by hand.
 * `node scripts/build-library.ts` writes it, `--check` only says whether it is what would be written (exit code 1 if not).
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { waiveAll } from "../src/cassette/format/check.ts";
import { hashOf } from "../src/cassette/format/file.ts";
import { printCassette } from "../src/cassette/format/print.ts";
import { CASSETTE_SUFFIX, type Cassette } from "../src/cassette/format/types.ts";
import { loadCassette } from "../src/cassette/library/load.ts";
import { deriveTo045 } from "./library/derive-0.4.5.ts";
import { patchedCassette, recordedCassettes } from "./library/recorded.ts";
import { base64Cassette, healthModelsCassette, writtenCassettes } from "./library/written.ts";

const folder = fileURLToPath(new URL("../cassettes/", import.meta.url));

const files = await libraryFiles();
const differing = [...files]
  .filter(([name, text]) => read(join(folder, name)) !== text)
  .map(([name]) => name);
const surplus = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
  .filter((name) => !files.has(name) && name !== "README.md");

if (process.argv.includes("--check")) {
  for (const name of [...differing, ...surplus])
    console.log(`cassettes/${name} is not what scripts/build-library.ts makes`);
  console.log(`${files.size} files, ${differing.length + surplus.length} differ`);
  process.exitCode = differing.length + surplus.length > 0 ? 1 : 0;
} else {
  for (const name of surplus) rmSync(join(folder, name));
  for (const [name, text] of files) write(join(folder, name), text);
  console.log(`${files.size} files, ${differing.length} changed, ${surplus.length} removed`);
}

/** Every file of the library by its path in cassettes/, validated in full. */
async function libraryFiles(): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const add = (ogl: string, name: string, cassette: Cassette): void =>
    void made.set(`${ogl}/${name}${CASSETTE_SUFFIX}`, printCassette(cassette));
  for (const [name, cassette] of await recordedCassettes()) {
    add("0.4.1", name, cassette);
    add("0.4.5", name, derived(name, cassette));
  }
  add("0.4.5", "embeddings-encoding-format", await patchedCassette());
  for (const [name, cassette] of writtenCassettes()) {
    add("0.4.1", name, cassette);
    add("0.4.5", name, {
      ...cassette,
      about: { ...cassette.about, ogl: "0.4.5" },
      interactions: cassette.interactions.map(deriveTo045),
    });
  }
  add("0.4.5", "written-embeddings-base64", base64Cassette());
  add("0.4.5", "written-health-models", healthModelsCassette());
  made.set("validated.json", `${JSON.stringify(validated(made), null, 2)}\n`);
  return made;
}

function derived(name: string, cassette: Cassette): Cassette {
  const about = {
    ...cassette.about,
    origin: "derived",
    ogl: "0.4.5",
    derivedBy: `deriveTo045 (scripts/library/derive-0.4.5.ts) of cassettes/0.4.1/${name}${CASSETTE_SUFFIX}`,
  } as const;
  return {
    ...cassette,
    about,
    interactions: cassette.interactions.map(
      (interaction) => waiveAll(deriveTo045(interaction), about, "derived").interaction,
    ),
  };
}

/** The hash of each file, after all that the loader checks has been checked. */
function validated(made: ReadonlyMap<string, string>): Record<string, string> {
  const temporary = mkdtempSync(join(tmpdir(), "gatetape-library-"));
  try {
    return Object.fromEntries(
      [...made].map(([name, text]) => {
        const file = join(temporary, name);
        write(file, text);
        loadCassette(file);
        return [name, hashOf(Buffer.from(text))];
      }),
    );
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
