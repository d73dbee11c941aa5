/** `npm run config:accept` writes the tables of keys into docs/configuration.md, which a test compares with the schema. */
import { join } from "node:path";
import { become, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  become(node, ["--disable-warning=ExperimentalWarning", join(root, "test/support/accept-config.ts")], { cwd: root });
});
