/** A file that is there when it is whole, and not before. */
import type { Io, OutputFile } from "./io.ts";

/**
 * Hands a new file to `work`, and keeps it if that succeeds.
 *
 * @throws UsageError where it cannot be written, and what `work` throws; then no file is left under that name
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
