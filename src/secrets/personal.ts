import type { Span } from "./addresses.ts";
import { FAMILIES } from "./family.ts";
import type { LeakRule } from "./rules.ts";

/**
 * Personal data that is replaced only where the user asks for it: nothing of it opens a door. Numbers count if their check
 * digits are right.
 */
export const PERSONAL_RULES: readonly LeakRule[] = [
  {
    id: "iban",
    what: "an IBAN",
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?(?![A-Za-z0-9])/g,
    family: FAMILIES.personal,
    accepts: (span) => isIban(digitsOf(span)),
  },
  {
    id: "nir",
    what: "a French social security number",
    pattern:
      /(?<![\w])[1-478][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}(?!\w)/g,
    family: FAMILIES.personal,
    accepts: (span) => isNir(digitsOf(span)),
  },
  {
    id: "card",
    what: "the number of a payment card",
    pattern:
      /(?<![\w.-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w.-])|(?<![\w.-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\w.-])/g,
    family: FAMILIES.personal,
    accepts: (span) => isLuhn(digitsOf(span)),
  },
  {
    id: "phone",
    what: "a phone number",
    pattern:
      /(?<![\w.+-])(?:(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\(0\))?(?:[ .()-]{0,2}\d{1,4}){2,6}|0[1-9](?:[ .-]?\d{2}){4})(?![\w-]|\.\d)/g,
    family: FAMILIES.personal,
    accepts: (span) => {
      const digits = digitsOf(span).replaceAll(/\D/g, "");
      return digits.length >= 9 && digits.length <= 15;
    },
  },
  {
    id: "home",
    what: "the name in a home folder",
    pattern:
      /(?<=(?:\/home\/|\/Users\/|[A-Za-z]:\\{1,2}Users\\{1,2}))(?!(?:runner|user|username|me|you|app|node|ubuntu|shared|public|default)(?![\w.-]))[\w.-]{2,64}/gi,
    hint: /\/home\/|Users/i,
    family: FAMILIES.person,
  },
  {
    id: "email",
    what: "an obfuscated e-mail address",
    pattern:
      /(?<![\w.%+-])[\w.%+-]{1,64}\s?[([{]\s?(?:at|@|arobase|chez)\s?[)\]}]\s?(?:[A-Za-z0-9-]{1,63}(?:\.|\s?[([{]\s?(?:dot|point|\.)\s?[)\]}]\s?)){1,4}[A-Za-z]{2,24}(?![\w-])/gi,
    family: FAMILIES.email,
  },
  {
    id: "login",
    what: "a login at an internal host",
    pattern: /(?<![\w.%+:/-])(?!git@)[a-z_][\w.-]{0,31}@[a-z][a-z0-9-]{1,62}(?![\w.@-])/g,
    hint: /@/,
    family: FAMILIES.person,
    accepts: ({ text, start, end }) => /-|\d/.test(text.slice(text.indexOf("@", start), end)),
  },
];

function digitsOf({ text, start, end }: Span): string {
  return text.slice(start, end).replaceAll(/[ .-]/g, "");
}

/** ISO 13616: the first four characters go to the end, letters become 10 to 35, and the remainder by 97 is 1. */
function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  return (
    remainder(
      moved.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55)),
      97,
    ) === 1
  );
}

/** The last two digits complete the first thirteen to a multiple of 97; Corsica's letters count as 19 and 18. */
function isNir(text: string): boolean {
  const digits = text.replace("2A", "19").replace("2B", "18");
  return /^\d{15}$/.test(digits) && 97 - remainder(digits.slice(0, 13), 97) === Number(digits.slice(13));
}

/** ISO/IEC 7812: every second digit from the right is doubled. */
function isLuhn(text: string): boolean {
  if (!/^\d{13,19}$/.test(text)) return false;
  const sum = [...text].toReversed().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function remainder(digits: string, by: number): number {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % by;
  return rest;
}
