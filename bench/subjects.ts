import { globSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A server to start: what it is called, and how Node is to be called. */
export interface Subject {
  readonly name: string;
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL("../", import.meta.url));

/** The mock without waits, with one option or more beside the cassettes. */
export function mockWith(program: string, cassettes: string, ...more: readonly string[]): Subject {
  const common = ["--port", "0", "--json", "--quiet", "--no-config", "--keep-alive", "60", "--ogl", "0.4.5"];
  const pace = more.includes("--speed") ? [] : ["--speed", "instant"];
  return {
    name: "gatetape",
    args: [program, "mock", ...common, ...pace, "--cassettes", cassettes, ...more],
  };
}

export function honoWith(answers: string): Subject {
  return { name: "hono", args: [`${root}bench/servers/hono-server.ts`, answers] };
}

/** The mock as users get it; a build older than its sources is told, not made: the bench changes nothing. */
export function builtMock(): string {
  const program = `${root}dist/cli/main.js`;
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) throw new Error("there is no dist/cli/main.js: run `npm run build` first");
  const newest = Math.max(
    ...globSync("src/**/*.{ts,json}", { cwd: root }).map((file) => statSync(`${root}${file}`).mtimeMs),
  );
  if (newest > built)
    process.stderr.write("src/ is newer than dist/: run `npm run build` to measure what is there now\n");
  return program;
}
