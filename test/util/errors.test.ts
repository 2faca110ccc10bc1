import { describe, expect, it } from "vitest";
import {
  type ErrorLocation,
  GatetapeError,
  type Problem,
  problemText,
  problemsOf,
  toProblem,
  withOthers,
} from "../../src/util/errors.ts";

class TapeError extends GatetapeError<"torn" | "lost"> {
  override readonly name = "TapeError";
}

const torn = (location: ErrorLocation, fix?: string): TapeError =>
  new TapeError("torn", location, "the tape is torn", fix);

describe("an error's text", () => {
  it.each<[ErrorLocation, string]>([
    [{}, "the tape is torn"],
    [{ file: "a.json" }, "a.json: the tape is torn"],
    [{ file: "a.json", line: 3 }, "a.json:3: the tape is torn"],
    [{ file: "a.json", line: 3, column: 7 }, "a.json:3:7: the tape is torn"],
    [{ file: "a.json", pointer: "/b/0" }, "a.json at /b/0: the tape is torn"],
    [{ file: "a.json", pointer: "", line: 1, column: 1 }, "a.json:1:1 at /: the tape is torn"],
    [{ option: "--ca", file: "a.pem" }, "--ca a.pem: the tape is torn"],
    [{ file: "a.har", exchange: "GET /" }, 'a.har: exchange "GET /": the tape is torn'],
    [{ fault: 're"set', column: 3 }, 'fault "re\\"set", character 3: the tape is torn'],
    [{ option: "--fault", fault: "x", column: 1 }, '--fault: fault "x", character 1: the tape is torn'],
    [{ offset: 12 }, "the tape is torn (at byte 12)"],
  ])("names the location %j", (location, text) => {
    expect(torn(location).message).toBe(text);
  });

  it("has the fix on a line of its own, where there is one", () => {
    expect(torn({ file: "a" }, "glue it").message).toBe("a: the tape is torn\n  fix: glue it");
  });

  it("takes a level between location and reason", () => {
    expect(problemText({ location: { file: "a" }, reason: "is old", fix: "record it" }, "warning")).toBe(
      "a: warning: is old\n  fix: record it",
    );
  });
});

describe("an error's data", () => {
  it("stands beside the text, with the system's error as its cause", () => {
    const cause = new Error("EIO");
    const error = new TapeError("lost", { file: "a" }, "is gone", undefined, { cause });
    expect(error).toBeInstanceOf(GatetapeError);
    expect([error.name, error.code, error.location, error.reason, error.fix, error.cause]).toEqual([
      "TapeError",
      "lost",
      { file: "a" },
      "is gone",
      undefined,
      cause,
    ]);
    expect(problemsOf(error)).toEqual([error]);
  });

  it("crosses to another thread", () => {
    const problem: Problem = {
      code: "torn",
      location: { file: "a" },
      reason: "the tape is torn",
      fix: "glue it",
    };
    expect(structuredClone(toProblem(torn({ file: "a" }, "glue it")))).toEqual(problem);
    expect(toProblem(torn({}))).toEqual({ code: "torn", location: {}, reason: "the tape is torn" });
    expect(toProblem(new TypeError("x"))).toEqual({ code: "unexpected", location: {}, reason: "x" });
  });

  it("holds several problems in one error", () => {
    const all = [torn({ file: "a" }), torn({ file: "b" }), torn({ file: "c" })];
    const error = withOthers(all);
    expect(error).toBe(all[0]);
    expect(problemsOf(error)).toEqual(all);
    expect(() => withOthers([])).toThrow(RangeError);
  });
});
