/** Writes an import into the audit log: counts, since a list of meters may be long. */
import { audit } from "../audit/audit.ts";
import type { Run } from "../books/database.ts";
import type { SiteImport } from "./import-sites.ts";

/** For `afterwards` of an import; one that changes nothing is no deed. */
export const auditImport =
  (who: string, file: string) =>
  async (run: Run, { sitesAdded, added, changed, moved, keys }: SiteImport): Promise<void> => {
    const counts = { sites: sitesAdded, added: added.length, changed: changed.length, moved: moved.length, keys };
    if (Object.values(counts).some((count) => count > 0))
      await audit(run, { who, what: "import", about: { file, ...counts } });
  };
