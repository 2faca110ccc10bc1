import { mulberry32 } from "../../../util/index.ts";
import {
  type Fault,
  MIDWAY,
  WITHIN,
  cut,
  defineFault,
  number,
  overRuns,
  waitOf,
  withOps,
} from "../model/index.ts";
import { inSegments } from "./writes.ts";

const latency: Fault = defineFault({
  name: "latency",
  group: "time",
  about: "the answer begins later",
  lossless: true,
  parameters: { ms: number("ms", 1000, "how much later") },
  apply: (script, { ms }) => (ms === 0 ? script : { ...script, wait: script.wait + ms }),
});

const pause: Fault = defineFault({
  name: "pause",
  group: "time",
  about: "a gap in the body",
  lossless: true,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: { ms: number("ms", 1000, "how long") },
  apply(script, { ms }, at) {
    const parts = at && cut(script.ops, at);
    return parts === undefined ? script : withOps(script, [...parts.before, ...waitOf(ms), ...parts.after]);
  },
});

const jitter: Fault = defineFault({
  name: "jitter",
  group: "time",
  about: "each write comes later by a random time",
  lossless: true,
  parameters: { ms: number("ms", 100, "maximum delay of a write") },
  apply(script, { ms }, _, { seed }) {
    const random = mulberry32(seed);
    return withOps(
      script,
      overRuns(script.ops, (run) => {
        const some = run.some((op) => op.op === "write");
        return some
          ? run.flatMap((op) => (op.op === "write" ? [...waitOf(Math.round(random() * ms)), op] : [op]))
          : run;
      }),
    );
  },
});

const trickle: Fault = defineFault({
  name: "trickle",
  group: "time",
  about: "slow but alive: a few bytes at a time",
  lossless: true,
  parameters: {
    bytes: number("bytes", 16, "of each part", { min: 1 }),
    ms: number("ms", 50, "before each part"),
  },
  apply: (script, { bytes, ms }) =>
    withOps(
      script,
      overRuns(script.ops, (run) => {
        const slow = run.flatMap((op) =>
          op.op === "write" ? inSegments(op, bytes).flatMap((part) => [...waitOf(ms), part]) : [op],
        );
        return slow.length === run.length ? run : slow;
      }),
    ),
});

const burst: Fault = defineFault({
  name: "burst",
  group: "time",
  about: "no waits in the body: all writes at once",
  lossless: true,
  parameters: {},
  apply: (script) =>
    withOps(
      script,
      overRuns(script.ops, (run) => {
        const fast = run.filter((op) => op.op === "write");
        return fast.length === run.length ? run : fast;
      }),
    ),
});

export const TIME_FAULTS: readonly Fault[] = [latency, pause, jitter, trickle, burst];
