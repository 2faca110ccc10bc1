import { deflateSync } from "node:zlib";

/** Values of answers by a name of ours, which later requests need. */
export type Known = Record<string, string>;

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly key?: string;
  readonly json?: object;
  /** Fields of a form; a `Blob` is a file. */
  readonly form?: Readonly<Record<string, string | File>>;
}

export interface Example {
  /** Where the documents or programs ask it. */
  readonly from: string;
  /** What is asked there. */
  readonly asks: string;
  readonly request: (known: Known) => Request;
  /** Name under which a member of the answer is kept, and the member. */
  readonly keeps?: readonly [name: string, member: string];
  /** Status by which the real server refuses it. @default none: it answers */
  readonly refused?: number;
}

const TEXT = "Electrons are light particles. Thomson found them in 1897.\n\n".repeat(30);

/** A PDF of one page, its text compressed as most programs do it. */
export function pdf(text: string): Uint8Array<ArrayBuffer> {
  const content = deflateSync(Buffer.from(`BT /F1 12 Tf 72 720 Td (${text}) Tj ET`));
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n${content.toString("latin1")}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  const body = objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join("");
  return new Uint8Array(Buffer.from(`%PDF-1.4\n${body}trailer\n<< /Root 1 0 R >>\n%%EOF\n`, "latin1"));
}

export const textFile: File = new File([TEXT], "physics.txt", { type: "text/plain" });
export const pdfFile: File = new File([pdf("Electrons are light.")], "physics.pdf", {
  type: "application/pdf",
});
export const jsonFile: File = new File(['[{"title":"a","text":"b"}]'], "base.json", {
  type: "application/json",
});
export const soundFile: File = new File([new Uint8Array(2000)], "sound.mp3", { type: "audio/mp3" });
export const IMAGE = "data:image/png;base64,iVBORw0KGgo=";

/** A GET of a path, which may hold values that are known by then. */
export const get =
  (path: string | ((known: Known) => string)) =>
  (known: Known): Request => ({
    method: "GET",
    path: typeof path === "string" ? path : path(known),
  });
/** A POST of JSON. */
export const post =
  (path: string, json: object | ((known: Known) => object)) =>
  (known: Known): Request => ({
    method: "POST",
    path,
    json: typeof json === "function" ? (json as (known: Known) => object)(known) : json,
  });
/** A chat with more members than it needs. */
export const chat = (more: object | ((known: Known) => object)): ((known: Known) => Request) =>
  post("/v1/chat/completions", (known) => ({
    model: "small",
    messages: [{ role: "user", content: "Who found the electron?" }],
    ...(typeof more === "function" ? (more as (known: Known) => object)(known) : more),
  }));
/** An upload of a file to the collection that is known. @param name the field that names the collection */
export const upload =
  (file: File, fields: Readonly<Record<string, string>>, name = "collection_id") =>
  (known: Known): Request => ({
    method: "POST",
    path: "/v1/documents",
    form: { file, ...fields, [name]: known["collection"] ?? "" },
  });
/** Limits of each kind, all open, on the first routers. */
export const limits = (known: Known): object[] =>
  [1, 2, 3].flatMap((router) =>
    ["rpm", "rpd", "tpm", "tpd"].map((type) => ({
      [known["routerMember"] ?? ""]: router,
      type,
      value: null,
    })),
  );
export const page = "offset=0&limit=10&order_by=id&order_direction=desc";

export const GUIDES = "docs/docs/guides";
export const OLD = "docs/tutorials (until 2025)";
export const PLAYGROUND = "playground/app/features";
