/** `npm run pack`: builds the packages as they are published, and packs them into `dist/`. */
import { join } from "node:path";
import { become, ensureDashboard, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  ensureDashboard(node);
  // A Node that strips types, because that makes the JavaScript.
  become(node, [
    "--disable-warning=ExperimentalWarning",
    join(root, "scripts", "pack", "main.mjs"),
    join(root, "dist"),
  ]);
});
