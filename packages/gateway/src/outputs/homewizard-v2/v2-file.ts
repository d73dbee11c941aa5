/** `homewizard-v2.json` in the data folder: the certificate of the device, and who may read it. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../../access/access-file.ts";
import type { OwnCertificate } from "../listening/own-certificate.ts";

/** As many as a small device has room for, and more than a home has programs. */
export const mostUsers = 32;
const fileLimit = 64 << 10;

const storedUser = z.object({
  name: z.string().min(1).max(46),
  /** SHA-256 of the token, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.string().max(40),
});

const content = z.object({
  format: z.literal("meterport-homewizard-v2"),
  version: z.literal(1),
  certificate: z.object({ cert: z.string().max(4_096), key: z.string().max(4_096) }).nullable(),
  users: z.array(storedUser).max(mostUsers),
});

export type V2User = Readonly<z.output<typeof storedUser>>;

export interface V2Content {
  readonly certificate: OwnCertificate | null;
  readonly users: readonly V2User[];
}

export interface V2File {
  /** Nothing, if there is no file yet. @throws Error with one sentence if it is damaged */
  readonly read: () => V2Content;
  /** @throws Error with one sentence if it cannot be written */
  readonly write: (content: V2Content) => void;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** @param data the data folder */
export const v2FileIn = (data: string): V2File => {
  const path = join(data, "homewizard-v2.json");
  const textOf = (): string | undefined => {
    try {
      if (statSync(path).size > fileLimit) throw new Error("it is too long");
      return readFileSync(path, "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Error(`${path} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
  };
  return {
    read: () => {
      const text = textOf();
      if (text === undefined) return { certificate: null, users: [] };
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        // The parser's message quotes the text.
      }
      const parsed = content.safeParse(value);
      if (parsed.success) return { certificate: parsed.data.certificate, users: parsed.data.users };
      throw new Error(`${path} is damaged: restore it from a backup, or remove it and pair the clients again`);
    },
    write: ({ certificate, users }) => {
      try {
        const whole = { format: "meterport-homewizard-v2", version: 1, certificate, users };
        replaceFile(path, `${JSON.stringify(whole, null, 2)}\n`);
      } catch (error) {
        throw new Error(`${path} cannot be written: ${reasonOf(error)}; check the rights of the folder`, {
          cause: error,
        });
      }
    },
  };
};
