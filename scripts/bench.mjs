/** `npm run bench`: prints the figures of this machine. */
import { join } from "node:path";
import { become, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  become(node, ["--disable-warning=ExperimentalWarning", join(root, "bench", "all.ts")]);
});
