/** `npm start`: installs and builds what is missing, then runs the gateway with the arguments given. */
import { join } from "node:path";
import { become, ensureDashboard, ensureDependencies, ensureNode, orExplain, root } from "./setup.mjs";

const help = `npm start runs the gateway: it reads meters into a store and serves a page. Without a configuration it
reads a simulated household.

  npm start                            with .data/meterport.yaml, if that is there
  npm start -- --config FILE           with another configuration
  npm start -- --data FOLDER           with another data folder
  npm start -- --demo all              a simulated household with every face that listens; nothing of it stays

METERPORT_LINK and METERPORT_KEY name a single meter instead of a file, METERPORT_DATA the data folder,
METERPORT_HTTP_PORT the port (0 for a free one). docs/gateway.md has the rest.

Example:
  METERPORT_LINK=tcp://192.168.1.20:4059 METERPORT_KEY=@meter.key npm start
`;

if (process.argv.slice(2).some((word) => word === "--help" || word === "-h" || word === "help")) {
  process.stdout.write(help);
} else {
  orExplain(() => {
    const node = ensureNode();
    ensureDependencies();
    ensureDashboard(node);
    const main = join(root, "packages", "gateway", "src", "main.ts");
    become(node, ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)]);
  });
}
