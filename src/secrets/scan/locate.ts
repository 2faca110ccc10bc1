import { textsOf } from "./texts.ts";

/**
 * JSON pointer to the innermost part of a value that shows a text, in whatever spelling. A text that is spread over a list, as
 * over the events of a stream, is in the list.
 */
export function locateText(value: unknown, text: string): string {
  return leafWith(value, text, "") ?? partWith(value, text);
}

function leafWith(value: unknown, text: string, pointer: string): string | undefined {
  if (typeof value === "string") return value.includes(text) ? pointer : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = leafWith(item, text, pointer + step(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

function partWith(value: unknown, text: string): string {
  if (typeof value !== "object" || value === null) return "";
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const source = JSON.stringify(item);
    if (source !== undefined && shows(source, text)) return step(key) + partWith(item, text);
  }
  return "";
}

function shows(source: string, text: string): boolean {
  for (const view of textsOf(source)) if (view.text.includes(text)) return true;
  return false;
}

function step(key: string): string {
  return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
