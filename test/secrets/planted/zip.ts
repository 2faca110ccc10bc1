/** Zip archives of one file, as small as they come. */
import { crc32, deflateRawSync } from "node:zlib";

function numbers(...pairs: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    pairs.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
}

/** A zip archive with one deflated file. */
export function zip(name: string, content: Buffer): Buffer {
  const data = deflateRawSync(content);
  const about = numbers(
    [20, 2],
    [0, 2],
    [8, 2],
    [0, 2],
    [0x5a21, 2],
    [crc32(content), 4],
    [data.length, 4],
    [content.length, 4],
    [name.length, 2],
    [0, 2],
  );
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), about, Buffer.from(name), data]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02"),
    numbers([20, 2]),
    about,
    numbers([0, 2], [0, 2], [0, 2], [0, 4], [0, 4]),
    Buffer.from(name),
  ]);
  const end = numbers([0, 2], [0, 2], [1, 2], [1, 2], [central.length, 4], [local.length, 4], [0, 2]);
  return Buffer.concat([local, central, Buffer.from("PK\x05\x06"), end]);
}
