import type { Fault, PydanticError } from "./errors.ts";

/** A validator raised ValueError or failed an assertion: an error at the location of its value. */
export class ValidatorFailure extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.msg);
    this.fault = fault;
  }
}

/** A validator raised a ValidationError: its errors stand below the location of its value. */
export class NestedErrors extends Error {
  readonly errors: readonly PydanticError[];
  constructor(errors: readonly PydanticError[]) {
    super("validation errors");
    this.errors = errors;
  }
}

/** A validator raised an HTTPException: that is the answer, whatever else is wrong. */
export class Refusal extends Error {
  readonly status: number;
  readonly detail: string;
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
    this.detail = detail;
  }
}

/** A validator raised any other exception: the answer is a 500 in plain text. */
export class Crash extends Error {
  readonly exception: string;
  constructor(exception: string) {
    super(exception);
    this.exception = exception;
  }
}
