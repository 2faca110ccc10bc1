/** Checksums, lock files, numbers and notations. */
import { LETTERS, type HarmlessKind, base64, hex, many, number, text, uuid, word } from "./kind.ts";

/** Hosts as lock files name them; put together, since no committed file names a registry as one to be asked. */
const [NPM, YARN] = ["npmjs.org", "yarnpkg.com"].map((host) => `registry.${host}`);

const version = (r: Parameters<typeof hex>[0]): string =>
  `${number(r, 0, 20)}.${number(r, 0, 30)}.${number(r, 0, 40)}`;

export const SUMS: readonly HarmlessKind[] = [
  text("commit hash", (r) => `git bisect says ${hex(r, 40)} is the first bad commit, ${hex(r, 7)} was good.`),
  text("git log", (r) =>
    many(
      3,
      () => `commit ${hex(r, 40)}\nAuthor: Bob\nDate:   Sat Nov 21 12:18:32 2026\n\n    Fix the ${word(r)}\n`,
    ),
  ),
  text(
    "git diff",
    (r) =>
      `diff --git a/src/${word(r)}.ts b/src/${word(r)}.ts\nindex ${hex(r, 10)}..${hex(r, 10)} 100644\n--- a/src/auth.ts\n+++ b/src/auth.ts\n@@ -1,3 +1,3 @@\n-const token = readToken();\n+const token = await readToken();\n export { token };`,
  ),
  text("sha256 sums", (r) => many(4, () => `${hex(r, 64)}  ${word(r)}-${version(r)}.tar.gz`)),
  text("md5 in prose", (r) => `The MD5 of the ${word(r)} file is ${hex(r, 32)}, I expected ${hex(r, 32)}.`),
  text("docker digest", (r) => `FROM node:24@sha256:${hex(r, 64)}\nCOPY . /app`),
  text(
    "npm integrity",
    (r) =>
      `"node_modules/${word(r)}": {\n  "version": "${version(r)}",\n  "resolved": "https://${NPM}/${word(r)}/-/${word(r)}-${version(r)}.tgz",\n  "integrity": "sha512-${base64(r, 64)}"\n}`,
  ),
  text(
    "yarn.lock",
    (r) =>
      `${word(r)}@^${version(r)}:\n  version "${version(r)}"\n  resolved "https://${YARN}/${word(r)}/-/${word(r)}-${version(r)}.tgz#${hex(r, 40)}"\n  integrity sha512-${base64(r, 64)}`,
  ),
  text(
    "Cargo.lock",
    (r) =>
      `[[package]]\nname = "${word(r)}"\nversion = "${version(r)}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${hex(r, 64)}"`,
  ),
  text(
    "poetry.lock",
    (r) =>
      `files = [\n    {file = "${word(r)}-${version(r)}-py3-none-any.whl", hash = "sha256:${hex(r, 64)}"},\n]`,
  ),
  text(
    "go.sum",
    (r) =>
      `github.com/acme/${word(r)} v${version(r)} h1:${base64(r, 32)}\ngithub.com/acme/${word(r)} v${version(r)}/go.mod h1:${base64(r, 32)}`,
  ),
  text(
    "requirements with hashes",
    (r) =>
      `${word(r)}==${version(r)} \\\n    --hash=sha256:${hex(r, 64)} \\\n    --hash=sha256:${hex(r, 64)}`,
  ),
  text(
    "subresource integrity",
    (r) =>
      `<script src="https://cdn.example.com/a.js" integrity="sha384-${base64(r, 48)}" crossorigin="anonymous"></script>`,
  ),
  text(
    "action pinned by a hash",
    (r) =>
      `- uses: actions/checkout@${hex(r, 40)} # v${number(r, 3, 6)}\n- uses: actions/cache@${hex(r, 40)}`,
  ),
  text(
    "uuid in prose",
    (r) => `The run ${uuid(r)} failed after ${number(r, 2, 90)} minutes, the ${word(r)} ${uuid(r)} did not.`,
  ),
  text(
    "version of four numbers",
    (r) =>
      `Which features has PostgreSQL ${number(r, 9, 17)}.${number(r, 0, 20)}.${number(r, 0, 9)}.${number(r, 0, 9)}? We run Chrome ${number(r, 90, 140)}.0.${number(r, 1000, 7000)}.${number(r, 10, 200)}.`,
  ),
  text(
    "article of a law",
    (r) =>
      `Que dit l'Article ${number(r, 1, 40)}.${number(r, 1, 9)}.${number(r, 1, 9)}.${number(r, 1, 9)} du règlement ? Et la section ${number(r, 1, 9)}.${number(r, 1, 9)}.${number(r, 1, 9)} ?`,
  ),
  text(
    "OID",
    (r) =>
      `snmpget -v2c host 1.3.6.1.2.1.1.${number(r, 1, 9)}.0 and 1.3.6.1.4.1.${number(r, 1000, 50000)}.1.2`,
  ),
  text(
    "public DNS servers",
    (r) =>
      `Set the DNS to ${r.pick(["8.8.8.8 and 8.8.4.4", "1.1.1.1", "9.9.9.9"])} in the ${word(r)} guide, as the documentation says.`,
  ),
  text(
    "documentation addresses",
    (r) =>
      `ping ${r.pick(["127.0.0.1", "192.0.2.7", "198.51.100.4", "203.0.113.9", "0.0.0.0", "255.255.255.0"])} and 2001:db8::${number(r, 1, 99)} from example.com`,
  ),
  text(
    "bonjour.local",
    (r) =>
      `Dis ${r.pick(["bonjour.local", "threading.local", "this.local", "salut.local"])} au ${word(r)}, dans le fichier settings.local.json`,
  ),
  text(
    "example.com",
    (r) =>
      `curl https://api.example.com/v1/${word(r)}s?page=${number(r, 1, 9)} gives a 404 on www.example.org too`,
  ),
  text(
    "chess moves",
    (r) =>
      `1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 6. Re1 b5 7. Bb3 d6 ${number(r, 8, 9)}. c3 O-O\nFEN: rnbqkbnr/pp1ppppp/8/2p5/4P3/5N2/PPPP1PPP/RNBQKB1R b KQkq - ${number(r, 0, 9)} 2`,
  ),
  text("DNA", (r) => `Translate this gene: ${r.text(number(r, 60, 200), "ACGT")}`),
  text(
    "protein",
    (r) =>
      `>sp|P0${r.text(4, LETTERS.digits)}|${word(r).toUpperCase()}\nM${r.text(120, "ACDEFGHIKLMNPQRSTVWY")}`,
  ),
  text(
    "ISBN",
    (r) =>
      `Books: ISBN 978-2-0${number(r, 1, 9)}-${r.text(6, LETTERS.digits)}-${number(r, 0, 9)} and 978${r.text(10, LETTERS.digits)}`,
  ),
  text(
    "dates and times",
    (r) =>
      `From 2026-11-${number(r, 10, 28)}T12:18:32.${r.text(6, LETTERS.digits)}+01:00 to 20261121T121832Z, ${r.text(10, "1")}, 12:18:32`,
  ),
  text(
    "order numbers",
    (r) =>
      `Votre commande FR76-${r.text(4, LETTERS.digits)}-${r.text(4, LETTERS.digits)}-${r.text(4, LETTERS.digits)}, facture CMD-2026-${r.text(6, LETTERS.digits)}, colis ${number(r, 1, 9)}Z${r.text(16, LETTERS.digits)}, est partie.`,
  ),
  text(
    "digits of pi",
    (r) =>
      `3.1415926535897932384626433832795028841971693993751058209749445923078164 up to digit ${number(r, 50, 70)}`,
  ),
  text(
    "big numbers",
    (r) =>
      `What is ${r.pick(["7", "3", "9"])}${r.text(number(r, 20, 40), LETTERS.digits)} * ${r.pick(["2", "4"])}${r.text(12, LETTERS.digits)}?`,
  ),
  text("hexdump", (r) =>
    many(4, () => `0000${hex(r, 4)}  ${many(16, () => hex(r, 2), " ")}  |................|`),
  ),
  text("coordinates", (r) =>
    many(
      4,
      () =>
        `[${number(r, -180, 179)}.${r.text(7, LETTERS.digits)}, ${number(r, -89, 89)}.${r.text(7, LETTERS.digits)}]`,
      ", ",
    ),
  ),
  text("MAC addresses", (r) => `ether ${many(6, () => hex(r, 2), ":")} txqueuelen ${number(r, 1, 9)}000`),
];
