/** `npm run bench`: prints the figures of this machine; `npm run bench -- optical` those of bench/optical.ts. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { become, ensureDependencies, ensureNode, orExplain, root, SetupError } from "./setup.mjs";

orExplain(() => {
  const folder = join(root, "bench");
  const [name = "all", ...more] = process.argv.slice(2);
  const file = join(folder, `${name.replace(/^bench\//, "").replace(/\.ts$/, "")}.ts`);
  if (!existsSync(file)) {
    const names = readdirSync(folder).flatMap((each) => /^(.*)\.ts$/.exec(each)?.[1] ?? []);
    throw new SetupError(`unknown figures "${name}"; known: ${names.join(", ")}`);
  }
  const node = ensureNode();
  ensureDependencies();
  become(node, ["--disable-warning=ExperimentalWarning", file, ...more]);
});
