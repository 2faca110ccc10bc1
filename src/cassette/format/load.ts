import type { ErrorObject } from "ajv/dist/2020.js";
import { masked } from "../../secrets/index.ts";
import { JsonLocations, parseJsonSource, plainJson, withOthers } from "../../util/index.ts";
import { CassetteError, type CassetteErrorCode } from "./cassette-error.ts";
import type { CheckProblem, CheckedFinding } from "./check-types.ts";
import { checkInteraction } from "./check.ts";
import { unknownClient, withoutClients } from "./clients.ts";
import type { ReadSideFile } from "./codec.ts";
import { parseJsonFile } from "./json-file.ts";
import { leaksInAbout } from "./leak-check.ts";
import { cassetteValidator, schemaProblem } from "./schema.ts";
import { sideFileReader } from "./side-files.ts";
import {
  type About,
  type BodyElement,
  CASSETTE_VERSION,
  type Cassette,
  type CassetteResponse,
  type Interaction,
} from "./types.ts";

export interface LoadedCassette {
  readonly file: string;
  /** The loaded text: that of the file, merged with the recording log that a killed recorder may have left beside it. */
  readonly text: string;
  readonly cassette: Cassette;
  readonly readSideFile: ReadSideFile;
  /** Deviations from the spec that a waiver covers. */
  readonly waived: readonly CheckedFinding[];
  /** Waivers that cover nothing, as JSON pointers into the file. */
  readonly staleWaivers: readonly string[];
}

/** Validates the text of a cassette with the side files beside it. @throws CassetteError as `loadCassette` does */
export function checkFolded(file: string, text: string): LoadedCassette {
  return checkCassette(file, text, sideFileReader(file, text));
}

/**
 * Validates the text of a cassette.
 * @param file what errors call it
 * @param known true if the same text was found valid before: it is held against the leak rules alone, and what was waived is unknown
 * @throws CassetteError as `loadCassette` does
 */
export function checkCassette(
  file: string,
  text: string,
  readSideFile: ReadSideFile,
  known = false,
): LoadedCassette {
  const locations = new JsonLocations(file, text);
  // A quoted value may contain the very secret that the message is about.
  const problem: MakeProblem = (code, pointer, reason, fix) =>
    new CassetteError(code, locations.of(pointer), masked(reason), fix);

  if (!known) checkForm(file, text, problem);
  const cassette = withoutClients(withPlainNumbers(parseJsonSource(text) as Cassette));

  const waived: CheckedFinding[] = [];
  const staleWaivers: string[] = [];
  const problems: CassetteError[] = [];
  for (const { code, location, message, fix } of leaksInAbout(cassette.about))
    problems.push(problem(code, location, message, fix));
  for (const [i, interaction] of cassette.interactions.entries()) {
    const checked = checkInteraction(interaction, cassette.about, readSideFile, known);
    for (const { code, location, message, fix } of checked.problems)
      problems.push(problem(code, `/interactions/${i}${location}`, `"${interaction.name}": ${message}`, fix));
    for (const finding of checked.waived)
      waived.push({ ...finding, location: `/interactions/${i}${finding.location}` });
    for (const location of checked.staleWaivers) staleWaivers.push(`/interactions/${i}${location}`);
  }
  if (problems.length > 0) throw withOthers(problems);
  return { file, text, cassette, readSideFile, waived, staleWaivers };
}

/**
 * Checks a cassette that is about to be printed, interaction by interaction: its text would load.
 * @throws CassetteError with the pointer of the first problem
 */
export function checkMerged(
  file: string,
  { about, interactions }: Cassette,
  readSideFile: ReadSideFile,
): void {
  for (const [i, interaction] of interactions.entries()) {
    const [first] = loadProblems(interaction, about, readSideFile);
    if (first === undefined) continue;
    const { code, location, message, fix } = first;
    const pointer = `/interactions/${i}${location}`;
    throw new CassetteError(code, { file, pointer }, masked(`"${interaction.name}": ${message}`), fix);
  }
}

