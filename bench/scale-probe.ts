/** Loads a folder of cassettes with the sources of a checkout, and prints what that cost: `node bench/scale-probe.ts SOURCES FOLDER`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { loadLibrary as LoadLibrary } from "../src/cassette/index.ts";
import { SCALE_CASES } from "./scale-cases.ts";

const HITS = 1000;
const FEW = 5;

const [sources = ".", folder = "."] = process.argv.slice(2);
const { loadLibrary } = (await import(pathToFileURL(join(sources, "src/cassette/index.ts")).href)) as {
  readonly loadLibrary: typeof LoadLibrary;
};

/** CPU time of the thread for one of some calls, in ms. */
function cpuOf(times: number, call: () => unknown): number {
  const before = process.threadCpuUsage();
  for (let i = 0; i < times; i++) call();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / times;
}

// Validators are compiled for the first cassette: that is no matter of its size.
const small = mkdtempSync(join(tmpdir(), "gatetape-bench-scale-small-"));
writeFileSync(join(small, "a.cassette.json"), SCALE_CASES[0]?.cassette() ?? "");
loadLibrary({ ogl: "0.4.5", paths: [small] });
rmSync(small, { recursive: true });

const before = process.threadCpuUsage();
const library = loadLibrary({ ogl: "0.4.5", paths: [folder] });
const { user, system } = process.threadCpuUsage(before);
const { request } = library.entries.at(-1) ?? {};
if (request === undefined) throw new Error(`${folder} has no interaction`);
const other = { ...request, json: { ...(request.json as object), model: "other" } };
const find = (one: typeof request): unknown => library.find({ ...one }, ({ members }) => members[0]);
for (let i = 0; i < FEW; i++) find(request);
process.stdout.write(
  JSON.stringify({
    load: (user + system) / 1000,
    hit: cpuOf(HITS, () => find(request)),
    miss: cpuOf(HITS, () => find(other)),
    nearest: cpuOf(FEW, () => library.nearest({ ...other })),
    rss: process.memoryUsage().rss / 2 ** 20,
  }),
);
