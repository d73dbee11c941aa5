/** `npm run fleet-demo`: a whole fleet on this machine, which is gone afterwards. */
import { join } from "node:path";
import { become, ensureDashboard, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

const help = `npm run fleet-demo runs a fleet on this machine: PostgreSQL from Debian's packages in a folder of its own, virtual meters,
and processes that read, check and serve them. Ctrl-C ends all of it, and nothing stays.

  npm run fleet-demo                            2,000 meters, 3 processes
  npm run fleet-demo -- --meters 200            fewer meters
  npm run fleet-demo -- --workers 2             fewer processes
`;

if (process.argv.slice(2).some((word) => word === "--help" || word === "-h" || word === "help")) {
  process.stdout.write(help);
} else {
  orExplain(() => {
    const node = ensureNode();
    ensureDependencies();
    ensureDashboard(node);
    const main = join(root, "test", "support", "fleet-demo.ts");
    become(node, ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)]);
  });
}
