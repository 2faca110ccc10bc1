/** Commands `gatetape gate` and `gatetape check`. */
export { checkCommand } from "./check.ts";
export { gateCommand } from "./gate.ts";
