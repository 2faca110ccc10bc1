import { startsInArray, endOfValue, memberStart } from "../../util/index.ts";

/**
 * Makes the function that gives the JSON of an interaction's response. The text of the cassette is gone through only as far as
 * interactions were asked for: to parse all of a large one would keep the first request waiting.
 * @param text a cassette that was validated
 */
export function responseTexts(text: string): (index: number) => string {
  const list = memberStart(text, text.indexOf("{"), "interactions");
  const unread = startsInArray(text, list ?? text.length);
  const starts: number[] = [];
  return (index) => {
    while (starts.length <= index) {
      const next = unread.next();
      if (next.done) throw new RangeError(`the cassette has ${starts.length} interactions, none is ${index}`);
      starts.push(next.value);
    }
    const response = memberStart(text, starts[index] ?? text.length, "response") ?? text.length;
    return text.slice(response, endOfValue(text, response));
  };
}
