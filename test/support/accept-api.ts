/** `npm run api:accept`: writes the reports of the public entries to `test/api/`, and what is written from the HTTP API, after an intended change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writtenFromApi } from "./api-documents.ts";
import { apiReports } from "./api-report.ts";
import { root } from "./sources.ts";

const folder = join(root, "test", "api");
mkdirSync(folder, { recursive: true });
for (const [name, report] of apiReports()) writeFileSync(join(folder, `${name}.txt`), report);
for (const [path, text] of await writtenFromApi()) writeFileSync(join(root, path), text);
