/**
 * `npm run api` writes the reference of all public entries to docs/reference/api, and fails where a link leads nowhere.
 * `npm run api:accept` writes the reports that test/public-face.test.ts compares.
 */
import { join } from "node:path";
import { become, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  const program = process.argv.includes("--accept")
    ? ["test/support/accept-api.ts"]
    : ["node_modules/typedoc/bin/typedoc", "--treatWarningsAsErrors"];
  become(node, ["--disable-warning=ExperimentalWarning", join(root, program[0]), ...program.slice(1)], { cwd: root });
});
