import type { Fault } from "../model/index.ts";
import { ENCODING_FAULTS } from "./encoding.ts";
import { END_FAULTS } from "./ends.ts";
import { EVENT_FAULTS } from "./events.ts";
import { HEAD_FAULTS } from "./head.ts";
import { LINE_FAULTS } from "./lines.ts";
import { OGL_FAULTS } from "./ogl.ts";
import { TIME_FAULTS } from "./time.ts";
import { WRITE_FAULTS } from "./writes.ts";

/** All faults, group by group. */
export const FAULTS: readonly Fault[] = [
  ...TIME_FAULTS,
  ...WRITE_FAULTS,
  ...LINE_FAULTS,
  ...EVENT_FAULTS,
  ...END_FAULTS,
  ...HEAD_FAULTS,
  ...ENCODING_FAULTS,
  ...OGL_FAULTS,
];

const BY_NAME: ReadonlyMap<string, Fault> = new Map(FAULTS.map((fault) => [fault.name, fault]));

/** Finds a fault by its name. */
export function faultNamed(name: string): Fault | undefined {
  return BY_NAME.get(name);
}
