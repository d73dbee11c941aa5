/** `npm run config:accept` writes the tables of keys into docs/configuration.md, and docs/vee.md; tests compare both with the code. */
import { join } from "node:path";
import { become, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  become(node, ["--disable-warning=ExperimentalWarning", join(root, "test/support/accept-config.ts")], { cwd: root });
});
