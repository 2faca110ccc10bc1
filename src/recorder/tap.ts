import type { UpstreamExchange, UpstreamTap } from "../exchange/index.ts";
import { HttpParseError } from "../http/index.ts";
import type { OglVersion } from "../openapi/index.ts";
import { masked } from "../secrets/index.ts";
import type { UpstreamTarget } from "../server/index.ts";
import type { Counters } from "./counters.ts";
import { requestTitle } from "./model/index.ts";
import { type EndMark, type WorkerClient, type WorkerListener, doneMark, endMark } from "./worker/index.ts";

/** The requests under way. */
export class OpenRequests {
  /** By their ids, as messages name them. */
  readonly #names = new Map<number, string>();
  readonly #ogl: OglVersion;
  #open = 0;
  #whenNone: (() => void)[] = [];

  constructor(ogl: OglVersion) {
    this.#ogl = ogl;
  }

  opened(): void {
    this.#open++;
  }

  over(): void {
    if (--this.#open === 0) for (const settle of this.#whenNone.splice(0)) settle();
  }

  /** Settled when no exchange is under way: those of a connection that was closed are over some time after it. */
  none(): Promise<void> {
    return this.#open === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenNone.push(resolve));
  }

  add(id: number, head: Uint8Array): void {
    const [line = ""] = Buffer.from(head).toString("latin1").split("\r\n", 1);
    const [method = "", target = ""] = line.split(" ");
    this.#names.set(id, requestTitle(this.#ogl, method, target));
  }

  /** The name of a request, once: whoever takes it speaks of the request. */
  take(id: number): string | undefined {
    const name = this.#names.get(id);
    this.#names.delete(id);
    return name;
  }
}

/** Counts and tells what the worker says. */
export function workerListener(counters: Counters, requests: OpenRequests): WorkerListener {
  return {
    result: (id, result) => counters.result(result, id, requests.take(id) ?? ""),
    dropped: (id, why) => {
      const name = requests.take(id);
      if (name !== undefined) counters.skipped(id, name, `${why}; it passes on`);
    },
    trouble: (message, fix) => counters.trouble(masked(message), fix),
  };
}

export interface TapOptions {
  readonly keepAborted: boolean;
  readonly target: UpstreamTarget;
  readonly worker: WorkerClient | undefined;
  readonly counters: Counters;
  readonly requests: OpenRequests;
}

/** Makes the tap that hands exchanges to the worker, as their bytes come. */
export function recorderTap({ keepAborted, target, worker, counters, requests }: TapOptions): UpstreamTap {
  const { stats } = counters;
  return {
    opened: (id, head) => {
      stats.requests++;
      stats.open++;
      requests.opened();
      requests.add(id, head);
      worker?.open(id, head);
    },
    sent: (id, bytes) => worker?.request(id, bytes),
    received: (id, bytes, at) => {
      stats.bytes += bytes.length;
      worker?.read(id, at, bytes);
    },
    ending: (id) => worker?.taken(id),
    finished: (exchange) => {
      stats.open--;
      requests.over();
      if (isUnreachable(exchange))
        counters.trouble(
          `${target.origin} can't be reached: ${exchange.trouble?.message}`,
          "check --upstream; for a certificate of your own --ca, for a proxy HTTPS_PROXY",
        );
      const decided =
        worker === undefined ? { against: "nothing is recorded" } : markOf(exchange, keepAborted);
      const taken = "against" in decided ? undefined : worker?.finish(exchange.id, decided);
      if (taken !== undefined) return taken;
      const name = requests.take(exchange.id);
      if (name === undefined) return undefined; // it was too large, which was said
      worker?.drop(exchange.id);
      if (!("against" in decided)) counters.skipped(exchange.id, name, "the recording worker has ended");
      else if (decided.harmless) counters.passed(exchange.id, name, decided.against);
      else counters.skipped(exchange.id, name, decided.against);
      return undefined;
    },
    closedAfter: (id) => worker?.closed(id),
  };
}

/** The reason not to record an exchange. */
interface Against {
  readonly against: string;
  /** True if nothing is missing without it. */
  readonly harmless?: boolean;
}

const LEFT = "the client left before the end (--keep-aborted records such answers, as far as they came)";

/** The end of an exchange as it is recorded, or the reason not to record it. */
function markOf(exchange: UpstreamExchange, keepAborted: boolean): EndMark | Against {
  const { end, endAt, requestComplete, answer, reused, trouble } = exchange;
  if (trouble !== undefined)
    return {
      against: isUnreachable(exchange) ? "the upstream can't be reached" : `not HTTP/1: ${trouble.message}`,
    };
  // A client that left before anything came has no reason that the server gave.
  if (end === "aborted" && answer === undefined)
    return { against: "the client left before the answer began: no answer can be recorded" };
  // Before the other reason: the end of an idle connection may meet a request of which only a part has gone up.
  if (answer === undefined && reused)
    return { against: "the upstream had closed the idle connection", harmless: true };
  if (!requestComplete) return { against: "the answer ended before the request did" };
  if (end !== "aborted" || answer === undefined) return endMark(answer, end, endAt);
  const { events = "plain" } = answer;
  const done = events === "done" ? doneMark(answer, endAt) : undefined;
  return done ?? (keepAborted || events !== "plain" ? endMark(answer, end, endAt) : { against: LEFT });
}

function isUnreachable({ trouble }: UpstreamExchange): boolean {
  return trouble !== undefined && !(trouble instanceof HttpParseError);
}
