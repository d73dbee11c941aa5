/** The dissector for Wireshark: the declarations as data, and the Lua that reads them. */
import { readFileSync } from "node:fs";
import { bridgePort } from "@meterport/protocol/capture/pcap/pcap-format";
import { type Profile, profileName } from "@meterport/protocol/layout/index";
import { responseCodes } from "@meterport/protocol/mep/frame/response-codes";
import { procedures } from "@meterport/protocol/procedures/index";
import { catalogue } from "@meterport/protocol/tables/catalogue";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { substituteTables } from "@meterport/protocol/tables/dimension-tables";
import { tables, tablesById } from "@meterport/protocol/tables/index";
import { dimensionsIn, layoutNode } from "./layout-nodes.ts";
import { type LuaValue, luaOf } from "./lua-value.ts";

/** Firmware that changed the factory dimensions. */
const releases: readonly Profile[] = [
  ...(
    [
      [2, 10],
      [2, 12],
      [3, 0],
      [3, 10],
      [3, 30],
      [3, 40],
      [3, 50],
      [3, 60],
      [3, 70],
      [4, 0],
      [4, 10],
      [4, 30],
    ] as const
  ).map((firmware): Profile => ({ family: "meter", firmware })),
  ...(
    [
      [1, 11],
      [1, 20],
      [1, 32],
    ] as const
  ).map((firmware): Profile => ({ family: "module", firmware })),
];

/** Every path, flattened: "ET11.deviceCount", "BT61.dataSets.0.channels". */
const flatten = (value: unknown, path: string, into: Map<string, number | boolean>): void => {
  if (typeof value === "number" || typeof value === "boolean") into.set(path, value);
  else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
    for (const [key, part] of Object.entries(value)) flatten(part, `${path}.${key}`, into);
};

const asked = (): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const table of tables) dimensionsIn(table, found);
  for (const { request, response } of procedures) {
    dimensionsIn(request, found);
    dimensionsIn(response, found);
  }
  return found;
};

/** The factory dimensions of a profile that layouts depend on. */
const dimensionsOf = (profile: Profile, wanted: ReadonlySet<string>): Map<string, number | boolean> => {
  const { profile: _, ...values } = defaultDimensions(profile);
  const all = new Map<string, number | boolean>();
  for (const [id, value] of Object.entries(values)) flatten(value, id, all);
  return new Map([...all].filter(([path]) => wanted.has(path.split(".").slice(0, 2).join("."))));
};

/** The first in full, the others by their differences from it. */
const profileData = (assumed: Profile, wanted: ReadonlySet<string>): LuaValue => {
  const base = dimensionsOf(assumed, wanted);
  return [assumed, ...releases].map((profile, i): LuaValue => {
    const own = dimensionsOf(profile, wanted);
    const differing = [...new Set([...base.keys(), ...own.keys()])]
      .filter((path) => i === 0 || own.get(path) !== base.get(path))
      .map((path) => [path, own.get(path) ?? "absent"] as const);
    const [major, minor] = profile.firmware;
    return { family: profile.family, major, minor, dims: Object.fromEntries(differing) };
  });
};

const tableData = (): LuaValue =>
  new Map(
    catalogue
      .filter(({ kind }) => kind === "table")
      .map(({ id, number, title }) => {
        const table = tablesById.get(id);
        return [number, { id, title, l: table === undefined ? undefined : layoutNode(table) }];
      }),
  );
const procedureData = (): LuaValue =>
  new Map(
    procedures.map(({ id, number, title, request, response }) => [
      number,
      { id, title, q: layoutNode(request), a: layoutNode(response) },
    ]),
  );

/** BT01 gives the firmware, the others give dimensions. */
const publisherData = (wanted: ReadonlySet<string>): LuaValue =>
  Object.fromEntries(
    ["BT01", ...Object.values(substituteTables).map(({ id }) => id), ...[...wanted].map(idOf)].map((id) => [id, true]),
  );
const idOf = (path: string): string => path.split(".")[0] as string;

const standInData = (): LuaValue =>
  Object.fromEntries(
    Object.entries(substituteTables).flatMap(([id, { id: by }]) => {
      const since = tablesById.get(id)?.since;
      return since === undefined
        ? []
        : [[by, { id, since: since as Readonly<Record<string, readonly [number, number]>> }]];
    }),
  );

const source = (name: string): string => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8").trim();

/** One file for Wireshark 4.0 or later; `assumed` is the profile until a meter reports its firmware. */
export const dissector = (assumed: Profile): string => {
  const wanted = asked();
  const names = new Map(responseCodes.map(({ code, name, meaning }) => [code, `${name}: ${meaning}`]));
  const data: readonly (readonly [name: string, value: LuaValue])[] = [
    ["default_profile", profileName(assumed)],
    ["default_ports", String(bridgePort)],
    ["response_names", names],
    ["profiles", profileData(assumed, wanted)],
    ["publishers", publisherData(wanted)],
    ["stand_ins", standInData()],
    ["tables", tableData()],
    ["procedures", procedureData()],
  ];
  return [
    "-- Wireshark dissector for the MEP port of NES/OSGP electricity meters, over TCP.",
    "-- Generated by Meterport (`meterport wireshark`) from the declarations that it reads meters with. Apache-2.0.",
    "",
    ...data.map(([name, value]) => `local ${name} = ${luaOf(value)}`),
    "",
    ...["fields", "dimensions", "walk", "data", "messages", "stream"].flatMap((part) => [source(part), ""]),
  ].join("\n");
};
