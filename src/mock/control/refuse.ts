/** Refusal of a call, in the form of all problems. */
export function refuseCall(
  status: number,
  reason: string,
  fix: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ problems: [{ reason, fix }] }, { status, headers });
}
