/** `meterport children`: the meters behind the daemon's meters, and how old their values are. */
import type { ChildrenAnswer } from "@meterport/gateway/http/children/children";
import { toJson } from "../../format/json.ts";
import { spanText } from "../../format/moment.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { askDaemon, daemonAddress } from "../../options/ask-daemon.ts";
import type { ChildrenOptions } from "./options.ts";

type Child = ChildrenAnswer["children"][number];

const pageSize = "500";

const allChildren = async (
  { parent, medium, serial, ...where }: ChildrenOptions,
  io: Io,
): Promise<readonly Child[]> => {
  const address = await daemonAddress(where, io);
  const query = new URLSearchParams({ limit: pageSize });
  for (const [name, value] of Object.entries({ parent, medium, serial }))
    if (value !== undefined) query.set(name, value);
  const all: Child[] = [];
  for (;;) {
    const { children, next }: ChildrenAnswer = await askDaemon(io, address, `/api/v1/children?${query}`);
    all.push(...children);
    if (next === null || children.length === 0) return all;
    query.set("cursor", next);
  }
};

/** "volume_m3 1.5", the sums only. */
const valuesText = ({ values }: Child): string =>
  values
    .filter(({ tier }) => tier === 0)
    .map(({ register, value }) => `${register} ${value}`)
    .join(", ");

const rowOf = (child: Child): Row => [
  child.id,
  child.medium ?? "–",
  child.manufacturer ?? "–",
  child.state,
  child.age_s === null ? "never" : spanText(child.age_s),
  child.alarms.join(", "),
  valuesText(child),
];

/** @throws UsageError, GatewayError */
export const childrenCommand = async (options: ChildrenOptions, io: Io): Promise<Exit> => {
  const children = await allChildren(options, io);
  if (options.json === true) print(io, toJson({ children }));
  else if (children.length === 0) say(io, "the daemon knows no such meter behind its meters");
  else {
    const head = ["point", "medium", "maker", "link", "age", "alarms", "values"];
    io.stdout.write(alignedTable([head, ...children.map(rowOf)], { head: true, width: io.stdout.columns }));
  }
  return exit.done;
};
