/** Traffic checks of the gate. */
export { COMMAND_CHECKS } from "./command.ts";
export { OGL_CHECKS } from "./ogl.ts";
export { PATH_CHECKS } from "./path.ts";
export { REPEAT_CHECKS } from "./repeat.ts";
export { REQUEST_CHECKS } from "./request.ts";
