/**
 * Sentence of a page, as it stands there but for line ends, with the tests that hold it: `FILE: TITLE`, the file below `test`
 * and a part of the test's title as it is written in the file.
 */
export type Promised = readonly [sentence: string, ...tests: string[]];

/** Stands for a test where a sentence says what readers do, not what gatetape does. */
export const ADVICE = "advice";
