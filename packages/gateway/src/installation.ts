/** What this installation is: a checkout, or the published package. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "./config/environment.ts";

/** The root of a checkout. */
const project = fileURLToPath(new URL("../../../", import.meta.url));
const isCheckout = existsSync(join(project, "tsconfig.base.json"));

/** The page is part of the published package; in a checkout it is built beside this package. */
export const dashboard = fileURLToPath(new URL(isCheckout ? "../../dashboard/dist" : "../dashboard", import.meta.url));

export const ownVersion = (): string => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
};

/** The data folder unless another is set: in a checkout beside the code, else the system's folder for such data. */
export const defaultData = (env: Environment): string =>
  isCheckout ? join(project, ".data") : join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "meterport");