/** Problems for which a cassette with an interaction would not load: of its form, or of its content. */
export function loadProblems(
  interaction: Interaction,
  about: About,
  readSideFile: ReadSideFile,
): readonly CheckProblem[] {
  const wrong = schemaProblem({ cassette: CASSETTE_VERSION, about, interactions: [interaction] });
  if (wrong === undefined) return checkInteraction(interaction, about, readSideFile).problems;
  const location = wrong.pointer.replace(/^\/interactions\/0/, "");
  const fix = "correct the exchange, or leave it out";
  return [{ code: "schema", location, message: wrong.message, fix }];
}

type MakeProblem = (code: CassetteErrorCode, pointer: string, reason: string, fix: string) => CassetteError;

/**
 * Holds the text against the schema. The value that it makes for that is released at its end.
 * @throws CassetteError if the text is not JSON, `newer-version` or `schema`
 */
function checkForm(file: string, text: string, problem: MakeProblem): void {
  // Raw numbers are objects to Ajv: the schema sees the plain value.
  const plain = parseJsonFile(file, text, JSON.parse) as { cassette?: unknown } | null;
  const version = plain?.cassette;
  if (typeof version === "number" && version > CASSETTE_VERSION) {
    throw problem(
      "newer-version",
      "/cassette",
      `the cassette has format version ${version}, this gatetape reads up to ${CASSETTE_VERSION}`,
      "update gatetape, or record the cassette again with this one",
    );
  }
  const validateFile = cassetteValidator();
  if (!validateFile(plain)) {
    const error = relevantError(validateFile.errors ?? []);
    throw problem(
      "schema",
      error.instancePath,
      `not a cassette: ${schemaMessage(error)}`,
      "see docs/cassettes.md, or the JSON Schema gatetape/cassette-1.schema.json",
    );
  }
  const unknown = unknownClient(plain as unknown as Cassette);
  if (unknown !== undefined)
    throw problem(
      "schema",
      `/interactions/${unknown}/request/client`,
      "not a cassette: the client is not in the list of clients",
      "correct the number; clients are counted from 1",
    );
}

/** Numbers of the format itself may be spelled in any way (`200.0`); those of bodies keep their spelling. */
function withPlainNumbers(cassette: Cassette): Cassette {
  return {
    ...cassette,
    cassette: CASSETTE_VERSION,
    interactions: cassette.interactions.map((interaction) => {
      const { body, ...rest } = interaction.response;
      const response = plainJson(rest) as CassetteResponse;
      return {
        ...interaction,
        response: body === undefined ? response : { ...response, body: body.map(withPlainWait) },
      };
    }),
  };
}

function withPlainWait(element: BodyElement): BodyElement {
  return typeof element.wait === "object" ? { ...element, wait: plainJson(element.wait) as number } : element;
}

/** The error to show. For a union it is the union's own error, since the intended branch is unknown. */
function relevantError(errors: readonly ErrorObject[]): ErrorObject {
  return (errors.find(({ keyword }) => keyword === "oneOf") ?? errors[0]) as ErrorObject;
}

function schemaMessage({ keyword, params, message }: ErrorObject): string {
  const values = params as Record<string, unknown>;
  if (keyword === "false schema")
    return "a response without status sends no head, so it has no headers, framing and body";
  if (keyword === "additionalProperties")
    return `unknown member ${JSON.stringify(values["additionalProperty"])}`;
  if (keyword === "enum") return `must be one of ${JSON.stringify(values["allowedValues"])}`;
  if (keyword === "const") return `must be ${JSON.stringify(values["allowedValue"])}`;
  if (keyword === "oneOf") return "an element has exactly one of sse, json, text, hex, file";
  if (keyword === "not") return "a request has at most one of json, text, hex, form";
  return message ?? keyword;
}
