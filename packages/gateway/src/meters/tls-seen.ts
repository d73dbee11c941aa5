/** Which ports were once seen to speak TLS: a small file for each in the data folder, so that a restart forgets none. */
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FoundSecurity, SecurityMemory } from "@meterport/client/security/auto";
import type { Log } from "@meterport/engine/ports/log";
import type { Level } from "@meterport/protocol/mep/security/seal";

/**
 * The memory of one port, by its name. What is not TLS, and which key it was, is remembered until the process ends only. That the file exists is what
 * counts, so one that is damaged talks nobody down to RC4.
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
        log.warn(`${path} cannot be written (${reason}): after a restart nobody knows that ${name} speaks TLS`);
      }
    },
  };
};
