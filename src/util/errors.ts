/** The location of a mistake. Each member is there only where it is known. */
export interface ErrorLocation {
  /** Command-line option whose value is wrong, with its dashes: `--fault`. */
  readonly option?: string;
  /** Path or URL. */
  readonly file?: string;
  /** JSON pointer into the file; `""` is the whole. */
  readonly pointer?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Character of the line, or of `fault` where that is set; counted from 1. */
  readonly column?: number;
  /** Text of the fault that holds the mistake. */
  readonly fault?: string;
  /** Name of an exchange of several in the file. */
  readonly exchange?: string;
  /** Count of bytes before the mistake, in a stream of bytes. */
  readonly offset?: number;
}

/** A mistake as plain data, which also crosses threads. */
export interface Problem<Code extends string = string, Location extends ErrorLocation = ErrorLocation> {
  readonly code: Code;
  readonly location: Location;
  /** Sentence about the mistake, without its location. */
  readonly reason: string;
  /** Sentence about the remedy, if there is one. */
  readonly fix?: string | undefined;
}

/**
 * An error that a user can understand and repair. Code decides by `code` and `location`; `message` is for people and is
 * never parsed.
 */
export abstract class GatetapeError<
  Code extends string = string,
  Location extends ErrorLocation = ErrorLocation,
>
  extends Error
  implements Problem<Code, Location>
{
  readonly code: Code;
  readonly location: Location;
  readonly reason: string;
  readonly fix: string | undefined;

  /** @param options `cause`: the error of the system or of a library that was understood */
  constructor(code: Code, location: Location, reason: string, fix?: string, options?: ErrorOptions) {
    super(problemText({ location, reason, fix }), options);
    this.code = code;
    this.location = location;
    this.reason = reason;
    this.fix = fix;
  }
}

/**
 * The text of a problem: location, reason and, on a line of its own, the fix.
 * @param level word before the reason, e.g. `warning`
 */
export function problemText(
  { location, reason, fix }: Omit<Problem, "code">,
  level?: "error" | "warning" | "note",
): string {
  const { offset } = location;
  const parts = [
    locationText(location),
    level ?? "",
    offset === undefined ? reason : `${reason} (at byte ${offset})`,
  ];
  const text = parts.filter((part) => part !== "").join(": ");
  return fix === undefined ? text : `${text}\n  fix: ${fix}`;
}

/** `--option file:line:column at /pointer`, with the parts that are known. */
function locationText({ option, file, pointer, line, column, fault, exchange }: ErrorLocation): string {
  const lines = [line, fault === undefined ? column : undefined].filter((part) => part !== undefined);
  const inFile = [
    [file, ...lines].filter((part) => part !== undefined).join(":"),
    pointer === undefined ? "" : `at ${pointer === "" ? "/" : pointer}`,
  ];
  const character = column === undefined ? "" : `, character ${column}`;
  const parts = [
    [option ?? "", ...inFile].filter((part) => part !== "").join(" "),
    exchange === undefined ? "" : `exchange "${exchange}"`,
    fault === undefined ? "" : `fault ${JSON.stringify(fault)}${character}`,
  ];
  return parts.filter((part) => part !== "").join(": ");
}

/** An error as data alone, which can be sent to another thread; its code is `unexpected` if it is none of gatetape's. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof GatetapeError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return { code: "unexpected", location: {}, reason };
  }
  const { code, location, reason, fix } = error as GatetapeError;
  return { code, location, reason, ...(fix === undefined ? {} : { fix }) };
}

/** All problems of an error: itself, and those that it carries as `cause`. */
export function problemsOf<E extends GatetapeError>(error: E): E[] {
  const { cause } = error;
  return [error, ...(Array.isArray(cause) ? (cause as E[]) : [])];
}

/**
 * Makes one error of several problems: the first, with the others as `cause`.
 * @throws RangeError for none
 */
export function withOthers<E extends GatetapeError>([first, ...others]: readonly E[]): E {
  if (first === undefined) throw new RangeError("no problem");
  if (others.length > 0) first.cause = others;
  return first;
}
