import {
  CassetteError,
  type PlainCassette,
  checkCassette,
  parseJsonFile,
  plainCassette,
} from "../../cassette/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import { problemsOf } from "../../util/index.ts";

/** File name in errors about interactions that came over the control API. */
const SOURCE = "control API";
/** Number of interactions that one call may add: each call indexes them while others wait. */
const MAX_ADDED = 2000;

/**
 * Validates interactions to be added at run time.
 * @param json a cassette, an interaction, or a list of interactions
 * @throws CassetteError with the JSON pointer of the first mistake
 */
export function checkAdded(ogl: OglVersion, json: unknown): PlainCassette {
  if (Array.isArray(json) && json.length > MAX_ADDED)
    throw new CassetteError(
      "too-large",
      { file: SOURCE },
      `${json.length} interactions are more than the ${MAX_ADDED} that one call may add`,
      "add them in several calls, or start the mock with a cassette file of them",
    );
  const loaded = checkCassette(SOURCE, JSON.stringify(cassetteOf(ogl, json)), (hash) => {
    throw new CassetteError(
      "side-file",
      { file: SOURCE },
      `side file ${hash} can't be sent`,
      "spell the bytes as `hex`",
    );
  });
  return plainCassette(loaded);
}

function cassetteOf(ogl: OglVersion, json: unknown): unknown {
  if (typeof json === "object" && json !== null && "cassette" in json) return json;
  const interactions = Array.isArray(json) ? json : [json];
  return { cassette: 1, about: { title: "added at run time", origin: "written", ogl }, interactions };
}

/** A mistake in interactions, as the control API lists it. */
export interface AddedProblem {
  readonly code: string;
  readonly pointer: string | null;
  readonly line: number | null;
  readonly reason: string;
  readonly fix: string | undefined;
}

/** Interactions that were sent as text: validated, or their mistakes. */
export type AddedInteractions =
  | { readonly cassette: PlainCassette }
  | { readonly problems: readonly AddedProblem[] };

/** Parses and validates the text of interactions to be added at run time. */
export function readAdded(ogl: OglVersion, text: string): AddedInteractions {
  try {
    // Parsed like a cassette: numbers keep their spelling, and too deep nesting gets a clear error.
    return { cassette: checkAdded(ogl, parseJsonFile("the body", text)) };
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const problems = problemsOf(error).map(({ code, location, reason, fix }) => ({
      code,
      pointer: location.pointer ?? null,
      // Problems with a pointer were found in reprinted JSON, so their lines are not those of the request.
      line: location.pointer === undefined ? (location.line ?? null) : null,
      reason,
      fix,
    }));
    return { problems };
  }
}
