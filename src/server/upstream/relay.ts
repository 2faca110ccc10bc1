import type { Socket } from "node:net";
import type { LiveCall, UpstreamEnd, UpstreamTap } from "../../exchange/index.ts";
import {
  EventWatch,
  type Header,
  HttpParseError,
  type LiveReader,
  type LiveSink,
  MessageParser,
  type RawMessage,
  headerValue,
  mediaType,
} from "../../http/index.ts";
import type { Lost, UpstreamConnection, UpstreamReader } from "./connection.ts";
import type { UpstreamOptions } from "./options.ts";
import { RequestSender, headUp, requestHead } from "./request.ts";
import { answerOf, headFor, scriptOfMessage } from "./response.ts";

/** An exchange with the upstream: a request that goes up as it comes, and an answer that comes down as it comes. */
export class Relay implements UpstreamReader, LiveReader {
  readonly #call: LiveCall;
  readonly #id: number;
  readonly #options: UpstreamOptions;
  readonly #tap: UpstreamTap;
  readonly #over: (end: UpstreamEnd) => void;
  readonly #sink: LiveSink;
  readonly #parser: MessageParser;
  /** Watches an answer that is a stream of events; `null` for any other. */
  #events: EventWatch | null | undefined;
  connection: UpstreamConnection | undefined;
  #request: RequestSender | undefined;
  #reused = false;
  /** When the request had been sent, or as much of it as the upstream wanted before it spoke. */
  #sentAt = performance.now();
  /** The headers that the client gets; other than those that came where a Location leads to the upstream. */
  #headers: readonly Header[] | undefined;
  #seen = 0;
  /** Bytes that came while an earlier read waits for the tap. */
  #waiting: Uint8Array[] | undefined;
  #interim = 0;
  #headSent = false;
  /** Bytes that show the client that the answer is whole: kept until the tap has it. */
  #held: Uint8Array | undefined;
  #end: UpstreamEnd | undefined;
  #reported = false;
  #trouble: Error | undefined;

