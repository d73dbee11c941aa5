/** Ports that once spoke TLS: a small file for each in the data folder, so that a restart forgets none. */
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FoundSecurity, SecurityMemory } from "@meterport/client/security/auto";
import type { Log } from "@meterport/engine/ports/log";
import type { Level } from "@meterport/protocol/mep/security/seal";

/**
 * The memory of one port, by its name. Anything but TLS, and the key that was used, is remembered only until the process ends. Only the file's existence
 * counts, so a damaged file does not allow a downgrade to RC4.
 */
export const tlsSeen = (folder: string, name: string, log: Pick<Log, "warn">): SecurityMemory => {
  const path = join(folder, `tls-seen-${createHash("sha256").update(name).digest("hex").slice(0, 16)}.json`);
  let found: FoundSecurity | undefined;
  let level: Level | undefined;
  return {
    get: () => (existsSync(path) ? "tls" : found),
    level: () => level,
    set: (next, which) => {
      found = next;
      level = which;
      if (next !== "tls" || existsSync(path)) return;
      try {
        writeFileSync(path, `${JSON.stringify({ port: name })}\n`, { mode: 0o600 });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn(
          `${path} cannot be written (${reason}): after a restart the gateway will not know that ${name} speaks TLS`,
        );
      }
    },
  };
};
