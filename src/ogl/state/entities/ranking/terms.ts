/**
 * Words that carry no topic, in French and English: the index of OGL leaves out those of its language (observed on 0.4.1:
 * search-09). Written without accents.
 */
const STOPWORDS: ReadonlySet<string> = new Set(
  "a ai as au aux avec c ce ces cet cette d dans de des du elle en es est et etait etaient ete etre eu il ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne nos notre nous on ont ou par pas pour qu que qui s sa se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y an and are at be been but by for from had has have he her his i if in into is it its my no not of on or our she so such that the their them then there these they this to was we were will with you your".split(
    " ",
  ),
);

/** A word; a longer one is several, as in the engine, whose tokens have 255 characters at most. */
const WORD = /[\p{L}\p{N}]{1,255}/gu;
/** Signs of scripts without blanks: each is a word of its own. */
const IDEOGRAPH =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
const HAS_IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** The terms of a text in their order: words without accents, endings and words that carry no topic. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [word] of unaccented(text).matchAll(WORD)) {
    if (STOPWORDS.has(word)) continue;
    if (HAS_IDEOGRAPH.test(word)) for (const [part] of word.matchAll(IDEOGRAPH)) terms.push(wordStem(part));
    else terms.push(wordStem(word));
  }
  return terms;
}

function unaccented(text: string): string {
  return text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");
}

/** Endings of plurals and of feminine forms: `mairie`, `maire` and `maires` have one stem, as in the engine (search-08). */
const ENDING = /(?:ies?|es?|s|x|y)$/;

function wordStem(word: string): string {
  return word.length > 3 ? word.replace(ENDING, "") : word;
}
