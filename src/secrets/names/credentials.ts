import { credentialHeader } from "./strength.ts";

const SCHEME =
  "(?:basic|bearer|digest|dpop|gnap|hoba|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-(?:1|256)|vapid|token|apikey)";
const EMPTY_CREDENTIAL = new RegExp(String.raw`^\s*(?:${SCHEME}\s*)?$`, "i");
const PSEUDONYM_CREDENTIAL = new RegExp(
  String.raw`^\s*(?:${SCHEME}\s+)?(?:sk|cookie|jwt|secret)-\d{1,6}\s*$`,
  "i",
);
const CREDENTIAL = new RegExp(String.raw`^(\s*(?:${SCHEME}\s+)?)(.*)$`, "is");

/** True if a credential header's value is empty or holds only a pseudonym after its scheme. */
export function isSanitizedCredential(value: string): boolean {
  return EMPTY_CREDENTIAL.test(value) || PSEUDONYM_CREDENTIAL.test(value);
}

/** The kind of a credential header whose value is a pseudonym; `undefined` for any other header or value. */
export function pseudonymousCredential(name: string, value: string): string | undefined {
  return PSEUDONYM_CREDENTIAL.test(value) ? credentialHeader(name) : undefined;
}

/**
 * Parts a credential header into what stays (scheme and blanks) and the credential. Only schemes of RFC 9110's registry
 * and the common ones beside them stay: of a value like `hunter2 x` the first word may be as secret as the second.
 */
export function splitCredential(value: string): { scheme: string; credential: string } {
  const match = CREDENTIAL.exec(value);
  return { scheme: match?.[1] ?? "", credential: match?.[2] ?? value };
}

/** The names and values of cookies, without the attributes of a `Set-Cookie`. */
export function cookiePairs(header: string): string[] {
  return header
    .split(";")
    .filter(
      (pair) =>
        !/^\s*(?:(?:expires|max-age|domain|path|samesite|priority)\s*=|httponly$|secure$)/i.test(pair),
    );
}

/** The values of cookies. */
export function cookieValues(header: string): string[] {
  return cookiePairs(header).map((pair) =>
    pair
      .slice(pair.indexOf("=") + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1"),
  );
}

/** The password of a Basic credential. */
export function passwordOf(credential: string): string {
  const text = Buffer.from(credential, "base64").toString();
  return text.slice(text.indexOf(":") + 1);
}
