import { type Header, headerValue } from "../../http/index.ts";
import { isPseudonym, isSanitizedCredential, splitCredential } from "../../secrets/index.ts";
import type { About, Interaction } from "../format/index.ts";

/** The credential of a request: its form, and the key in it. */
export interface Credential {
  /** Header, scheme and malformations, without the key: `authorization Bearer `. Empty for a request without a credential. */
  readonly form: string;
  /** The key, or in a cassette its label (`sk-1`); `undefined` if there is none. */
  readonly key: string | undefined;
}

/** A request that sends no credential. */
export const NO_CREDENTIAL: Credential = { form: "", key: undefined };

/** Names of headers that carry an API key in place of `Authorization`. */
const API_KEY = /^(?:x-)?(?:[a-z]+-)?api-?key$/i;

/** The credential that a request was sent with: `Authorization`, else the first header for an API key. */
export function credentialOf(headers: readonly Header[]): Credential {
  const authorization = headerValue(headers, "authorization");
  if (authorization === undefined) {
    const header = headers.find(([name]) => API_KEY.test(name));
    if (header === undefined) return NO_CREDENTIAL;
    const [name, value] = header;
    return { form: `${name.toLowerCase()} `, key: value?.trim() || undefined };
  }
  // Servers read one of two such headers, so a second one is part of the form.
  const count = headers.filter(([name]) => name.toLowerCase() === "authorization").length;
  const name = count === 1 ? "authorization" : `authorization*${count}`;
  const { scheme, credential } = splitCredential(authorization);
  // Without a key (`Bearer`, an empty value) all of it is form.
  return credential === "" || isKeyless(authorization)
    ? { form: `${name} ${authorization.trim()}`, key: undefined }
    : { form: `${name} ${scheme}`, key: credential.trim() };
}

/** True for an `Authorization` that is a scheme without a key. */
function isKeyless(value: string): boolean {
  return isSanitizedCredential(value) && !isPseudonym(splitCredential(value).credential.trim());
}

/** True if any header of a request carries a credential of one of the kinds that are compared. */
function hasCredential({ request }: Interaction): boolean {
  return (request.headers ?? []).some(
    ([name]) => API_KEY.test(name) || name.toLowerCase() === "authorization",
  );
}

/**
 * Makes the function that gives the credential of a cassette's interactions, or `undefined` where they say nothing of
 * credentials. A request without one was sent without one if a recorder wrote the cassette, if it was refused as
 * unauthorized, or if the cassette keeps the credentials of others; a cassette without any may have lost them.
 */
export function credentialsOf(
  about: About,
  interactions: readonly Interaction[],
): (interaction: Interaction) => Credential | undefined {
  if (about.credentials === "any") return () => undefined;
  const recorded = about.origin !== "written";
  const complete =
    recorded && (isRecorders(about) || interactions.some((interaction) => hasCredential(interaction)));
  return (interaction) => {
    if (hasCredential(interaction)) return credentialOf(interaction.request.headers ?? []);
    return complete || (recorded && isRefused(interaction)) ? NO_CREDENTIAL : undefined;
  };
}

function isRecorders({ origin, recordedWith }: About): boolean {
  return origin === "recorded" && recordedWith !== undefined && /^gatetape\b/.test(recordedWith);
}

/** True if an interaction refuses the key of its request. */
export function isRefused({ response }: Interaction): boolean {
  return response.status === 401 || response.status === 403;
}

/** Text that is equal for equal credentials; `undefined` says nothing of credentials. */
export function credentialKey(credential: Credential | undefined): string {
  return credential === undefined ? "" : JSON.stringify([credential.form, credential.key ?? null]);
}
