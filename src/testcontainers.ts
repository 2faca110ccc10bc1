/**
 * The mock as a container, and a real OGL, for tests that start their environment with testcontainers.
 *
 * @packageDocumentation
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import {
  AbstractStartedContainer,
  DockerComposeEnvironment,
  GenericContainer,
  type StartedDockerComposeEnvironment,
  type StartedTestContainer,
  Wait,
} from "testcontainers";
import type { OglVersion } from "./openapi/index.ts";
import { packageFolder } from "./util/index.ts";

const PORT = 4010;
const CASSETTES = "/cassettes";
/** Variable of the container: arguments are listed for everybody. */
const TOKEN_VARIABLE = "GATETAPE_CONTROL_TOKEN";

/**
 * A container of gatetape's image.
 *
 * @example
 * ```ts
 * const ogl = await new GatetapeContainer("gatetape").withCassettes("test/cassettes").start();
 * const client = new OpenAI({ baseURL: ogl.baseUrl(), apiKey: "sk-anything" });
 * const journal = await (await ogl.control("/journal")).text();
 * ```
 */
export class GatetapeContainer extends GenericContainer {
  #arguments: string[] = ["mock", "--host", "0.0.0.0", "--control-token", `env:${TOKEN_VARIABLE}`];
  /** This machine is another one to the container. */
  #token = randomBytes(18).toString("base64url");

  /** @param image name of an image built from the repository's Dockerfile */
  constructor(image = "gatetape") {
    super(image);
    this.withExposedPorts(PORT).withWaitStrategy(Wait.forHttp("/__gatetape/ready", PORT));
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

  /** @defaultValue a new token */
  withControlToken(token: string): this {
    this.#token = token;
    return this;
  }

  override async start(): Promise<StartedGatetapeContainer> {
    this.withCommand(this.#arguments).withEnvironment({ [TOKEN_VARIABLE]: this.#token });
    return new StartedGatetapeContainer(await super.start(), this.#token);
  }
}

export class StartedGatetapeContainer extends AbstractStartedContainer {
  /** Token of the control API. */
  readonly controlToken: string;

  constructor(container: StartedTestContainer, controlToken: string) {
    super(container);
    this.controlToken = controlToken;
  }

  /** URL of the mock as seen from this machine, without a slash at the end. */
  url(): string {
    return `http://${this.getHost()}:${this.getMappedPort(PORT)}`;
  }

  /** The base URL for clients, of a session if one is given. */
  baseUrl(session?: string): string {
    return session === undefined ? `${this.url()}/v1` : `${this.url()}/s/${encodeURIComponent(session)}/v1`;
  }

  /**
   * Calls the control API with its token.
   * @param path below `/__gatetape`: `/journal?session=one`
   */
  control(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${this.controlToken}`);
    return fetch(`${this.url()}/__gatetape${path}`, { ...init, headers });
  }
}

/** A real OGL, started from `compose.test.yml` with its database and gatetape as upstream. */
export interface StartedOgl {
  /** URL of OGL as seen from this machine, without a slash at the end. */
  readonly url: string;
  /** URL of the upstream as OGL reaches it: for `gatetape provision --model-url`. */
  readonly modelUrl: string;
  /** All containers, for what else a test needs of them. */
  readonly environment: StartedDockerComposeEnvironment;
  /** Removes all containers and what they hold. */
  stop(): Promise<void>;
}

/** Settings of `startOgl`. */
export interface OglOptions {
  /** Variables of `compose.test.yml`: `OGL_IMAGE`, `GATETAPE_IMAGE`, `OGL_ADMIN_PASSWORD`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Profiles of the compose file: `ollama` adds a real model. */
  readonly profiles?: readonly string[];
}

const OGL_PORT = 8000;

/**
 * Starts a fresh OGL with Docker Compose, and waits until it is healthy.
 *
 * @example
 * ```ts
 * const ogl = await startOgl();
 * const health = await fetch(`${ogl.url}/health`);
 * await ogl.stop();
 * ```
 */
export async function startOgl({ variables = {}, profiles = [] }: OglOptions = {}): Promise<StartedOgl> {
  const environment = await new DockerComposeEnvironment(packageFolder, "compose.test.yml")
    .withEnvironment({ OGL_PORT: "0", ...variables })
    .withProfiles(...profiles)
    .withWaitStrategy("api-1", Wait.forHealthCheck())
    .up();
  const api = environment.getContainer("api-1");
  return {
    url: `http://${api.getHost()}:${api.getMappedPort(OGL_PORT)}`,
    modelUrl: `http://gatetape:${PORT}`,
    environment,
    stop: async () => {
      await environment.down({ removeVolumes: true });
    },
  };
}