  constructor(
    call: LiveCall,
    id: number,
    options: UpstreamOptions,
    tap: UpstreamTap,
    over: (end: UpstreamEnd) => void,
  ) {
    this.#call = call;
    this.#id = id;
    this.#options = options;
    this.#tap = tap;
    this.#over = over;
    this.#parser = new MessageParser(
      "response",
      call.head.method,
      options.keepBodies === false ? (data, at) => this.#body(data, at) : undefined,
    );
    this.#sink = call.open(this);
  }

  /** The client's connection; `null` if it has gone. */
  get client(): Socket | null {
    return this.#sink.socket;
  }

  begin(connection: UpstreamConnection): void {
    this.connection = connection;
    this.#reused = connection.exchanges > 0;
    const { head, http } = this.#call;
    this.#tap.opened?.(this.#id, requestHead(head.method, head.target, http, head.headers));
    if (!connection.take(this)) {
      this.lost("closed");
      return;
    }
    this.#request = new RequestSender(
      connection,
      this.#call.body,
      () => this.ready(),
      (bytes) => this.#tap.sent?.(this.#id, bytes),
    );
    this.#request.send(headUp(this.#call, this.#options));
  }

  /** The request has been sent, or can only now be sent. */
  ready(): void {
    if (this.#seen === 0) this.#sentAt = performance.now();
  }

  read(bytes: Buffer): void {
    const at = performance.now() - this.#sentAt;
    this.#tap.received?.(this.#id, bytes, at);
    const base = this.#seen;
    this.#seen += bytes.length;
    const parser = this.#parser;
    const ended = this.#events?.done === true;
    try {
      parser.push(bytes, at);
    } catch (error) {
      if (!(error instanceof HttpParseError)) throw error;
      this.#trouble = error;
      this.lost("reset");
      return;
    }
    this.#passInterim();
    if (!parser.headSeen) return;
    const from = Math.max(0, parser.headEnd - base);
    const to = parser.done ? parser.consumed - base : bytes.length;
    // The client knows by the last event that the answer is whole, if not by its framing.
    const ends = !ended && this.#events?.done === true;
    const hold = !parser.done ? to : ends ? from : this.#heldFrom(base, from);
    if (!this.#headSent && hold >= from) this.#passHead();
    if (ends && !parser.done) this.#waitFor(this.#tap.ending?.(this.#id));
    if (hold > from) this.#pass(bytes.subarray(from, hold));
    if (!parser.done) return;
    this.#held = bytes.subarray(Math.max(hold, from), to);
    // In a turn of its own: if the server closes with this very segment, that is known by then.
    setImmediate(() => this.#finish(this.#end ?? "complete"));
  }

  /** Watches the data of a stream of events. */
  #body(data: Uint8Array, at: number): void {
    if (this.#events === undefined) {
      const type = mediaType(headerValue(this.#parser.message().headers, "content-type"));
      this.#events = type === "text/event-stream" ? new EventWatch() : null;
    }
    this.#events?.push(data, at);
  }

  #pass(bytes: Uint8Array): void {
    if (this.#waiting !== undefined) this.#waiting.push(bytes);
    else if (!this.#sink.write(bytes)) this.connection?.pause();
  }

  /** Keeps bytes back until the tap has them. */
  #waitFor(taken: Promise<void> | undefined): void {
    if (taken === undefined) return;
    this.#waiting = [];
    void taken.then(() => this.#passWaiting());
  }

  #passWaiting(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const bytes of waiting) this.#pass(bytes);
  }

  lost(how: Lost, error?: Error): void {
    if (how === "unreachable") this.#trouble = error ?? new Error("no connection");
    const at = performance.now() - this.#sentAt;
    if (this.#parser.done) {
      // The answer was whole. If that was reported already, this close is reported after it.
      if (this.#reported && this.#end === "complete") this.#tap.closedAfter?.(this.#id);
      this.#end = "close";
      return;
    }
    this.#parser.eof(at);
    this.#finish(this.#parser.done ? "close" : how === "closed" ? "truncate" : "reset");
  }

  drain(): void {
    // Of either side: what waits for the other one is let go.
    this.#request?.resume();
    this.connection?.resume();
  }

  gone(how: "closed" | "reset"): void {
    if (this.connection === undefined) return; // before any request
    this.#request?.stop();
    this.connection.destroy(how === "reset");
    if (this.#end === undefined || !this.#parser.done) this.#finish("aborted");
  }

  /** Offset of the bytes that make a complete answer complete for the client, within the read that completed it. */
  #heldFrom(base: number, from: number): number {
    const { dataEnd } = this.#parser;
    const chunked = this.#parser.message().framing === "chunked";
    if (chunked) return Math.max(from, dataEnd - base);
    return this.#headSent ? from : -1; // the head is held, too, if it comes with all of the answer
  }

  #passInterim(): void {
    const { interim } = this.#parser;
    for (; this.#interim < interim.length; this.#interim++) {
      const info = interim[this.#interim];
      const expected = info?.status !== 100 || "incoming" in this.#call.body;
      if (info !== undefined && expected) this.#sink.inform(info);
    }
  }

  #passHead(): void {
    const message = this.#parser.message();
    const own = headerValue(this.#call.head.headers, "host");
    const head = headFor(message, this.#options.target, own === undefined ? undefined : `http://${own}`);
    this.#headers = head.headers;
    this.#headSent = true;
    this.#sink.head(head);
  }

  #finish(end: UpstreamEnd): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#end = end;
    const held = this.#tap.finished?.(this.#exchange(end));
    if (held === undefined || end === "aborted") this.#release();
    else void held.then(() => this.#release());
  }

  #exchange(end: UpstreamEnd): Parameters<NonNullable<UpstreamTap["finished"]>>[0] {
    if (this.#parser.headSeen && !this.#headSent) this.#headers = this.#headersForClient();
    const response = this.#seenMessage();
    return {
      id: this.#id,
      head: this.#call.head,
      requestComplete: this.#request?.complete ?? false,
      answer:
        response === undefined ? undefined : answerOf(response, this.#parser, this.#events ?? undefined),
      end,
      endAt: performance.now() - this.#sentAt,
      reused: this.#reused,
      ...(this.#trouble ? { trouble: this.#trouble } : {}),
    };
  }

  #headersForClient(): readonly Header[] {
    const own = headerValue(this.#call.head.headers, "host");
    return headFor(
      this.#parser.message(),
      this.#options.target,
      own === undefined ? undefined : `http://${own}`,
    ).headers;
  }

  #seenMessage(): RawMessage | undefined {
    if (!this.#parser.headSeen) return undefined;
    const message = this.#parser.message();
    const headers = (this.#headers ?? message.headers).map(([name, value]) => [name, value ?? ""] as const);
    return { ...message, headers };
  }

  #release(): void {
    const end = this.#end ?? "complete";
    const message = this.#seenMessage();
    this.#call.answered(scriptOfMessage(message, end));
    if (end === "aborted") return;
    const whole = end === "complete" || end === "close";
    const free = this.#request?.complete !== false && this.#parser.rest.length === 0;
    if (whole && !this.#headSent) this.#passHead();
    this.#passWaiting();
    if (whole && this.#held !== undefined) this.#sink.write(this.#held);
    if (end === "complete" && free) {
      this.connection?.release();
      this.#over(end);
      this.#sink.end("complete");
      return;
    }
    this.#over(end);
    this.#sink.end(end === "complete" ? "close" : end);
  }
}
