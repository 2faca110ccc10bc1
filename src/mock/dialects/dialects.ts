import { isBundled } from "../../cassette/index.ts";
import type { ExchangeRequest, Source } from "../../exchange/index.ts";
import type { Spec } from "../../openapi/index.ts";
import { GatetapeError } from "../../util/index.ts";
import type { Dialect, DialectParts } from "./base/index.ts";
import { llamacpp } from "./llamacpp/index.ts";
import { ollama } from "./ollama/index.ts";
import { openai } from "./openai/index.ts";
import { tei } from "./tei/index.ts";
import { vllm } from "./vllm/index.ts";

/** Names of the dialects. */
export const DIALECTS = ["ogl", "ollama", "llamacpp", "openai", "vllm", "tei"] as const;

/** Name of a server whose wire the mock can speak. */
export type DialectName = (typeof DIALECTS)[number];

const MAKERS: Readonly<Record<Exclude<DialectName, "ogl">, (parts: DialectParts) => Dialect>> = {
  ollama,
  llamacpp,
  openai,
  vllm,
  tei,
};

/** A dialect of a name that does not exist. */
export class DialectError extends GatetapeError<"unknown"> {}

/** Checks names of dialects. @throws DialectError for an unknown one */
export function dialectNames(given: readonly string[]): DialectName[] {
  return given.map((name) => {
    const known = DIALECTS.find((dialect) => dialect === name);
    if (known !== undefined) return known;
    throw new DialectError(
      "unknown",
      { option: "--dialect" },
      `there is no dialect ${JSON.stringify(name)}`,
      `use one of ${DIALECTS.join(", ")}`,
    );
  });
}

/**
 * Source of the answers in the dialects of a port, asked in their order: what two of them serve, the first one answers.
 * Without `ogl` the first one also answers what is on no route, so that nothing of OGL shows.
 *
 * @param recorded cassettes, asked first for each request on a route of a dialect
 */
export function dialectSource(
  names: readonly DialectName[],
  parts: DialectParts,
  recorded: Source,
): Source | undefined {
  const dialects = names.map((name) => (name === "ogl" ? "ogl" : MAKERS[name](parts)));
  const first = dialects.find((dialect) => dialect !== "ogl");
  if (first === undefined) return undefined;
  const hasOgl = dialects.includes("ogl");
  const serves = (dialect: Dialect | "ogl", path: string): boolean =>
    dialect === "ogl" ? isOglPath(parts.spec, path) : dialect.serves(path);
  return {
    answer: (request) => {
      const dialect = dialects.find((one) => serves(one, request.path)) ?? (hasOgl ? "ogl" : first);
      if (dialect === "ogl") return undefined;
      // A reply of one use must not be used up by a request that was recorded.
      return recordedAnswer(recorded, request) ?? dialect.answer(request) ?? dialect.notFound(request);
    },
  };
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

function isOglPath({ operations }: Spec, path: string): boolean {
  return METHODS.some((method) => operations.find(method, path) !== undefined);
}

/** The answer of a cassette of the user's own: the bundled ones are OGL's. */
function recordedAnswer(recorded: Source, request: ExchangeRequest): ReturnType<Source["answer"]> {
  const answer = recorded.answer(request);
  const isOwn = answer !== undefined && !("later" in answer) && answer.by.kind === "cassette";
  return isOwn && answer.by.kind === "cassette" && !isBundled(answer.by.file) ? answer : undefined;
}
