/** "Run only this": the command that each report shows is typed into a shell as it stands, and plays that scenario alone. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { shellQuoted } from "../../src/cli/support/shell.ts";
import { temporaryFolder } from "../support/tmp.ts";

const root = new URL("../..", import.meta.url).pathname;
const folder = temporaryFolder("rerun");
const FORMATS = ["junit", "markdown", "github", "json", "ndjson"] as const;

/** Environment of a terminal with this Node: no npm has started it. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
};

function typed(line: string): { readonly code: number | null; readonly stdout: string } {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8" });
  expect(stderr).toBe("");
  return { code: status, stdout };
}

const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const unescapedXml = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
const afterMark = (text: string): string => /run only this: (.*)/.exec(text)?.[1] ?? "none";

/** The command in each report, as its reader sees it. */
function commandIn(format: (typeof FORMATS)[number]): string {
  const text = read(`report.${format}`);
  switch (format) {
    case "junit":
      return afterMark(unescapedXml(text));
    case "markdown":
      return afterMark(text);
    case "github":
      return afterMark(text.replaceAll("%0A", "\n").replaceAll("%25", "%"));
    case "json": {
      const { clients } = JSON.parse(text) as { clients: { verdicts: { rerun?: string }[] }[] };
      return clients[0]?.verdicts.find(({ rerun }) => rerun !== undefined)?.rerun ?? "none";
    }
    case "ndjson": {
      const [line = ""] = text.split("\n");
      const { run } = JSON.parse(line) as { run: { rerun: { before: string; after: string } } };
      return `${run.rerun.before} --only sse/bom ${run.rerun.after}`;
    }
  }
}

describe("the command for just one scenario", () => {
  let shown: string;
  let first: number | null;
  beforeAll(() => {
    mkdirSync(join(folder, "my adapters"));
    symlinkSync(root, join(folder, "a checkout"));
    writeFileSync(
      join(folder, "my adapters", "it's $HOME.mjs"),
      `process.argv[2] = process.argv[2]?.split("\\n")[1]; await import(${JSON.stringify(join(root, "test/mutants/adapter.ts"))});`,
    );
    const adapter = ["node", "my adapters/it's $HOME.mjs", "two lines:\nbom-kept", "100%", "\\n"];
    const reports = FORMATS.map((format) => `--report ${format}=report.${format}`).join(" ");
    const { code, stdout } = typed(
      `node 'a checkout/src/cli/main.ts' client --ogl 0.4.1 --only 'sse/b*' --only 'url/*' ${reports} -- ${adapter.map(shellQuoted).join(" ")}`,
    );
    first = code;
    shown = afterMark(stdout);
  });

  it("works as it is typed, on the terminal", () => {
    expect(first).toBe(1);
    expect(shown).toMatch(/^node '.*' client --ogl 0\.4\.1 --only sse\/bom -- node /);
    const { code, stdout } = typed(shown);
    expect(stdout).toMatch(/^FAIL {2}sse\/bom$/m);
    expect(stdout).toMatch(/: 1 scenario in [\d.]+ s: 1 fail$/m);
    expect(code).toBe(1);
  });

  it.each(FORMATS)("is the same as %s", (format) => {
    expect(commandIn(format)).toBe(shown);
  });
});

describe("a word for a shell", () => {
  it.each([
    "a",
    "",
    "a b",
    "it's",
    '$HOME `x` "y" \\n',
    "a\nb",
    "\u001b[2J",
    "\u202e\u2028x",
    "%s\t%",
    "-n",
    "é",
  ])("is %j again when the shell has read it", (word) => {
    const { stdout } = spawnSync("sh", ["-c", `printf %s. ${shellQuoted(word)}`], { encoding: "utf8" });
    expect(stdout).toBe(`${word}.`);
  });
});
