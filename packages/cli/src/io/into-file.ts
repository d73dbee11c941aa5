/** A file that exists only once it is complete. */
import type { Io, OutputFile } from "./io.ts";

/**
 * Hands a new file to `work`, and keeps it if that succeeds.
 *
 * @throws UsageError if it cannot be written, and what `work` throws; then no file of that name is left
 */
export const intoFile = async <T>(
  io: Pick<Io, "createFile">,
  path: string,
  work: (file: Pick<OutputFile, "write">) => T | Promise<T>,
): Promise<T> => {
  const file = io.createFile(path);
  let result: T;
  try {
    result = await work(file);
  } catch (error) {
    file.discard();
    throw error;
  }
  file.close();
  return result;
};
