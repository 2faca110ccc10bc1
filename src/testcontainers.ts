/**
 * The mock as a container, for tests that start their environment with testcontainers.
 *
 * @packageDocumentation
 */
import { resolve } from "node:path";
import { AbstractStartedContainer, GenericContainer, Wait } from "testcontainers";
import type { OglVersion } from "./openapi/index.ts";

const PORT = 4010;
const CASSETTES = "/cassettes";

/**
 * A container of gatetape's image.
 *
 * @example
 * ```ts
 * const ogl = await new GatetapeContainer("gatetape").withCassettes("test/cassettes").start();
 * const client = new OpenAI({ baseURL: ogl.baseUrl(), apiKey: "sk-anything" });
 * ```
 */
export class GatetapeContainer extends GenericContainer {
  #arguments: string[] = ["mock", "--host", "0.0.0.0"];

  /** @param image name of an image built from the repository's Dockerfile */
  constructor(image = "gatetape") {
    super(image);
    this.withExposedPorts(PORT).withWaitStrategy(Wait.forHttp("/__gatetape", PORT));
  }

  /** Plays the cassettes of a folder of this machine instead of the bundled ones. */
  withCassettes(folder: string): this {
    this.#arguments.push("--cassettes", CASSETTES);
    return this.withCopyDirectoriesToContainer([{ source: resolve(folder), target: CASSETTES }]);
  }

  /** @defaultValue "0.4.5" */
  withOgl(version: OglVersion): this {
    this.#arguments.push("--ogl", version);
    return this;
  }

  /** @param speed `original`, `instant`, or a factor like `4x` */
  withSpeed(speed: string): this {
    this.#arguments.push("--speed", speed);
    return this;
  }

  override async start(): Promise<StartedGatetapeContainer> {
    this.withCommand(this.#arguments);
    return new StartedGatetapeContainer(await super.start());
  }
}

export class StartedGatetapeContainer extends AbstractStartedContainer {
  /** URL of the mock as seen from this machine, without a slash at the end. */
  url(): string {
    return `http://${this.getHost()}:${this.getMappedPort(PORT)}`;
  }

  /** The base URL for clients, of a session if one is given. */
  baseUrl(session?: string): string {
    return session === undefined ? `${this.url()}/v1` : `${this.url()}/s/${encodeURIComponent(session)}/v1`;
  }
}
