/**
 * Plays cassettes in process, without a port: requests of the code under test to a gateway's address stay in the process.
 *
 * @packageDocumentation
 */
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import nock from "nock";
import { existsSync } from "node:fs";
import { type LibraryEntry, logFileOf, refuseOldLog } from "./cassette/index.ts";
import { type Mock, type MockOptions, createMock } from "./mock/index.ts";
import { type CassetteOptions, cassetteFile } from "./recorder/index.ts";
import { parseUpstream } from "./server/index.ts";
import { GatetapeError } from "./util/index.ts";

export type NockPlayErrorCode = "needs-a-socket" | "not-found";

/** A cassette that does not exist, or that only a socket can play. */
export class NockPlayError extends GatetapeError<NockPlayErrorCode> {
  override readonly name = "NockPlayError";
}

export interface NockPlay
  extends Disposable, Pick<Mock, "journal" | "stubs" | "reply" | "calls" | "expectAllPlayed"> {
  /** Lets requests to the gateway through again. */
  stop(): void;
}

/** Interceptors of stopped plays by address; they pass everything until a cassette is played there again. */
const stopped = new Map<string, nock.Interceptor[]>();

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** Part of an answer that needs a socket, as a sentence about it; `undefined` if there is none. */
function socketFault({
  status,
  end,
  informational,
}: LibraryEntry["interaction"]["response"]): string | undefined {
  const how = end?.how ?? "complete";
  if (how !== "complete" && how !== "close") return `ends in ${how}`;
  if (status === undefined) return "has no head";
  return informational === undefined ? undefined : "sends an interim response";
}

/**
 * Answers requests to `origin` from cassettes, as the mock does: the same matching, sequences, refusals and waits.
 * The order and case of headers and the boundaries of chunks are lost, since there is no wire.
 *
 * @param origin scheme, host and port of the gateway, e.g. `https://gateway.example`
 * @example
 * ```ts
 * using gateway = playWithNock("https://gateway.example", { cassettes: ["test/cassettes"] });
 * ```
 * @throws CassetteError for a cassette that can't be used
 * @throws NockPlayError if a cassette has a transport fault: nock would turn it into a clean end
 */
export function playWithNock(
  origin: string,
  options: Omit<MockOptions, "faults" | "faultSeed" | "allowHeaderFaults"> = {},
): NockPlay {
  const mock = createMock(options);
  const faults = mock.library.entries.flatMap(({ title, interaction }) => {
    const fault = socketFault(interaction.response);
    return fault === undefined ? [] : [`${title} ${fault}`];
  });
  if (faults[0] !== undefined) {
    throw new NockPlayError(
      "needs-a-socket",
      {},
      `${faults[0]}: nock can't do that, it would show a clean end`,
      `play it over a socket, with startMock or gatetape mock${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ""}`,
    );
  }
  let playing = true;
  // nock answers 501 at an address whose last interceptor was removed: stopping makes them pass instead.
  const scope = nock(origin, { allowUnmocked: true, conditionally: () => playing }).persist();
  const interceptors = METHODS.map((method) => scope.intercept(() => true, method));
  for (const interceptor of interceptors) {
    interceptor.reply(async (request: Request) => {
      const response = await mock.app.fetch(request);
      const { body } = response;
      return [
        response.status,
        body === null ? "" : Readable.fromWeb(body as NodeReadableStream),
        [...response.headers].flat(),
      ];
    });
  }
  for (const interceptor of stopped.get(origin) ?? []) nock.removeInterceptor(interceptor);
  stopped.delete(origin);
  const stop = (): void => {
    playing = false;
    stopped.set(origin, interceptors);
    mock.journal.close();
  };
  const { journal, stubs, reply, calls, expectAllPlayed } = mock;
  return { journal, stubs, reply, calls, expectAllPlayed, stop, [Symbol.dispose]: stop };
}

/**
 * Plays a cassette while a function runs, at the upstream's own address and without a port. Record it with
 * `withCassette` of `gatetape`, over real sockets.
 *
 * @param name the name under which it was recorded
 * @example
 * ```ts
 * await withCassette("greeting", { upstream: "https://gateway.example/v1" }, async () => {
 *   // requests to https://gateway.example are answered from cassettes/greeting.cassette.json
 * });
 * ```
 * @throws NockPlayError if there is no such cassette, or only a socket can play it
 */
export async function withCassette<T>(
  name: string,
  options: Pick<CassetteOptions, "folder" | "ogl" | "speed"> & { readonly upstream: string },
  use: () => T | Promise<T>,
): Promise<T> {
  const file = cassetteFile(name, options.folder);
  refuseOldLog(file);
  if (!existsSync(file) && !existsSync(logFileOf(file)))
    throw new NockPlayError(
      "not-found",
      {},
      `there is no ${file}`,
      'record it, with withCassette of "gatetape" and mode "once"',
    );
  const { origin, prefix } = parseUpstream(options.upstream);
  if (prefix !== "")
    throw new NockPlayError(
      "needs-a-socket",
      {},
      `${options.upstream} has a path before /v1, which a cassette does not keep`,
      'play it over a socket, with withCassette of "gatetape"',
    );
  const play = playWithNock(origin, {
    cassettes: [file],
    world: "off",
    policy: "observe",
    speed: options.speed ?? Infinity,
    ...(options.ogl === undefined ? {} : { ogl: options.ogl }),
  });
  try {
    return await use();
  } finally {
    play.stop();
  }
}
