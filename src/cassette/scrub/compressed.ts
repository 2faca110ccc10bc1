import { type Header, headerValue } from "../../http/index.ts";
import type { Interaction } from "../format/index.ts";

/** A body that can't be looked into. */
export interface CompressedBody {
  readonly location: string;
  readonly coding: string;
}

/** The bodies of an interaction that are compressed. */
export function compressedBodies({ request, response }: Interaction): CompressedBody[] {
  const locations = [
    ["/request/headers", request.headers ?? []],
    ["/response/headers", response.headers ?? []],
  ] as const;
  return locations.flatMap(([location, headers]) => {
    const coding = headerValue(headers as readonly Header[], "content-encoding") ?? "identity";
    return coding.toLowerCase() === "identity" ? [] : [{ location, coding }];
  });
}
