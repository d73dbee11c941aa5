/** What this installation is. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isCheckout } from "./config/system-files.ts";

/** The page is part of the published package; in a checkout it is built beside this package. */
export const dashboard = fileURLToPath(new URL(isCheckout ? "../../dashboard/dist" : "../dashboard", import.meta.url));

export const ownVersion = (): string => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
};
