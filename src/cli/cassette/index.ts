/** Command `gatetape cassette`: show, lint, import, diff, scrub and more. */
export { cassetteCommand } from "./command.ts";
