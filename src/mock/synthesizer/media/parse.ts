import type { Answer } from "../../../exchange/index.ts";
import { synthesized } from "../base/index.ts";
import { answered } from "../chat/index.ts";
import { readPages } from "./document.ts";
import { PICTURE } from "./picture.ts";
import { type MediaRequest, mediaFields, fileOf, freeUsage, textField } from "./request.ts";

/** Makes the answer of `parse-beta`: a page of Markdown for each page of the file. */
export function parse(request: MediaRequest): Answer {
  const fields = mediaFields(request);
  const file = fileOf(fields);
  const { pages, madeUp } = readPages(file);
  const isWanted = pageRange(textField(fields["page_range"]));
  const data = pages
    .map((content, page) => ({
      object: "documentPage",
      content,
      images: madeUp && page === 0 ? { "_page_0_Figure_1.jpeg": PICTURE } : {},
      metadata: { document_name: file.filename, page },
    }))
    .filter(({ metadata }) => isWanted(metadata.page));
  const by = synthesized(madeUp ? "made-up pages of a document" : "the text of the document");
  return answered({ object: "list", data, usage: freeUsage(request.ogl, 0) }, by);
}

/** The pages that a range such as `0,5-7` names; all, if it names none. */
function pageRange(text: string): (page: number) => boolean {
  const spans = [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to]) => [
    Number(from),
    Number(to ?? from),
  ]);
  return (page) => spans.length === 0 || spans.some(([from = 0, to = 0]) => page >= from && page <= to);
}
