import { type Header, headerValue } from "../../http/index.ts";
import { type Finding, oglVersion, specOf } from "../../openapi/index.ts";
import { CassetteError } from "./cassette-error.ts";
import type { CheckProblem, CheckedFinding } from "./check-types.ts";
import type { ReadSideFile } from "./codec.ts";
import { leaksIn } from "./leak-check.ts";
import { BodyMap, type FindingLocation, brokenElement, requestLocation } from "./locations.ts";
import { matchRequestOf } from "./request.ts";
import type { About, CassetteResponse, HeaderPair, Interaction, Waiver } from "./types.ts";

export interface CheckedInteraction {
  readonly problems: readonly CheckProblem[];
  readonly waived: readonly CheckedFinding[];
  /** Pointers to waivers that cover nothing. */
  readonly staleWaivers: readonly string[];
}

/**
 * Validates one interaction against the spec of its OGL version and the leak rules.
 * @param known true if it was found to keep to the spec before, or has a waiver for each deviation: it is held against the leak
 *   rules alone
 */
export function checkInteraction(
  interaction: Interaction,
  about: About,
  readSideFile: ReadSideFile,
  known = false,
): CheckedInteraction {
  const problems: CheckProblem[] = [...framingProblems(interaction.response)];
  let findings: CheckedFinding[] = [];
  const elements = interaction.response.body ?? [];
  try {
    const body = new BodyMap(elements, readSideFile);
    if (!known) findings = specFindings(interaction, about, body);
    problems.push(...leaksIn(interaction, body));
  } catch (error) {
    const location = brokenElement(elements, readSideFile);
    if (error instanceof CassetteError)
      problems.push({ code: error.code, location, message: error.reason, fix: error.fix });
    else if (error instanceof RangeError)
      problems.push({ code: "schema", location, message: error.message, fix: "correct the element" });
    else throw error;
  }
  const waivers = interaction.waivers ?? [];
  const used = new Set<number>();
  const waived: CheckedFinding[] = [];
  for (const finding of findings) {
    const by = waivers.findIndex(({ pointer }) => covers(pointer, finding.location));
    if (by === -1) {
      const { location, message } = finding;
      problems.push({
        location,
        message,
        code: "spec",
        fix: `correct it, or let it stand with a waiver: { "pointer": ${JSON.stringify(location)}, "reason": "…" }`,
      });
    } else {
      for (const [i, { pointer }] of waivers.entries()) if (covers(pointer, finding.location)) used.add(i);
      waived.push(finding);
    }
  }
  return {
    problems,
    waived,
    staleWaivers: waivers.flatMap((_, i) => (used.has(i) ? [] : [`/waivers/${i}`])),
  };
}

/**
 * Deviations of an interaction from the spec. A request is validated only if it was answered 2xx, and its body only if that is
 * a whole one: a subset is a pattern, which says no more than it has to.
 */
function specFindings(interaction: Interaction, about: About, body: BodyMap): CheckedFinding[] {
  const spec = specOf(oglVersion(about.ogl));
  const { response } = interaction;
  const request = matchRequestOf(interaction.request);
  const found = spec.operationOf(request.method, request.path, request.json);
  const findings: CheckedFinding[] = [];
  const status = response.status;
  if (status === undefined) return findings;
  if (found !== undefined && status >= 200 && status < 300) {
    const bodyUsed = {
      ...request,
      // A cassette keeps the parts of a form, not its bytes.
      body: request.form === undefined ? request.body : Buffer.from(JSON.stringify(request.form)),
      operation: found.operation,
      params: found.params,
      contentType: headerValue(request.headers, "content-type"),
    };
    const isPattern = interaction.match?.body === "subset";
    for (const finding of spec.validateRequest(bodyUsed).filter(({ part }) => part !== "body" || !isPattern))
      findings.push(checked(finding, requestLocation(finding), "request"));
  }
  const contentType = headerValue(response.headers as readonly Header[], "content-type");
  const { operation } = found ?? {};
  for (const finding of spec.validateResponse({ operation, status, contentType, body: body.bytes }))
    findings.push(checked(finding, body.responseLocation(finding), "response"));
  return findings;
}

