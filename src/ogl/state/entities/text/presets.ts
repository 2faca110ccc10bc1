const LINES = ["\\n\\n", "\\n", " ", ""];

/** Separators of a preset without any of its own. */
export const PLAIN: readonly string[] = LINES;

/**
 * Separators of LangChain's presets, as patterns. Of the programming languages only Python's are here; the others are split
 * at lines alone.
 */
export const PRESETS: Readonly<Record<string, readonly string[]>> = {
  markdown: ["\\n#{1,6} ", "```\\n", "\\n\\*\\*\\*+\\n", "\\n---+\\n", "\\n___+\\n", ...LINES],
  python: ["\\nclass ", "\\ndef ", "\\n\\tdef ", ...LINES],
  html: ["<body", "<div", "<p", "<br", "<li", "<h[1-6]", "<span", "<table", ...LINES],
};
