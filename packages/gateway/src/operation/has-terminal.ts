/** Whether the process belongs to a terminal. */
import { closeSync, openSync } from "node:fs";

/** The device opens as long as the process has a terminal that has not been closed. */
export const hasTerminal = (): boolean => {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
};
