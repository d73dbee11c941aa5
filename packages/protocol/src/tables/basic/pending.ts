/** The pending twin of a table: what replaces it at a given time. Optical guide 1.1, pp. 10-12. */
import { at, struct, type Table, table } from "../../layout/index.ts";
import { firstPending } from "../identifiers.ts";
import { pendingEventFields } from "./pending-event.ts";

const pendingTables = 4096;

/**
 * Whether a table number is that of a pending table.
 *
 * @example
 * isPending(4150) // true
 */
export const isPending = (table: number): boolean => table >= firstPending && table < firstPending + pendingTables;

const descriptor = struct(pendingEventFields("H"));

/** Bytes of the descriptor, which every read and write of a pending table carries in front of its data. */
export const pendingDescriptorSize = 6;

/**
 * Declares the pending twin of `mirrored`, as a whole read brings it. A partial read counts its offset without the
 * descriptor and its length with it: 4 bytes from byte 3 on are offset 3 and count 10.
 *
 * The guides name no MEP key for pending tables: reading them is an attempt, and writing is left to the optical port. That is
 * what the access says, which is that of the MEP port.
 */
export const pending = <const Id extends string, const Title extends string, T, E>(
  id: Id,
  title: Title,
  mirrored: Table<string, T, E>,
) =>
  table(
    id,
    firstPending + mirrored.number,
    title,
    { read: "basic", write: "never" },
    {
      descriptor: at(0, descriptor, "When the table takes effect", { vci: "H" }),
      contents: at(pendingDescriptorSize, mirrored, "The table that will take effect", { vci: "H" }),
    },
  );
