/** The members of `T` without `undefined` as a value: those that may have been `undefined` may be absent. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * A copy of the object without the members whose value is `undefined`, for types with optional members.
 *
 * @example
 * ```ts
 * defined({ file, line: undefined }); // { file }
 * ```
 */
export function defined<T extends object>(members: T): Defined<T> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
