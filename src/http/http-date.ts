let dateNow = "";
let dateSecond = -1;

/** The IMF-fixdate of now (RFC 9110 section 5.6.7), made once a second. */
export function httpDate(): string {
  const second = thisSecond();
  if (second !== dateSecond) {
    dateNow = new Date(second * 1000).toUTCString();
    dateSecond = second;
  }
  return dateNow;
}

/** The current second, counted from the epoch: a date holds until it changes. */
export function thisSecond(): number {
  return Math.floor(Date.now() / 1000);
}
