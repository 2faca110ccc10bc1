/** Alphabets of secrets. */
export const LOWER = "abcdefghijklmnopqrstuvwxyz";
export const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const DIGITS = "0123456789";
export const HEX = "0123456789abcdef";
export const MIXED: string = LOWER + UPPER + DIGITS;
export const URL_SAFE: string = `${MIXED}-_`;
export const BASE64: string = `${MIXED}+/`;
/** Alphabet of bech32 in upper case. */
export const BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
