import { createHash } from "node:crypto";
import { Random, capital } from "../../../util/index.ts";
import { type Upload, kindOfUpload } from "../../../ogl/index.ts";
import { digestOf } from "../base/index.ts";
import { detectLanguage } from "../text/index.ts";
import { WRITTEN } from "./sentences.ts";

/** A document as a reader of pages sees it. */
export interface ReadDocument {
  /** Markdown of each page. */
  readonly pages: readonly string[];
  /** Size in bytes. */
  readonly bytes: number;
  /** True if the pages are made up, since the document's text is not known. */
  readonly madeUp: boolean;
}

/** Length (characters) of a page of text. */
const PAGE_LENGTH = 3000;
const DEFAULT_PAGES = 2;

/** The texts of a PDF's pages; `undefined` if they are not known: nothing here reads PDFs yet. */
function pdfPages(_content: Uint8Array): readonly string[] | undefined {
  return undefined;
}

/** Reads an upload into pages: those of its text, or made-up ones as many as it has. */
export function readPages(upload: Upload): ReadDocument {
  const { filename, content } = upload;
  const kind = kindOfUpload(upload);
  const known = kind === "pdf" ? pdfPages(content) : kind === undefined ? undefined : textPages(content);
  if (known !== undefined) return { pages: known, bytes: content.length, madeUp: false };
  const count = kind === "pdf" ? countPdfPages(content) : 1;
  const pages = madeUpPages(filename, count, createHash("sha256").update(content).digest("hex"));
  return { pages, bytes: content.length, madeUp: true };
}

/**
 * Makes up a document that can't be reached: no URL is fetched.
 *
 * @param count number of its pages; `undefined` for as many as most examples have
 */
export function unreachedDocument(url: string, count?: number): ReadDocument {
  const pages = madeUpPages(nameInUrl(url), count ?? DEFAULT_PAGES, digestOf(url));
  return { pages, bytes: Buffer.byteLength(pages.join("")), madeUp: true };
}

/** The upload that a data URL holds; `undefined` for another URL. */
export function uploadOfDataUrl(url: string, name: string): Upload | undefined {
  const [, type, base64, data] = /^data:([^;,]*)((?:;[^;,]*)*),(.*)$/s.exec(url) ?? [];
  if (data === undefined) return undefined;
  const content = base64?.endsWith(";base64")
    ? Buffer.from(data, "base64")
    : Buffer.from(percentDecoded(data));
  return { filename: name, content, headers: [["content-type", type || "text/plain"]] };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nameInUrl(url: string): string {
  return percentDecoded(/([^/?#]*)(?:[?#].*)?$/s.exec(url)?.[1] ?? "");
}

/** The pages of a text: form feeds end them, and paragraphs where one would be too long. */
function textPages(content: Uint8Array): string[] {
  return Buffer.from(content)
    .toString()
    .split("\f")
    .flatMap((page) => {
      const pages: string[] = [];
      let current = "";
      for (const paragraph of page.split(/(?<=\n)(?=\n)/)) {
        if (current !== "" && current.length + paragraph.length > PAGE_LENGTH) {
          pages.push(current.trim());
          current = "";
        }
        current += paragraph;
      }
      return [...pages, current.trim()];
    });
}

const MAX_PAGES = 1000;

/** Counts the page objects of a PDF. Those in compressed objects are not seen. */
function countPdfPages(content: Uint8Array): number {
  const found =
    Buffer.from(content)
      .toString("latin1")
      .match(/\/Type\s*\/Page(?![A-Za-z])/g)?.length ?? 0;
  return Math.min(MAX_PAGES, found === 0 ? DEFAULT_PAGES : found);
}

function madeUpPages(name: string, count: number, seed: string): string[] {
  const title =
    capital(
      name
        .replace(/\.[^.]*$/, "")
        .replaceAll(/[\s_.-]+/g, " ")
        .trim(),
    ) || "Document";
  const sentences = WRITTEN[detectLanguage([title])];
  return Array.from({ length: count }, (_, page) => {
    const random = new Random(digestOf(seed, page));
    const rest = [...sentences];
    const paragraph = (): string =>
      Array.from({ length: 3 }, () => rest.splice(random.int(rest.length), 1).join("")).join(" ");
    const heading = page === 0 ? `# ${title}` : `## ${title}, page ${page + 1}`;
    return `${heading}\n\n${paragraph()}\n\n${paragraph()}`;
  });
}
