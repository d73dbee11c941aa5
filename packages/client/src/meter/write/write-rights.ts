/** What may be written at all: the table's access, and who controls a field. Sends nothing to find out. */
import { UsageError } from "@meterport/protocol/errors";
import type {
  Description,
  FieldDescription,
  KeyLevel,
  Leaf,
  Profile,
  ValueControl,
} from "@meterport/protocol/layout/index";
import { profileName } from "@meterport/protocol/layout/profile";
import { type AnyTable, writeLevel } from "@meterport/protocol/layout/table";
import type { Level } from "@meterport/protocol/mep/security/seal";
import { isPending } from "@meterport/protocol/tables/basic/pending";

type Keys = readonly (string | number)[];

/** @throws UsageError (`not-writable`) */
export const checkWritable = (writable: boolean, label: string): void => {
  if (!writable)
    throw new UsageError(
      "not-writable",
      `${label}: this connection only reads; connect(…, { writable: true }) permits it`,
    );
};

/** The owner states the level; if unknown, the meter decides. @throws UsageError (`key-level`) */
export const checkLevel = (needed: KeyLevel, level: Level | undefined, label: string): void => {
  if (needed === "advanced" && level === "basic")
    throw new UsageError("key-level", `${label}: this needs the advanced key (MAK), but the basic one (MBK) is in use`);
};

/** What is known about the caller and the meter. */
export interface Rights {
  readonly profile: Profile;
  readonly level: Level | undefined;
  /** Whether it goes through the optical port, which has other keys. */
  readonly optical: boolean;
}

/** Tables whose writes do more than store bytes, and what to use instead. */
const others: Readonly<Record<string, string>> = { BT07: "call a procedure", ET52: "run a transaction" };

/** @throws UsageError (`read-only`, `key-level`, `other-way`) */
export const checkTable = (table: AnyTable, { profile, level, optical }: Rights, label: string): void => {
  const other = others[table.id];
  if (other !== undefined) throw new UsageError("other-way", `${label}: ${table.id} is not written directly, ${other}`);
  // Pending tables are written through the optical port only (Optical guide 1.1, pp. 10-12).
  if (optical && isPending(table.number)) return;
  if (table.access.write === "never") throw new UsageError("read-only", `${label}: no key permits writing ${table.id}`);
  const needed = writeLevel(table, profile);
  if (needed === "never")
    throw new UsageError("read-only", `${label}: no key permits writing ${table.id} on ${profileName(profile)}`);
  checkLevel(needed, level, label);
};

/**
 * ET50 says "M" throughout, which on page 48 is "meter", but it is where MEP clients identify themselves and
 * put values for the display (MEP guide 1.1, pp. 22 and 130).
 */
const spaceOfClients = new Set(["ET50"]);

/**
 * Fields for which the guide's offsets contradict each other and a wrong one does harm: the flags of ET97 that make TLS
 * mandatory (MEP guide 1.1, p. 201) may be one byte further.
 */
const uncertain: Readonly<Record<string, readonly string[]>> = { ET97: ["securityLogIntervalAndTlsFlags"] };

/** Who controls the part at a path: from its field, else from the nearest field around it. */
export const controlOf = (description: Description, path: Keys): ValueControl | undefined => {
  let here: Description | undefined = description;
  let control: ValueControl | undefined;
  for (const key of path) {
    while (here?.kind === "when") here = here.inner;
    if (here?.kind === "array") here = here.element;
    else if (here?.kind === "struct") {
      const field: FieldDescription | undefined = here.fields.find(({ name }) => name === String(key));
      control = field?.meta.vci ?? control;
      here = field?.layout;
    } else return control;
  }
  return control;
};

/** Fixed, controlled by the meter, or set by the firmware. */
const notOurs: ReadonlySet<ValueControl | undefined> = new Set<ValueControl | undefined>(["F", "M", "P"]);

/** Why a leaf must not be changed; `undefined` if it may be. */
export type Objection = (leaf: Pick<Leaf, "path" | "reserved">) => string | undefined;

export const objections = (table: AnyTable): Objection => {
  const description = table.describe();
  return ({ path, reserved }) => {
    if (reserved) return "its meaning is not known";
    const keys = path.split(".");
    if (uncertain[table.id]?.some((name) => keys.includes(name)) === true)
      return "the guide contradicts itself about its place";
    if (spaceOfClients.has(table.id)) return undefined;
    return notOurs.has(controlOf(description, keys)) ? "the meter controls it" : undefined;
  };
};

/** Flags that the meter clears on its own: reading them again proves nothing. MEP guide 1.1, p. 134. */
export const clearsItself = (table: AnyTable, leaf: Pick<Leaf, "path">): boolean =>
  table.id === "ET51" && leaf.path.endsWith(".resetMepNow");
