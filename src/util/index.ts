export { note, printNotes } from "./note.ts";
