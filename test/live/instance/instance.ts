import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { parse } from "yaml";
import { ready, serve } from "../../support/cli.ts";

/** The OGL under test. */
export interface Instance {
  readonly about: string;
  readonly url: string;
  /** Key of an administrator of a fresh instance, or of a user of a given one. */
  readonly token: string;
  /** URL of the models' upstream as the instance reaches it; absent: the instance is somebody's, and is not written to. */
  readonly modelUrl?: string;
  stop(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, "../../..");
const ADMIN_PASSWORD = "changeme";

/** Finds the instance. @param skip is called with the reason if there is no real one */
export function findInstance(folder: string, skip: (reason: string) => void): Promise<Instance> {
  const file = join(ROOT, ".env");
  const variables = { ...(existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}), ...process.env };
  const { OGL_TEST_URL: url, OGL_TEST_TOKEN: token } = variables;
  if (url !== undefined && url !== "") {
    if (token === undefined || token === "")
      throw new Error("OGL_TEST_URL is set, but OGL_TEST_TOKEN is not");
    return Promise.resolve({ about: "OGL_TEST_URL", url, token, stop: async () => {} });
  }
  const reason = whyNoCompose();
  if (reason === undefined) return composed();
  skip(`${reason}; the mock stands in for it`);
  return mocked(folder);
}

/** Why Docker Compose cannot start an OGL; images are not pulled for it. */
function whyNoCompose(): string | undefined {
  const run = (...args: string[]): boolean => {
    try {
      execFileSync("docker", args, { stdio: "ignore", timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
  if (!run("info")) return "there is no Docker";
  if (!run("compose", "version")) return "there is no docker compose";
  const { services } = parse(readFileSync(join(ROOT, "compose.test.yml"), "utf8")) as {
    services: Record<string, { image: string; profiles?: string[] }>;
  };
  const missing = Object.values(services)
    .filter(({ profiles }) => profiles === undefined)
    .map(({ image }) =>
      image.replace(/^\$\{(\w+):-(.+)\}$/, (_, name: string, text: string) => process.env[name] ?? text),
    )
    .filter((image) => !run("image", "inspect", image));
  return missing.length === 0 ? undefined : `there is no image ${missing.join(", ")}`;
}

async function composed(): Promise<Instance> {
  const { startOgl } = await import("../../../src/testcontainers.ts");
  const ogl = await startOgl({ variables: { OGL_ADMIN_PASSWORD: ADMIN_PASSWORD } });
  const token = await administratorKey(ogl.url);
  return { about: "compose.test.yml", url: ogl.url, token, modelUrl: ogl.modelUrl, stop: ogl.stop };
}

/** A key of the first administrator; where there is a master key instead, that. */
async function administratorKey(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "admin@example.org", password: ADMIN_PASSWORD }),
  });
  if (!response.ok) return ADMIN_PASSWORD;
  return ((await response.json()) as { key: string }).key;
}

async function mocked(folder: string): Promise<Instance> {
  const world = join(folder, "empty.json");
  const key = "sk-root-for-tests-only-0000";
  writeFileSync(
    world,
    JSON.stringify({ models: [], keys: [{ key, name: "root", permissions: ["admin"], models: [] }] }),
  );
  const served = serve(["mock", "--port", "0", "--json", "--world", world, "--cassettes", "none"]);
  const { url } = await ready(served);
  const stop = async (): Promise<void> => void (await served.stop());
  return { about: "a mock", url, token: key, modelUrl: "http://gatetape:4010", stop };
}
