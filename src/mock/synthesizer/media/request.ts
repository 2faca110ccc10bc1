import type { ExchangeRequest } from "../../../exchange/index.ts";
import {
  type Upload,
  type WorldState,
  type CountedTokens,
  bodyFields,
  usageObject,
} from "../../../ogl/index.ts";
import { type OglVersion, specOf } from "../../../openapi/index.ts";
import { isObject } from "../../../util/index.ts";

/** A request about sounds, pictures or PDFs. */
export interface MediaRequest {
  readonly ogl: OglVersion;
  readonly state: WorldState;
  readonly exchange: ExchangeRequest;
}

/** Fields of a body as OGL reads them, with its defaults. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads the fields of a request. Those of a request that OGL would refuse are read as they were sent. */
export function mediaFields({ ogl, state, exchange }: MediaRequest): Fields {
  return bodyFields(specOf(ogl), exchange, state.now) ?? sentFields(exchange);
}

function sentFields({ form, json }: ExchangeRequest): Fields {
  if (form === undefined) return isObject(json) ? json : {};
  return Object.fromEntries(
    form.map(({ name, filename, text, hex }) => {
      const content = hex === undefined ? Buffer.from(text ?? "") : Buffer.from(hex, "hex");
      return [name, filename === undefined ? text : { filename, content, headers: [] }];
    }),
  );
}

const NO_UPLOAD: Upload = { filename: "", content: new Uint8Array(0), headers: [] };

/** The file of a form; an empty one without a name if there is none. */
export function fileOf({ file }: Fields): Upload {
  return isObject(file) && "filename" in file ? (file as unknown as Upload) : NO_UPLOAD;
}

/** A field that is a text; `""` if it is none. */
export function textField(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const FREE = { id: "", type: "" };
const NOTHING: CountedTokens = { prompt: 0, completion: 0 };

/** OGL's usage of an operation that it counts no tokens of. */
export function freeUsage(ogl: OglVersion, requests: number): object {
  const usage = usageObject(ogl, FREE, NOTHING);
  return "requests" in usage ? { ...usage, requests } : usage;
}
