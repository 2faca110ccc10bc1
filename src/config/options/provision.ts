import { PINNED_VERSIONS } from "../../openapi/index.ts";
import type { OptionSpec } from "./spec.ts";

/** Options of `gatetape provision`. */
export const PROVISION: readonly OptionSpec[] = [
  {
    name: "url",
    kind: "text",
    about: "Base URL of the fresh instance, with or without /v1.",
    commands: ["provision"],
    short: "-u",
    value: "url",
  },
  {
    name: "world",
    kind: "file",
    about: "World file whose models, roles, users and keys are created.",
    commands: ["provision"],
    value: "file",
  },
  {
    name: "ogl",
    kind: "choice",
    about: "Generation of the instance.",
    commands: ["provision"],
    value: "version",
    choices: PINNED_VERSIONS,
    defaultText: "the world's, else that of the instance's OpenAPI",
  },
  {
    name: "keyEnv",
    kind: "text",
    about:
      "Name of the environment variable (or of an entry of .env) with the master key, or an administrator's.",
    commands: ["provision"],
    value: "name",
    default: "OGL_TOKEN",
  },
  {
    name: "modelUrl",
    kind: "text",
    about: "Base URL of the models' upstream, as the instance reaches it; a running `gatetape mock` will do.",
    commands: ["provision"],
    value: "url",
  },
  {
    name: "apply",
    kind: "switch",
    about: "Creates everything; without it the requests are only printed.",
    commands: ["provision"],
  },
  {
    name: "dryRun",
    kind: "switch",
    about: "Prints the requests and sends none: the default.",
    commands: ["provision"],
  },
  {
    name: "keysFile",
    kind: "file",
    about:
      "File that gets the created keys by their names in the world, with mode 0600. It must not exist yet.",
    commands: ["provision"],
    value: "file",
  },
  {
    name: "ca",
    kind: "files",
    about: "Files of certificates (PEM) to trust beside the system's.",
    commands: ["provision"],
    value: "file",
  },
  {
    name: "timeout",
    kind: "seconds",
    about: "Longest time for one answer.",
    commands: ["provision"],
    value: "seconds",
    default: 60,
  },
];
