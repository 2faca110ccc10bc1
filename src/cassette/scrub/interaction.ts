import { type People, type Sanitizer, peopleOf } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import {
  CassetteError,
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type ReadSideFile,
  type Waiver,
  encodeElement,
  noSideFiles,
} from "../format/index.ts";
import { type ScrubbedBody, elementStarts, responseWithBody, scrubBody } from "./body.ts";
import { jsonPointerAt } from "./json-pointer.ts";
import { scrubRequestBody } from "./request.ts";

/**
 * Gives the JSON pointer of an offset in a text.
 * @param inner true: into the JSON of a body as well, which is read for that
 */
export type LocationAt = (offset: number, inner?: boolean) => string;

export interface SanitizeContext {
  /** File name for error locations. */
  readonly file?: string;
  readonly pointer?: string;
  readonly readSideFile?: ReadSideFile;
  /** Called before a text is scanned, with a function that gives the location of an offset in it. */
  readonly at?: (location: LocationAt) => void;
  /** Called with the hash of each side file that contains a secret and is no longer used. */
  readonly onSideFile?: (hash: string) => void;
  /** Called between two passes, each of which leaves copies of a large body behind. */
  readonly between?: () => void;
}

/** Passes over an interaction. The second finds secrets in its beginning that the first learnt at its end; a third is the limit. */
const MAX_PASSES = 3;

/**
 * Removes secrets from an interaction: from target, headers, bodies, trailers, reasons, names and waivers. Parts without a
 * secret keep their spelling; an interaction without any is returned as the same object.
 *
 * A later exchange may reveal a secret that is not known yet: sanitize again whatever was sanitized at a lower
 * `sanitizer.revision`.
 * @throws CassetteError if a custom rule matched more than a string of a JSON body
 */
export function sanitizeInteraction(
  interaction: Interaction,
  sanitizer: Sanitizer,
  context: SanitizeContext = {},
): Interaction {
  let clean = interaction;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { revision } = sanitizer;
    clean = new Pass(sanitizer, context).interaction(clean);
    if (sanitizer.revision === revision) break;
    context.between?.();
  }
  return clean;
}

/**
 * Sanitizes several interactions, each from the secrets found in any of them.
 * @internal for tests
 */
export function sanitizeAll(
  interactions: readonly Interaction[],
  sanitizer: Sanitizer,
  contextOf: (index: number) => SanitizeContext = () => ({}),
): Interaction[] {
  const revisions: number[] = [];
  const once = interactions.map((interaction, i) => {
    const clean = sanitizeInteraction(interaction, sanitizer, contextOf(i));
    revisions.push(sanitizer.revision);
    return clean;
  });
  return once.map((interaction, i) =>
    revisions[i] === sanitizer.revision
      ? interaction
      : sanitizeInteraction(interaction, sanitizer, contextOf(i)),
  );
}

/** A pass over everything in an interaction. */
class Pass {
  readonly #sanitizer: Sanitizer;
  readonly #context: SanitizeContext;
  readonly #readSideFile: ReadSideFile;

  constructor(sanitizer: Sanitizer, context: SanitizeContext) {
    this.#sanitizer = sanitizer;
    this.#context = context;
    this.#readSideFile = context.readSideFile ?? noSideFiles;
  }

  interaction(interaction: Interaction): Interaction {
    const { pointer = "" } = this.#context;
    const before = this.#sanitizer.replacements;
    const name = this.#text(`${pointer}/name`, interaction.name);
    const request = this.#request(interaction.request, `${pointer}/request`);
    const { response, body } = this.#response(
      interaction.response,
      `${pointer}/response`,
      peopleOf(interaction.request.target),
    );
    for (const hash of body?.sideFiles ?? []) this.#context.onSideFile?.(hash);
    const waivers = interaction.waivers?.map((waiver, i): Waiver => ({
      pointer: movedPointer(waiver.pointer, body),
      reason: this.#text(`${pointer}/waivers/${i}/reason`, waiver.reason),
    }));
    if (this.#sanitizer.replacements === before) return interaction;
    return { ...interaction, name, request, response, ...defined({ waivers }) };
  }

