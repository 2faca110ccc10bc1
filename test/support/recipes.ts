/** The blocks of README and docs: what a reader types, and what the pages show as its output. */
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const root: string = resolve(import.meta.dirname, "../..");

/** A block of a page, between two fences. */
export interface Block {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Where it stands: `docs/mock.md:17`. */
  readonly at: string;
  /** The text above it, back to the block before. */
  readonly prose: string;
}

export const pages: readonly string[] = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** All blocks, in the order of a reader. */
export const blocks: readonly Block[] = pages.flatMap((file) =>
  blocksOf(file, readFileSync(join(root, file), "utf8")),
);

export function blocksOf(file: string, text: string): Block[] {
  let end = 0;
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    const prose = text.slice(end, match.index);
    end = match.index + match[0].length;
    return { file, line, language: match[1] ?? "", code: match[2] ?? "", at: `${file}:${line}`, prose };
  });
}

/** Command lines that no test types, and why. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [
    /^npm ci && npm (start|test)\n$/,
    ".ci/run begins with it, and .ci/first-steps pastes what npm start prints",
  ],
  [/\bmock\.internal\b/, "needs another machine; test/mock/control-access.test.ts has the token"],
  [/^docker /, "needs Docker and its base image; test/live/image.sh builds and runs the image"],
];

/** A command line, or several that are typed one after the other. */
export interface Recipe extends Block {
  /** What the page shows as its output. */
  readonly outputs: readonly Block[];
  /** Whether it goes on until Ctrl-C. */
  readonly isServer: boolean;
  /** Whether it is for a checkout of gatetape, and not for a project that has it installed. */
  readonly inCheckout: boolean;
  /** Files that the page tells the reader to save before, by their names. */
  readonly files: Readonly<Record<string, string>>;
  /** Why no test types it. */
  readonly leftOut: string | undefined;
}

export const recipes: readonly Recipe[] = blocks.flatMap((block, i) => {
  if (block.language !== "sh") return [];
  const next = blocks.findIndex(
    ({ file, language }, j) => j > i && (file !== block.file || language === "sh"),
  );
  const outputs = blocks
    .slice(i + 1, next === -1 ? undefined : next)
    .filter(({ language }) => language === "output");
  const [, saved] = /Save it as `([\w.-]+)`/.exec(block.prose) ?? [];
  return {
    ...block,
    outputs,
    isServer: /^npx --no-install gatetape (?:mock|record)\b[^&|;]*$/.test(block.code),
    inCheckout: block.code.includes("npm exec "),
    files: saved === undefined ? {} : { [saved]: blocks[i - 1]?.code ?? "" },
    leftOut: LEFT_OUT.find(([pattern]) => pattern.test(block.code))?.[1],
  };
});

/**
 * A pattern for an output that a page shows. `…` stands for any characters of a line, or as a whole line for any lines; ports,
 * process ids and milliseconds may differ.
 */
export function outputPattern(shown: string): RegExp {
  const lines = shown.trimEnd().split("\n");
  const pattern = lines.map((line) => (line === "…" ? "(?:.*\n)*?" : `${linePattern(line)}[ \t]*\r?\n`));
  return new RegExp(pattern.join(""));
}

function linePattern(line: string): string {
  return line
    .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll("…", ".*")
    .replaceAll(/(127\\\.0\\\.0\\\.1:)\d+/g, String.raw`$1\d+`)
    .replaceAll(/("(?:port|pid)":)\d+/g, String.raw`$1\d+`)
    .replaceAll(/\b\d+(?= ms\b)/g, String.raw`\d+`);
}

/** Whether the page shows what a mock prints that goes on, and not what the command line does. */
export function isOfServer({ isServer }: Recipe, { prose }: Block): boolean {
  return isServer || prose.includes("mock prints");
}

/** Outputs of a program that its comments tell: `// prints: 200`. */
export function printedBy(code: string): string[] {
  return [...code.matchAll(/\/\/ prints: (.+)$/gm)].map(([, text = ""]) => text);
}

/** Commands in the running text: `gatetape mock --strict`, with or without what calls it. */
export function mentions(): { readonly at: string; readonly args: readonly string[] }[] {
  return pages.flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .flatMap((text, i) =>
        [...text.matchAll(/`(?:(?:npx --no-install|npm exec --no) )?gatetape (?:-- )?([^`]+)`/g)].map(
          ([, line = ""]) => ({ at: `${file}:${i + 1}`, args: line.split(" ") }),
        ),
      ),
  );
}
