/** `npm start`: installs and builds what is missing, then runs the gateway with the arguments given. */
import { join } from "node:path";
import { become, ensureDashboard, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

orExplain(() => {
  const node = ensureNode();
  ensureDependencies();
  ensureDashboard(node);
  const main = join(root, "packages", "gateway", "src", "main.ts");
  become(node, ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)]);
});