  #request(request: CassetteRequest, pointer: string): CassetteRequest {
    const { method, http, headers, decoded } = request;
    this.#at(`${pointer}/target`);
    const target = this.#sanitizer.replaceTarget(request.target);
    const clean = headers?.map(([name, value], i): [string, string] => {
      this.#at(`${pointer}/headers/${i}`);
      return [this.#sanitizer.replaceName(name), this.#sanitizer.replaceHeader(name, value)];
    });
    try {
      const body = scrubRequestBody(request, this.#sanitizer, (at, json) =>
        this.#context.at?.(
          (offset, inner) => pointer + at + (inner && json ? jsonPointerAt(json, offset) : ""),
        ),
      );
      return {
        method,
        target,
        ...defined({ http, headers: clean, decoded }),
        ...body,
      };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new CassetteError(
        "schema",
        { file: this.#context.file ?? "", pointer: `${pointer}/json` },
        "scrubbed, the body would be no JSON any more",
        "let the pattern of the rule match only text within one string, not JSON around it, nor a bare number; nothing was written",
      );
    }
  }

  #response(
    response: CassetteResponse,
    pointer: string,
    people: People | undefined,
  ): { response: CassetteResponse; body: ScrubbedBody | undefined } {
    const elements = response.body ?? [];
    let starts: number[] | undefined;
    this.#context.at?.((offset, inner) => {
      starts ??= elementStarts(elements, this.#readSideFile);
      const index = starts.findLastIndex((start) => start <= offset);
      const element = elements[index];
      const kind = element?.json === undefined ? "sse" : "json";
      if (!inner || element?.[kind] === undefined) return `${pointer}/body/${index}`;
      const bytes = encodeElement(element, this.#readSideFile);
      return `${pointer}/body/${index}/${kind}${jsonPointerAt(bytes, offset - (starts[index] ?? 0))}`;
    });
    const body = scrubBody(response, this.#sanitizer, this.#readSideFile, people);
    const sized = responseWithBody(response, body);
    const { reason, headers, trailers, informational } = sized;
    return {
      body,
      response: {
        ...sized,
        ...(reason === undefined ? {} : { reason: this.#text(`${pointer}/reason`, reason) }),
        ...(informational === undefined
          ? {}
          : {
              informational: informational.map((info, i) => ({
                ...info,
                ...(info.reason === undefined
                  ? {}
                  : { reason: this.#text(`${pointer}/informational/${i}/reason`, info.reason) }),
                ...(info.headers
                  ? { headers: this.#headers(info.headers, `${pointer}/informational/${i}/headers`) }
                  : {}),
              })),
            }),
        ...(headers === undefined ? {} : { headers: this.#headers(headers, `${pointer}/headers`) }),
        ...(trailers === undefined ? {} : { trailers: this.#headers(trailers, `${pointer}/trailers`) }),
      },
    };
  }

  #headers(headers: readonly HeaderPair[], pointer: string): HeaderPair[] {
    return headers.map(([name, value], i) => {
      this.#at(`${pointer}/${i}`);
      return [
        this.#sanitizer.replaceName(name),
        value === null ? null : this.#sanitizer.replaceHeader(name, value),
      ];
    });
  }

  #text(pointer: string, text: string): string {
    this.#at(pointer);
    return this.#sanitizer.replaceText(text);
  }

  #at(pointer: string): void {
    this.#context.at?.(() => pointer);
  }
}

/** The pointer of a waiver after the elements of the body have moved. */
function movedPointer(pointer: string, body: ScrubbedBody | undefined): string {
  const [, index, rest = ""] = /^\/response\/body\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
  const moved = index === undefined ? undefined : body?.moved[Number(index)];
  return moved === undefined ? pointer : `/response/body/${moved}${rest}`;
}
