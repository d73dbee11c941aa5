/** `npm run imports [-- PACKAGE]`: prints who imports whom as a Mermaid picture, of all packages or of the folders of one. */
import { join } from "node:path";
import { become, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  become(node, [join(root, "test", "support", "print-imports.ts"), ...process.argv.slice(2)]);
});
