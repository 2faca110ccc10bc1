/**
 * Names before a run of random letters that say what it is, by their last word: ids, places in lists, hashes, public
 * halves of keys. Whoever has one of them opens nothing.
 */
const HARMLESS_LAST =
  /(?:^|[^A-Za-z])(?:\w*[_\s.-])?(?:ids?(?:-\d)?|ray|(?:none-)?match|verification|uid|uuid|guid|ulid|cuid2?|ksuid|xid|nanoid|objectid|slug|cursor|after|before|startingAfter|endingBefore|start_?after|scroll|offset|marker|etag|hash|digest|checksum|sum|sha\d*|md5|integrity|fingerprint|thumbprint|nonce|cid|ref|rev|revision|commit|oid|blob|tree|kid|x5t|x5c|jwks?|modulus|boundary|vectors?|embeddings?|floats?|base64|tensor|array|nextpage|next|previous|prev|page|anchor|trace|span|build|chunk|asset|bundle|version|serial)$/i;
/** The same for names that are written in one word or end in one that alone says too little. */
const HARMLESS_NAME =
  /(?:[pP]age|[nN]ext|[cC]ontinuation|[cC]ursor|[sS]ync|[pP]agination|[sS]croll|[lL]ist|[dD]elta|[rR]esume)[_\s-]?[tT]okens?$|(?:[pP]ublic|[oO]bject|[sS]3|[cC]ache|[fF]ile|[sS]torage|[pP]rimary|[fF]oreign|[sS]ort|[pP]artition|[iI]dempotency|[bB]lob|[iI]mage|[mM]edia|[uU]pload)[_\s-]?[kK]eys?$|[a-z](?:Id|Ids|ID|Uid|Cursor|Hash|Digest|Etag|Sha|Ref|Token(?:Id|Hash))$|(?:^|[^A-Za-z])(?:Key|[sS]ec-[wW]eb[sS]ocket-(?:[kK]ey|[aA]ccept)|ETag|VersionId|UploadId|RequestId|HostId)$/;
const NAME_BEFORE =
  /([\p{L}\p{N}_.-]+(?:[ ][\p{L}\p{N}_.-]+)?)["'`)\]>*]{0,3}\s{0,2}(?:[:=]{1,2}|,|is|est|->|=>)?\s{0,2}["'`]?(?:W\/)?["'`(<*]{0,3}$/u;

const URL_BEFORE =
  /(?:[a-z][a-z0-9+.-]{1,15}:\/\/|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|so|app|dev|fr|de|eu|cloud|ai|co|me|link|gl|be)\/)[^\s"'`<>\\]*$/i;
/** Links that open something by themselves: whoever has the address may write there. */
const OPENING_LINK =
  /hooks?[./-]|webhook|[?&#](?:sig|signature|token|key|auth|code|secret|password|pass|pwd|jwt|sas|credential)=[^&#]*$|:\/\/[^/\s]*:[^/\s]*$|invite|magic|reset|unsubscribe/i;
const PUBLIC_BLOCK =
  /-----BEGIN (?:[A-Z0-9]+ ){0,3}(?:CERTIFICATE(?: REQUEST)?|PUBLIC KEY|PUBLIC KEY BLOCK|SIGNATURE|MESSAGE|CRL|PARAMETERS)-----(?:(?!-----END)[\s\S])*$/;
const PUBLIC_KEY_BEFORE =
  /\bv=DKIM1;[^"]{0,80}\bp=[\w+/=]*$|(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-(?:ssh|ecdsa)[\w@.-]+)\s+[\w+/=]*$/;
const HASH_BEFORE = /(?:\bh1|\bsha-?(?:1|224|256|384|512)|\bmd5|\bblake\w*|\bpin-sha256)[:=-]["']?[\w+/]*$/i;
/** Content addresses of IPFS, and the ids of Twilio's messages and accounts. */
const CONTENT_ADDRESS =
  /^(?:(?:AC|CA|CH|MG|MM|PN|RE|SM|VA)[\da-f]{32}|Qm[A-Za-z0-9]{40,56}|(?:bafy|bafk|bafz|k51)[a-z2-7]{20,})$/;
/** A path to a file, of which the run is a part. */
const FILE_AFTER = /^[\w+=-]*(?:\/[\w.+=-]+)*\.[A-Za-z][A-Za-z0-9]{0,5}(?![\w-])/;
const PATH_BEFORE = /(?:^|[\s"'`(=:,])[\w.~-]*\/[\w./~-]*$/;

/** A number of a public key as JSON, beside the type of the key. */
const KEY_NUMBER_BEFORE = /"kty"[^{}]{0,2000}"(?:n|e|x|y|x5c|x5t(?:#S256)?)"\s*:\s*\[?\s*"$/;

const BEFORE = 400;
/** A block of text in base64 may be long. */
const BLOCK = 12_000;

/** True if what stands around a run of random letters says that it is no secret: a link, a public key, an id, a hash. */
export function isExplained(text: string, start: number, end: number): boolean {
  const run = text.slice(start, end);
  if (CONTENT_ADDRESS.test(run) || isPlainBase64(run)) return true;
  // JSON in a string of JSON has its quotes escaped.
  const before = text.slice(Math.max(0, start - BEFORE), start).replaceAll(/\\+(?=["'/])/g, "");
  if (HASH_BEFORE.test(before) || PUBLIC_KEY_BEFORE.test(before) || KEY_NUMBER_BEFORE.test(before))
    return true;
  const url = URL_BEFORE.exec(before)?.[0];
  if (url !== undefined) return !OPENING_LINK.test(url);
  if (PATH_BEFORE.test(before) && FILE_AFTER.test(text.slice(end, end + 128))) return true;
  const name = NAME_BEFORE.exec(before.slice(-96))?.[1];
  if (name !== undefined && (HARMLESS_LAST.test(name) || HARMLESS_NAME.test(name))) return true;
  const block = text.slice(Math.max(0, start - BLOCK), start);
  return block.includes("-----BEGIN") && PUBLIC_BLOCK.test(block);
}

/** The first bytes of PNG, JPEG, GIF and WebP in base64. */
const PICTURE = /^(?:iVBORw0KGgo|\/9j\/[24]|R0lGOD[dl]h|UklGR.{8}XRUJQ)/;

/** True for base64 that spells text, which is looked at by itself, or a vector of numbers. */
function isPlainBase64(run: string): boolean {
  if (PICTURE.test(run)) return true;
  const bytes = Buffer.from(run, "base64");
  if (bytes.length < 12) return false;
  const sample = bytes.subarray(0, 4096);
  return isPrintable(sample) || isVector(sample);
}

/** True for printable text: base64 that is cut may end within a character. */
function isPrintable(bytes: Buffer): boolean {
  let odd = 0;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
  for (const letter of bytes.toString("utf8")) if (letter === "\ufffd") odd++;
  return odd <= 1;
}

/** True for floats of 32 bits as embeddings have them. */
function isVector(bytes: Buffer): boolean {
  if (bytes.length < 32) return false;
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const size = Math.abs(bytes.readFloatLE(at));
    if (!(size === 0 || (size > 1e-9 && size < 100))) return false;
  }
  return true;
}