/** Numbers of an interaction's deviations from the specs of several generations, waived or not; 0 if its body can't be read. */
export function deviationCounts(
  interaction: Interaction,
  generations: readonly string[],
  about: About,
  readSideFile: ReadSideFile,
): (readonly [ogl: string, count: number])[] {
  try {
    const body = new BodyMap(interaction.response.body ?? [], readSideFile);
    return generations.map(
      (ogl) => [ogl, specFindings(interaction, { ...about, ogl }, body).length] as const,
    );
  } catch (error) {
    if (error instanceof CassetteError || error instanceof RangeError) return [];
    throw error;
  }
}

/** An interaction whose deviations from the spec are all waived. */
export interface WaivedInteraction {
  readonly interaction: Interaction;
  /** The deviations, one for each waiver and in the order of the waivers. */
  readonly deviations: readonly CheckedFinding[];
}

/**
 * Gives an interaction a waiver for each of its deviations from the spec, in place of the waivers that it has.
 * @param why begins the reason of each waiver
 */
export function waiveAll(
  interaction: Interaction,
  about: About,
  why: string,
  readSideFile?: ReadSideFile,
): WaivedInteraction {
  const { waivers: _, ...rest } = interaction;
  const body = new BodyMap(interaction.response.body ?? [], readSideFile);
  const byLocation = new Map(
    specFindings(interaction, about, body).map((finding) => [finding.location, finding]),
  );
  const deviations = [...byLocation.values()];
  const waivers = deviations.map(({ location, message }): Waiver => ({
    pointer: location,
    reason: `${why}: ${message}`,
  }));
  return { interaction: waivers.length === 0 ? rest : { ...rest, waivers }, deviations };
}

function checked(finding: Finding, location: FindingLocation, side: string): CheckedFinding {
  return { location, message: `${side}: ${finding.message}`, finding };
}

/** True if a waiver's pointer is the location or above it. */
function covers(pointer: string, location: FindingLocation): boolean {
  return location === pointer || location.startsWith(`${pointer}/`);
}

/** Contradictions between framing and headers, with which a response can't be sent. */
function* framingProblems(response: CassetteResponse): Generator<CheckProblem> {
  const { framing, headers = [] } = response;
  const has = (name: string): HeaderPair | undefined => headers.find(([key]) => key.toLowerCase() === name);
  const problem = (message: string, fix: string): CheckProblem => ({
    code: "schema",
    location: "/response/framing",
    message,
    fix,
  });
  if (framing === "chunked" && !has("transfer-encoding"))
    yield problem(
      "chunked framing without a Transfer-Encoding header",
      'add ["Transfer-Encoding", null] to the headers, in its recorded position',
    );
  if (framing === "length" && !has("content-length"))
    yield problem(
      "length framing without a content-length header",
      'add ["content-length", null] to the headers, in its recorded position',
    );
  if (framing === "eof" && (has("transfer-encoding") || has("content-length")))
    yield problem(
      "eof framing with a header that frames the body",
      'take out content-length and Transfer-Encoding, or use framing "length" or "chunked"',
    );
  if (framing === "none" && (response.body?.length ?? 0) > 0)
    yield problem("framing none with a body", 'remove the body, or use framing "length" or "chunked"');
  for (const [i, [name, value]] of headers.entries()) {
    if (value === null && !["date", "content-length", "transfer-encoding"].includes(name.toLowerCase())) {
      yield {
        code: "schema",
        location: `/response/headers/${i}`,
        message: `the value of ${name} can't be computed`,
        fix: "give it a value; null stands for a computed date, content-length or Transfer-Encoding",
      };
    }
  }
}
