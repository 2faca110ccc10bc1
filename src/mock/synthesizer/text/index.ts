/** Sentences on a request's topic, and vectors of texts. */
export { keywordsOf, namesIn, numbersIn } from "./keywords.ts";
export { type Language, detectLanguage, isStopword } from "./language.ts";
export { vectorPrinter } from "./print-vector.ts";
export { shortened, embedText } from "./vectors.ts";
export { type Topic } from "./topic.ts";
export { findChatTopic, writeAnswer } from "./write.ts";
