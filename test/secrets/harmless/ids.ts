/** Links, ids, cursors and public keys: random, and no secret. */
import { LETTERS, type HarmlessKind, base64, hex, many, members, number, text, uuid, word } from "./kind.ts";

export const IDS: readonly HarmlessKind[] = [
  text(
    "Google Docs link",
    (r) =>
      `Summarise https://docs.google.com/document/d/1${r.text(43, LETTERS.url)}/edit?usp=sharing please.`,
  ),
  text(
    "Google Sheets link",
    (r) =>
      `The figures are in https://docs.google.com/spreadsheets/d/1${r.text(43, LETTERS.url)}/edit#gid=${number(r, 0, 2e9)}`,
  ),
  text(
    "Google Drive folder",
    (r) => `Slides: https://drive.google.com/drive/folders/1${r.text(32, LETTERS.url)}`,
  ),
  text(
    "S3 object key",
    (r) => `The file is s3://acme-${word(r)}s/uploads/2026/11/${r.text(32, LETTERS.base62)}/${word(r)}.pdf`,
  ),
  text(
    "S3 link",
    (r) => `https://acme-assets.s3.eu-west-3.amazonaws.com/img/${r.text(40, LETTERS.base36)}.png is broken`,
  ),
  text(
    "Notion link",
    (r) => `See https://www.notion.so/acme/Meeting-${word(r)}-${hex(r, 32)} for the minutes.`,
  ),
  text("Notion id", (r) => `The page id is ${hex(r, 32)}; what does it mean?`),
  text(
    "YouTube link",
    (r) => `Transcribe https://www.youtube.com/watch?v=${r.text(11, LETTERS.url)}&t=${number(r, 1, 900)}s`,
  ),
  text("commit link", (r) => `It broke in https://github.com/acme/${word(r)}/commit/${hex(r, 40)}`),
  text("gist link", (r) => `My code: https://gist.github.com/bob/${hex(r, 32)}`),
  text(
    "Figma link",
    (r) =>
      `Design: https://www.figma.com/file/${r.text(22, LETTERS.base62)}/Home?node-id=${number(r, 1, 99)}%3A${number(r, 1, 99)}`,
  ),
  text(
    "Slack permalink",
    (r) =>
      `Discussed in https://acme.slack.com/archives/C${r.text(10, LETTERS.upper + LETTERS.digits)}/p${r.text(16, LETTERS.digits)}`,
  ),
  text(
    "photo link",
    (r) => `![](https://images.unsplash.com/photo-${r.text(13, LETTERS.digits)}-${hex(r, 12)}?w=800&q=80)`,
  ),
  text(
    "asset with a hash",
    (r) =>
      `<script src="/assets/main.${hex(r, 20)}.js"></script>\n<link href="/assets/app-${r.text(8, LETTERS.url)}.css">`,
  ),
  text(
    "DOI and arXiv",
    (r) =>
      `Compare arXiv:${number(r, 1801, 2611)}.${r.text(5, LETTERS.digits)}v2 with doi:10.1038/s${r.text(5, LETTERS.digits)}-0${number(r, 10, 26)}-${r.text(5, LETTERS.digits)}-${r.pick(["x", "3", "w"])}.`,
  ),
  text("shared conversation", (r) => `Continue https://chatgpt.com/share/${uuid(r)}`),
  members("nanoid as id", (r) => ({ id: r.text(21, LETTERS.url), name: word(r) })),
  members("ksuid as id", (r) => ({ data: [{ id: r.text(27, LETTERS.base62), title: word(r) }] })),
  members("ulid as document_id", (r) => ({ document_id: `01${r.text(24, LETTERS.crockford)}`, chunk: 3 })),
  members("cuid as user_id", (r) => ({ user_id: `c${r.text(24, LETTERS.base36)}`, role: "member" })),
  members("ObjectId", (r) => ({ _id: hex(r, 24), title: word(r), parent_id: hex(r, 24) })),
  members("uuid as id", (r) => ({ id: uuid(r), collection_id: uuid(r) })),
  members("ids of OpenAI", (r) => ({
    id: `chatcmpl-${r.text(29, LETTERS.base62)}`,
    file_id: `file-${r.text(24, LETTERS.base62)}`,
    thread_id: `thread_${r.text(24, LETTERS.base62)}`,
    tool_call_id: `call_${r.text(24, LETTERS.base62)}`,
    system_fingerprint: `fp_${hex(r, 10)}`,
  })),
  members("next_cursor", (r) => ({ data: [], has_more: true, next_cursor: base64(r, 36) })),
  members("next_page_token", (r) => ({
    items: [],
    next_page_token: r.text(48, LETTERS.url),
    nextPageToken: `CAUQAA${r.text(20, LETTERS.url)}`,
  })),
  members("after and before", (r) => ({
    page_info: { end_cursor: base64(r, 24), start_cursor: base64(r, 24) },
    after: `msg_${r.text(24, LETTERS.base62)}`,
  })),
  members("etag", (r) => ({
    etag: `"${hex(r, 32)}"`,
    version_id: r.text(32, LETTERS.base62),
    revision: hex(r, 16),
  })),
  members("request and trace ids", (r) => ({
    request_id: `req_${hex(r, 32)}`,
    trace_id: hex(r, 32),
    span_id: hex(r, 16),
    traceparent: `00-${hex(r, 32)}-${hex(r, 16)}-01`,
  })),
  members("prompt_cache_key", (r) => ({ prompt_cache_key: `${word(r)}-${uuid(r)}`, cache_key: hex(r, 40) })),
  members("public_key", (r) => ({ public_key: base64(r, 32), publicKey: hex(r, 64), key_id: hex(r, 16) })),
  members("JWKS", (r) => ({
    keys: [
      {
        kty: "RSA",
        use: "sig",
        alg: "RS256",
        kid: r.text(27, LETTERS.url),
        n: r.text(342, LETTERS.url),
        e: "AQAB",
      },
    ],
  })),
  text(
    "ssh public key, ed25519",
    (r) =>
      `Add this to authorized_keys: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${r.text(43, LETTERS.base64)} bob@laptop`,
  ),
  text(
    "ssh public key, rsa",
    (r) => `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${r.text(334, LETTERS.base64)} bob@laptop`,
  ),
  text(
    "PEM certificate",
    (r) =>
      `Why is it refused?\n-----BEGIN CERTIFICATE-----\nMIID${r.text(60, LETTERS.base64)}\n${many(8, () => r.text(64, LETTERS.base64))}\n${r.text(30, LETTERS.base64)}==\n-----END CERTIFICATE-----`,
  ),
  text(
    "PEM public key",
    (r) =>
      `-----BEGIN PUBLIC KEY-----\nMIIB${r.text(60, LETTERS.base64)}\n${many(4, () => r.text(64, LETTERS.base64))}\n-----END PUBLIC KEY-----`,
  ),
  text(
    "GPG fingerprint",
    (r) =>
      `gpg --recv-keys ${r.text(40, "0123456789ABCDEF")}\nKey fingerprint = ${many(10, () => r.text(4, "0123456789ABCDEF"), " ")}`,
  ),
  text(
    "ssh fingerprint",
    (r) =>
      `The authenticity of host 'git.example.com' can't be established.\nED25519 key fingerprint is SHA256:${r.text(43, LETTERS.base64)}.`,
  ),
  text(
    "JWT header in prose",
    (r) =>
      `Why does every JWT begin with ${r.pick(["eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJub25lIn0"])}? It is the ${word(r)} again.`,
  ),
  text(
    "base64 of a vector in prose",
    (r) =>
      `The API gave this embedding: ${Buffer.from(new Float32Array(Array.from({ length: number(r, 32, 128) }, () => r.next() - 0.5)).buffer).toString("base64")}`,
  ),
  text(
    "base64 of a sentence",
    (r) =>
      `What is ${Buffer.from(`The ${word(r)} is near the ${word(r)} and the ${word(r)}.`).toString("base64")} in plain text?`,
  ),
  text(
    "wallet address",
    (r) =>
      `Explain the transfer to 0x${hex(r, 40)} and to bc1q${r.text(38, "023456789acdefghjklmnpqrstuvwxyz")}.`,
  ),
  text("IPFS CID", (r) => `ipfs get Qm${r.text(44, LETTERS.base62)} fails`),
];
