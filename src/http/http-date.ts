let dateNow = "";
let dateUntil = 0;

/** The IMF-fixdate of now (RFC 9110 section 5.6.7), made once a second. */
export function httpDate(): string {
  const now = Date.now();
  if (now >= dateUntil) {
    dateNow = new Date(now).toUTCString();
    dateUntil = secondAfter(now);
  }
  return dateNow;
}

/** Start of the next second, up to which the date of `now` holds; both in ms since the epoch. */
export function secondAfter(now: number): number {
  return now - (now % 1000) + 1000;
}
