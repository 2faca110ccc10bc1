/**
 * Nobody owns the name `gatetape` in a registry, nor a domain of that name: no text of ours may make a reader, an editor or a
 * CI fetch anything from there.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Commands that take the package from a registry if it is not installed; `--no-install` and `--no` never do. */
const RUNS = /\b(?:npx|bunx|pnpm dlx|yarn dlx|npm exec|pnpx)((?: +-[\w=-]+)*) +(?:-- +)?["']?gatetape\b/g;
const INSTALLS =
  /\b(?:npm|pnpm|yarn|bun) +(?:i|in|install|add|ci)\b[^\n|;&`"']* ["']?gatetape(?:@[\w.^~-]+)?(?![\w./-])/g;
/** A step of GitHub's CI that runs the code of whoever owns that name: only a path of the own checkout is sure. */
const USES = /\buses: *(?!\.\/)\S*gatetape\S*/g;
const NEVER_FETCHES = /(?:^| )--no(?:-install)?(?: |$)/;

/** Commands of a text that would fetch the package from a registry, with their lines: `3: npx gatetape`. */
function fetching(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, i) => [
      ...[...line.matchAll(RUNS)]
        .filter(([, flags = ""]) => !NEVER_FETCHES.test(flags))
        .map(([command]) => `${i + 1}: ${command}`),
      ...[...line.matchAll(INSTALLS), ...line.matchAll(USES)].map(([command]) => `${i + 1}: ${command}`),
    ]);
}

const HOST = /\bhttps?:\/\/(?:[^\s/@"'`]*@)?([\w.-]+)/g;

/** Hosts that are reserved for examples and tests, or have no dot: nobody can own those. */
const RESERVED =
  /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|lan|internal)$|^\d+(?:\.\d+){3}$|^[^.]+$|\.$/i;

/** Hosts of real projects that the repository refers to. */
const REAL = new Set([
  "albert.api.etalab.gouv.fr",
  "api.mistral.ai",
  "api.openai.com",
  "b.org", // a test's other origin: nothing is sent there
  "discord.com",
  "docs.google.com",
  "errors.pydantic.dev",
  "github.com",
  "hono.dev",
  "hooks.slack.com",
  "json-schema.org",
  "learn.microsoft.com",
  "platform.openai.com",
  "schema.getpostman.com",
  "x.webhook.office.com",
]);

/** Hosts of a text that somebody might own who is no party of ours. */
function strangeHosts(text: string): string[] {
  return [...text.matchAll(HOST)]
    .map(([, host = ""]) => host)
    .filter((host) => !RESERVED.test(host) && !REAL.has(host));
}

/** Bytes of others, what package managers write, and links of the kinds that people send. */
const NOT_OURS =
  /^(?:test\/captures\/|adapters\/traces\/|spec\/openapi-)|package-lock\.json$|\.lock$|go\.sum$|^CHANGELOG\.md$|^test\/secrets\/harmless\/ids\.ts$/;

const files = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && !NOT_OURS.test(file) && file !== "test/unclaimed-name.test.ts");

/** What a rule finds in all files, with file and line. */
function found(rule: (text: string) => string[]): string[] {
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    return bytes.includes(0) ? [] : rule(bytes.toString("utf8")).map((why) => `${file}:${why}`);
  });
}

it("no file runs or installs gatetape from a registry", () => {
  expect(files.length).toBeGreaterThan(300);
  expect(found(fetching)).toEqual([]);
});

it("no file names a host that a stranger may own", () => {
  expect(found(strangeHosts)).toEqual([]);
});

it("a checkout runs its own program, without a registry", () => {
  const env = { ...process.env, npm_config_offline: "true" };
  const printed = execFileSync("npm", ["exec", "--no", "gatetape", "--", "--version"], {
    encoding: "utf8",
    env,
  });
  expect(printed).toBe("0.1.0\n");
});

describe("fetching", () => {
  it.each([
    "npx gatetape mock",
    "npx --yes gatetape@0.1.0 gate",
    'npx --yes "gatetape@$VERSION"',
    "npx -y gatetape",
    "npm exec gatetape -- mock",
    "npm exec --yes gatetape",
    "npm exec -- gatetape mock",
    "npm install gatetape",
    "npm i -D gatetape",
    "npm install --save-dev gatetape@latest && x",
    "pnpm add -D gatetape",
    "yarn add gatetape",
    "pnpm dlx gatetape mock",
    "bunx gatetape",
    "- uses: OWNER/gatetape@v0",
  ])("finds %s", (line) => {
    expect(fetching(line)).toHaveLength(1);
  });

  it.each([
    "npx --no-install gatetape mock",
    "npm exec --no gatetape -- mock",
    'npm install --save-dev "$GATETAPE_SOURCE"',
    "npm install ./gatetape-0.1.0.tgz",
    "npm install --save-dev git+https://git.example/gatetape.git#0123",
    "npm install --save-dev vendor/gatetape.tgz",
    "node_modules/.bin/gatetape mock",
    "gatetape mock",
    "- uses: ./.gatetape",
  ])("lets %s pass", (line) => {
    expect(fetching(line)).toEqual([]);
  });
});

it.each([
  ["https://gatetape.dev/schemas/x.json", ["gatetape.dev"]],
  ["http://user:pw@gateway.acme.io/v1", ["gateway.acme.io"]],
  [
    "https://gateway.example/v1 http://127.0.0.1:4010 http://localhost:1 https://a.example.org http://mock:4010",
    [],
  ],
])("strange hosts of %s", (text, hosts) => {
  expect(strangeHosts(text)).toEqual(hosts);
});
