/** Parts of an exchange that carry a text in base64, compressed, or as a file. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  JSON_TYPE,
  answered,
  asked,
  chat,
  completion,
  hello,
  json,
  multipart,
  prompt,
  wrapped,
} from "./bodies.ts";
import type { Carrier } from "./carrier.ts";
import { zip } from "./zip.ts";

const ENCODED: readonly Carrier[] = [
  {
    id: "base64 member",
    plant: (text) =>
      asked({
        ...hello(),
        attachment: { type: "text/plain", data_base64: Buffer.from(text).toString("base64") },
      }),
  },
  {
    id: "base64 in b64_json",
    plant: (text) =>
      answered({ created: 1760000000, data: [{ b64_json: Buffer.from(text).toString("base64") }] }),
  },
  {
    id: "base64 in prose",
    plant: (text) => asked(prompt(`Decode this: ${Buffer.from(text).toString("base64")}`)),
  },
  {
    id: "base64 with line breaks",
    plant: (text) => asked(prompt(`Decode:\n${wrapped(Buffer.from(text).toString("base64"), 64)}\n`)),
  },
  {
    id: "data URL",
    plant: (text) =>
      asked(
        prompt([
          {
            type: "image_url",
            image_url: { url: `data:text/plain;base64,${Buffer.from(text).toString("base64")}` },
          },
        ]),
      ),
  },
];

const encoded = (encoding: string, pack: (bytes: Buffer) => Buffer, said: boolean): readonly Carrier[] => [
  {
    id: `${encoding} answer${said ? "" : ", unsaid"}`,
    plant: (text) =>
      chat({
        responseHeaders: said
          ? [
              ["content-type", "application/json"],
              ["content-encoding", encoding],
            ]
          : [["content-type", "application/octet-stream"]],
        writes: [pack(json(completion({ content: text })))],
      }),
  },
  {
    id: `${encoding} request${said ? "" : ", unsaid"}`,
    plant: (text) =>
      chat({
        requestHeaders: said
          ? [...JSON_TYPE, ["Content-Encoding", encoding]]
          : [["Content-Type", "application/octet-stream"]],
        requestBody: pack(json(prompt(text))),
      }),
  },
];

const FILES: readonly Carrier[] = [
  {
    id: "text file in multipart",
    plant: (text) => multipart('name="file"; filename="notes.txt"', "text/plain", Buffer.from(text)),
  },
  {
    id: "zip in multipart",
    plant: (text) =>
      multipart('name="file"; filename="notes.zip"', "application/zip", zip("notes.txt", Buffer.from(text))),
  },
  {
    id: "gzip in multipart",
    plant: (text) =>
      multipart('name="file"; filename="notes.gz"', "application/gzip", gzipSync(Buffer.from(text))),
  },
  {
    id: "multipart field of text",
    plant: (text) => multipart('name="prompt"', undefined, Buffer.from(text)),
  },
];

const FILLER = "The museum by the harbour opens at nine and closes late. ";

const BINARIES: readonly Carrier[] = [
  {
    id: "binary answer",
    plant: (text, random) =>
      chat({
        target: "/v1/audio/speech",
        responseHeaders: [["content-type", "audio/mpeg"]],
        writes: [Buffer.concat([random.bytes(3000), Buffer.from(`\0${text}\0`), random.bytes(3000)])],
      }),
  },
  {
    id: "binary upload",
    plant: (text, random) =>
      multipart(
        'name="file"; filename="voice.mp3"',
        "audio/mpeg",
        Buffer.concat([random.bytes(2000), Buffer.from(`\0${text}\0`), random.bytes(2000)]),
      ),
  },
  {
    id: "long prompt",
    plant: (text) => asked(prompt(`${FILLER.repeat(300)}\n${text}\n${FILLER.repeat(100)}`)),
  },
];

/** Carriers that encode a text. */
export const ENCODED_CARRIERS: readonly Carrier[] = [
  ...ENCODED,
  ...FILES,
  ...BINARIES,
  ...encoded("gzip", gzipSync, true),
  ...encoded("br", brotliCompressSync, true),
  ...encoded("deflate", deflateSync, true),
  ...encoded("zstd", zstdCompressSync, true),
  ...encoded("gzip", gzipSync, false),
  ...encoded("deflate", deflateSync, false),
  ...encoded("zstd", zstdCompressSync, false),
];
