import type { CaptureShelf } from "../capture-shelf.ts";

/** A shelf with nothing on it. */
export const noCaptures: CaptureShelf = { list: () => [], read: () => undefined, put: () => {} };
