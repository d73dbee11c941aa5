/** Arguments and options of the commands that keep users and tokens. */

import type { Scope } from "@meterport/gateway/access/scope";
import { UsageError } from "@meterport/protocol/errors";
import { Option } from "commander";

const scopes = ["read", "operate", "admin"] as const satisfies readonly Scope[];

export const scopeOption = (fallback: string): Option =>
  new Option(
    "--scope <scope>",
    `read (values and history), operate (also changes how the gateway works) or admin (everything); by default ${fallback}`,
  ).choices(scopes);

/** @throws UsageError (`arguments`) if the action is unknown, or has a name too many or too few */
export const checkedAction = <A extends string>(
  command: string,
  actions: readonly A[],
  action: string,
  name: string | undefined,
): { readonly action: A; readonly name: string } => {
  const known = actions.find((each) => each === action);
  const list = actions.map((each) => `meterport ${command} ${each}${each === "list" ? "" : " NAME"}`).join(", ");
  if (known === undefined) throw new UsageError("arguments", `unknown action; the actions are ${list}`);
  if (known === "list" && name !== undefined)
    throw new UsageError("arguments", `meterport ${command} list takes no name: it lists all`);
  if (known !== "list" && name === undefined)
    throw new UsageError("arguments", `meterport ${command} ${known} needs a name: meterport ${command} ${known} NAME`);
  return { action: known, name: name ?? "" };
};
