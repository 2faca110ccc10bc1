/** Time (ms) after an answer in which an idle connection stays open: gunicorn's default (observed on 0.4.1: 2.00 s). */
export const KEEP_ALIVE_MS = 2000;
