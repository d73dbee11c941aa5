/** `npm run api:accept`: writes the reports of the public entries to `test/api/`, after an intended change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiReports } from "./api-report.ts";
import { root } from "./sources.ts";

const folder = join(root, "test", "api");
mkdirSync(folder, { recursive: true });
for (const [name, report] of apiReports()) writeFileSync(join(folder, `${name}.txt`), report);
