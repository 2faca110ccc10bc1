/** Reads a file that a HAR names as the body of a message; `undefined` if there is none of that name. */
export type ReadAttached = (name: string) => Uint8Array | undefined;

/** For a HAR whose surroundings are not known. */
export function noAttached(): undefined {
  return undefined;
}
