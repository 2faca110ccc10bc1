/** Files for a live OGL, as far as they can be held without one. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadWorld } from "../src/ogl/state/load.ts";

interface Service {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const compose = parse(readFileSync("compose.test.yml", "utf8")) as {
  readonly services: Readonly<Record<string, Service>>;
};
const started = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);

describe("the files for a live OGL", () => {
  it("keeps nothing of the OGL of compose.test.yml", () => {
    for (const [name, { volumes = [] }] of started)
      expect([name, volumes.filter((volume) => !volume.endsWith(":ro"))]).toEqual([name, []]);
    expect(compose.services["postgres"]?.tmpfs).toEqual(["/var/lib/postgresql/data"]);
  });

  it("listens on this machine alone, and waits for what it needs until that is healthy", () => {
    const ports = started.flatMap(([, { ports: published = [] }]) => published);
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
    const needed = compose.services["api"]?.depends_on ?? {};
    expect(Object.values(needed).map(({ condition }) => condition)).toEqual(Array(3).fill("service_healthy"));
    // gatetape's image has its own health check.
    const checked = started.flatMap(([name, { healthcheck }]) => (healthcheck === undefined ? [] : [name]));
    expect(checked).toEqual(["api", "postgres", "redis"]);
  });

  it("configures with variables that compose.test.yml gives", () => {
    const config = readFileSync("ci/ogl/config.yml", "utf8");
    const environment = Object.keys(
      (parse(readFileSync("compose.test.yml", "utf8")) as { services: { api: { environment: object } } })
        .services.api.environment,
    );
    const used = [...config.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(2);
    expect(environment).toEqual(expect.arrayContaining(used));
  });

  it("has a world that the mock behind it can serve", () => {
    expect(loadWorld("ci/ogl/world.json").models.map(({ id }) => id)).toContain("qwen3-coder");
  });

  it("has a workflow that ends where drift has no report", () => {
    const workflow = parse(readFileSync("ci/drift.yml", "utf8")) as {
      jobs: { drift: { steps: { run?: string }[] } };
    };
    const run = workflow.jobs.drift.steps.map((step) => step.run ?? "").join("\n");
    expect(run).toContain("gatetape drift --url");
    expect(run).toContain('test "$status" -le 1');
  });
});
