/** A certificate for a server of a test, made when it is needed: no key lies about in the repository. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";

/** Type, length, content (ITU-T X.690). */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const integer = (...bytes: readonly number[]): Buffer => der(0x02, Buffer.from(bytes));
const text = (value: string): Buffer => der(0x0c, Buffer.from(value));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content);
const time = (date: string): Buffer => der(0x17, Buffer.from(date));

const COMMON_NAME = "550403";
const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";
const ECDSA_WITH_SHA256 = "2a8648ce3d040302";

/** A key and a certificate that it signs itself (RFC 5280), for `localhost` and 127.0.0.1. */
export function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), text("gatetape test"))));
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = sequence(
    sequence(oid(SUBJECT_ALT_NAME), der(0x04, names)),
    sequence(
      oid(BASIC_CONSTRAINTS),
      der(0x01, Buffer.from([0xff])),
      der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
    ),
  );
  const serial = createHash("sha256").update(spki).digest().subarray(0, 8);
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1, ...serial),
    algorithm,
    name,
    sequence(time("200101000000Z"), time("491231235959Z")),
    name,
    spki,
    der(0xa3, extensions),
  );
  const cert = sequence(body, algorithm, bits(sign("sha256", body, privateKey)));
  const lines = cert.toString("base64").replaceAll(/.{1,64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  };
}
