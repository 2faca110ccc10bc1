/** Time (ms) between two exchanges of the control process. */
export const CONTROL_EVERY_MS = 50;
