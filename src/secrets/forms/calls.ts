import { isAssignedSecret } from "../names/index.ts";
import type { NamedValue } from "./named-value.ts";

/** Calls that take a password or a token: `login("bob", "…")`, `bearer_auth("…")`, `auth=("bob", "…")`. */
const CALL =
  /\b(?:\w*bearer_?auth|\w*basic_?auth|set_?(?:password|token|api_?key|secret)|with_?(?:password|token|api_?key|secret)|log_?in|authenticate|auth)\s{0,2}[(=]\s{0,2}\(?(?:["'][^"'\n]{0,64}["']\s{0,2},\s{0,2}(?:Some\()?)?["']([^"'\n]{4,255})["']/gi;

/** An argument before the one that is a secret. */
const ARGUMENT = String.raw`(?:[\w.$:]{1,64}|b?"[^"\n]{0,128}"|b?'[^'\n]{0,128}'|\{[^{}\n]{0,128}\})\s{0,8},\s{0,8}`;
const SECRET_ARGUMENT = String.raw`b?["']([^"'\n]{4,255})["']`;

const callOf = (names: string, before: number): RegExp =>
  new RegExp(String.raw`\b(?:${names})\s{0,2}\(\s{0,8}(?:${ARGUMENT}){${before}}${SECRET_ARGUMENT}`, "g");

/** Calls of libraries by the arguments that stand before the secret. */
const CALLS: readonly RegExp[] = [
  CALL,
  callOf(
    String.raw`SecretStr|SecretString|Fernet|SecretKeySpec|PASSWORD|hmac\.new|hmac\.digest|(?:AES|DES|DES3|Blowfish|ChaCha20|ARC4)\.new`,
    0,
  ),
  callOf(
    String.raw`jwt\.(?:sign|verify|encode|decode)|create(?:Hmac|Cipheriv|Decipheriv)|NetworkCredential|UsernamePassword\w*|HTTP(?:Digest|Proxy)Auth|PSCredential|PasswordAuthentication`,
    1,
  ),
  callOf(String.raw`mysqli(?:_connect)?|mysql_connect|getConnection|PDO|PlainAuth`, 2),
];
const ANY_CALL =
  /auth|log_?in|set_?(?:password|token|api|secret)|with_?(?:password|token|api|secret)|Secret|Fernet|PASSWORD|hmac|\.new|jwt|cipheriv|Credential|UsernamePassword|mysql|getConnection|PDO/i;

/** Passwords and keys that are handed to a function. */
export function* callValues(text: string): Generator<NamedValue> {
  if (!text.includes("(") && !/auth\s{0,2}=/i.test(text)) return;
  if (!ANY_CALL.test(text)) return;
  for (const call of CALLS)
    for (const match of text.matchAll(call)) {
      const value = match[1] ?? "";
      if (!isAssignedSecret(value, "strong", true)) continue;
      const start = match.index + match[0].length - 1 - value.length;
      yield { name: "call", start, end: start + value.length };
    }
}
