/** Names under which secrets are sent, and what of a value under such a name is one. */
export {
  cookiePairs,
  cookieValues,
  isSanitizedCredential,
  passwordOf,
  pseudonymousCredential,
  splitCredential,
} from "./credentials.ts";
export { type Strength, credentialHeader, strengthOfField, strengthOfParameter } from "./strength.ts";
export { isAssignedSecret, isCredentialText, isRandomText, isSecretValue } from "./values.ts";
export { plainName } from "./words.ts";
export { NAME_HINT } from "./tables.ts";
