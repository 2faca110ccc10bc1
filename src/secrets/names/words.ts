/** Letters that Unicode does not part into a letter and a mark. */
const WITHOUT_MARK: Readonly<Record<string, string>> = {
  ß: "ss",
  ł: "l",
  Ł: "L",
  ø: "o",
  Ø: "O",
  ı: "i",
  æ: "ae",
  œ: "oe",
};

/** Last words that are often written together with the word before them: `dbpassword`, `accesstoken`. */
const GLUED =
  /^(.+?)(passwords?|passwd|passphrase|passwort|kennwort|motdepasse|contrasena|secrets?|tokens?|pwd|credentials?)$/;
/** Words that stand before `key` and `pass` in names of secrets; `monkey` and `compass` are none. */
const GLUED_SHORT =
  /^(api|access|secret|auth|private|public|master|account|signing|encryption|encrypt|shared|subscription|license|licence|client|app|consumer|service|admin|user|primary|foreign|cache|sort|db|smtp|ftp|ssh|mail|login|root|sudo|my|sql|mysql|pg|redis|proxy|ldap|wifi|openai|albert|mistral|azure|groq|anthropic|deploy|host|idempotency|partition|row|hot|ssl|tls|gpg|pgp|rsa|aes|hmac|jwt|session|xapi|bind|store|key)(keys?|pass|mdp|pw)$/;

/**
 * The words of a name in small letters without accents: `X-Albert-Key`, `xAlbertKey` and `X_ALBERT_KEY` have the same.
 * Words that are often written together are parted; digits at the end of a word are dropped.
 */
export function wordsOf(name: string): string[] {
  return withoutMarks(name)
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .replaceAll(/([a-z\d])(?=[\u0370-\uffff])/gi, "$1 ")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => unglued(/^\d+$/.test(word) ? word : word.replace(/\d+$/, "")))
    .filter((word) => word !== "");
}

function withoutMarks(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text;
  return text
    .replaceAll(/[ßłŁøØıæœ]/g, (letter) => WITHOUT_MARK[letter] ?? letter)
    .normalize("NFD")
    .replaceAll(/(?<=[a-z])\p{M}+/giu, "")
    .normalize("NFC");
}

function unglued(word: string): string[] {
  const [, head, tail] = GLUED.exec(word) ?? GLUED_SHORT.exec(word) ?? [];
  return head === undefined || tail === undefined ? [word] : [...unglued(head), tail];
}

/** Form of a name for comparisons: small letters and digits alone. */
export function plainName(name: string): string {
  return withoutMarks(name)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}
