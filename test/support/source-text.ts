/** Rules about the text of files. Pure functions: the test feeds them the real tree. */

/** A `/` after one of these begins a regular expression; after a value it divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))\s*$/;
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[`{}]/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y;

/**
 * The code of a TypeScript file with everything else made blank, lines kept: comments, templates' text, regular
 * expressions and, unless `strings` is set, strings.
 */
export function code(source: string, { strings }: { readonly strings: boolean }): string {
  let out = "";
  let at = 0;
  /** One entry an open brace: true if its end goes back into a template. */
  const braces: boolean[] = [];
  const take = (length: number, keep: boolean): void => {
    const text = source.slice(at, at + length);
    out += keep ? text : text.replaceAll(/[^\n]/g, " ");
    at += length;
  };
  const template = (): void => {
    TEMPLATE.lastIndex = at;
    const text = TEMPLATE.exec(source)?.[0] ?? source.slice(at);
    take(text.length, false);
    if (text.endsWith("${")) braces.push(true);
  };
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(source)?.[0];
    if (token === undefined) take(1, true);
    else if (token === "`") {
      take(1, false);
      template();
    } else if (token === "{") {
      braces.push(false);
      take(1, true);
    } else if (token === "}") {
      const intoTemplate = braces.pop() === true;
      take(1, !intoTemplate);
      if (intoTemplate) template();
    } else if (token.startsWith("//") || token.startsWith("/*")) take(token.length, false);
    else if (token.startsWith("/")) {
      const regex = BEFORE_REGEX.test(out);
      take(regex ? token.length : 1, !regex);
    } else take(token.length, strings);
  }
  return out;
}

/** Uses of the type `any`, and comments that switch the type check off. */
export function escapes(source: string): string[] {
  const problems: string[] = [];
  for (const [i, line] of code(source, { strings: false }).split("\n").entries()) {
    if (/(?:[:<|&,(=?]|\b(?:as|extends|keyof|satisfies|is))\s*any\b(?!\s*[:(.])/.test(line))
      problems.push(`${i + 1} has the type any`);
  }
  for (const [i, line] of source.split("\n").entries()) {
    const escape = /@ts-(?:ignore|nocheck)\b/.exec(line);
    if (escape !== null) problems.push(`${i + 1} has ${escape[0]}`);
  }
  return problems;
}

/** Names of places that exist for those who write here only: folders of a machine, hosts of package registries. */
const LOCAL_NAMES: readonly RegExp[] = [
  /(?<![\w.\-/])\/(?:work|root)\/[\w.]/,
  /(?<![\w.\-/:])\/(?:home|Users)\/[\w.-]+\/[\w.]/,
  /\.\.\/shared\//,
  /\bregistry\.(?:npmjs|yarnpkg)\.(?:org|com)\b/,
  /\b(?:index|static)\.crates\.io\b/,
  /\b(?:files\.pythonhosted|pypi)\.org\b/,
  /\bproxy\.golang\.org\b/,
];

/** The lines of a text file that name such a place. */
export function localNames(text: string): string[] {
  return text.split("\n").flatMap((line, i) =>
    LOCAL_NAMES.flatMap((pattern) => {
      const match = pattern.exec(line);
      return match === null ? [] : [`${i + 1} names ${match[0]}`];
    }),
  );
}

/** `\n` counted as an editor shows them. */
export function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}
