/**
 * Names under which secrets are sent. A name is compared without case and without what parts its words: `apiKey`,
 * `API_KEY` and `api-key` are one.
 */

/** `strong`: any value is a secret. `weak`: the name is also used for other things, the value must look like one. */
export type Strength = "strong" | "weak";

/** Endings of names whose value is a secret whatever it looks like. */
const STRONG =
  /(?:password|passwd|passphrase|pwd|secret|apikeys?|accesskey|secretkey|privatekey|accesskeysecret|accountkey|signingkey|encryptionkey|masterkey|authkey|sharedkey|subscriptionkey|licensekey|connectionstring|dsn|(?:access|refresh|id|auth|bearer|session|security|csrf|xsrf|api|bot|oauth|jwt|login|user|admin|vault|deploy|device|personal|service|github|gitlab|slack|npm|hf)token|authorization|setcookie)s?$/;
const WEAK = /(?:token|auth|credentials?|cookies?|sessionid|sessionkey|passcode|otp|pat)$/;
/** Names that end so and are about something else. */
const ORDINARY =
  /^(?:(?:is|has|no|with|show|hide|reset|forgot|forgotten|change|require|required|min|max|num|count|n)\w*(?:password|secret|token)s?|(?:pad|eos|bos|unk|sep|cls|mask|page|nextpage|continuation|cursor|next|stop|start|end|first|last|special|prompt|completion|decoded|sub|added|current|previous|top|sync|image|audio|video|think|tool)token|author|oauth|compat|pat|path|format|repeat|chat|concat|float|stat|heartbeat)$/;

/** Names of query parameters beside those of fields. */
const STRONG_PARAMETER =
  /^(?:token|signature|hmac|auth|jwt|assertion|ticket|sessionid|sid|xamz(?:signature|credential|securitytoken)|xgoog(?:signature|credential)|awsaccesskeyid|googleaccessid|sas)$/;
const WEAK_PARAMETER = /^(?:key|ak|sk|sig|code|session|pass|pw|pwd)$/;

/** Headers whose whole value is a credential, or cookies. */
const COOKIES = new Set(["cookie", "set-cookie", "cookie2", "set-cookie2"]);
const CREDENTIAL_HEADER =
  /^(?:proxy-)?authorization$|^(?:[\w.]+-)*(?:api-?key|auth-?key|access-?key|secret-?key|subscription-?key|functions-key|goog-api-key|(?:auth|access|refresh|session|security|csrf|xsrf|api|id|private|gitlab|github|vault|bot|job|deploy|service|user|amz-security|forwarded-access|client)-?token|secret|password|passwd|signature-?key|client-?secret|credentials?)$|^x-(?:auth|token|key|credential|forwarded-authorization|original-authorization|amz-credential|access|sig|signature)$/;

/** Form of a name for comparisons: small letters and digits alone. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Certainty that the value of a JSON field, form field or variable of this name is a secret; `undefined` if it is none. */
export function strengthOfField(name: string, own: ReadonlySet<string> = NONE): Strength | undefined {
  const plain = plainName(name);
  if (own.has(plain)) return "strong";
  if (ORDINARY.test(plain)) return undefined;
  if (STRONG.test(plain)) return "strong";
  return WEAK.test(plain) ? "weak" : undefined;
}

/** Certainty that the value of a query parameter of this name is a secret; `undefined` if it is none. */
export function strengthOfParameter(name: string, own: ReadonlySet<string> = NONE): Strength | undefined {
  const plain = plainName(name);
  if (own.has(plain) || STRONG_PARAMETER.test(plain)) return "strong";
  return strengthOfField(name) ?? (WEAK_PARAMETER.test(plain) ? "weak" : undefined);
}

/** The kind of a header whose whole value is a secret. */
export function credentialHeader(
  name: string,
  own: ReadonlySet<string> = NONE,
): "authorization" | "cookie" | undefined {
  const lower = name.toLowerCase();
  if (COOKIES.has(lower)) return "cookie";
  return CREDENTIAL_HEADER.test(lower) || own.has(plainName(lower)) ? "authorization" : undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** Values that say that there is none, that it was left out, or where it is to be taken from. */
const NO_VALUE =
  /^(?:null|none|nil|true|false|undefined|string|str|text|redacted|hidden|masked|required|optional|empty|n\/a|todo|changeme|bearer|basic|default|auto|\.+|\*+|x+|•+|-+|_+|\?+)$/i;
const PLACEHOLDER =
  /^(?:\$[\w({]|\{\{|\{[\w.]+\}$|<[\w /_-]*>?$|%\(|%\{|%\w+%$|\[[\w -]+\]$|env[:.(]|process\.env|os\.environ|your[ _-])/i;
const MASKED = /\.\.\.|…|\*\*\*|•••/;

/** True if a value under a telling name is a secret, and not a word that stands for one. */
export function isSecretValue(value: string, strength: Strength): boolean {
  const text = value.trim();
  if (text === "" || NO_VALUE.test(text) || PLACEHOLDER.test(text) || MASKED.test(text)) return false;
  return strength === "strong" || (!/^\s/.test(value) && isCredentialText(text));
}

/** True for text that was made by chance rather than written: it has digits among letters, or is long. */
export function isCredentialText(text: string): boolean {
  if (text.length < 6 || !/^[\x21-\x7e]+$/.test(text) || MASKED.test(text) || NO_VALUE.test(text))
    return false;
  if (/^(?:\$|\{|<|%[({])/.test(text)) return false;
  return (
    (/\d/.test(text) && /[A-Za-z]/.test(text)) ||
    (text.length >= 24 && !/^[a-z]+(?:[-_.][a-z]+)*$/i.test(text))
  );
}

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
