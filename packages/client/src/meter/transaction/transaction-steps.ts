/** Steps of a transaction: what each sends to the meter, and what its answers mean. */
import { LayoutError, LinkError, UsageError } from "@meterport/protocol/errors";
import { type At, decode, type Path, type Procedure, place, type Table } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import { decodeResponse, encodeRequest, type TableRequest } from "@meterport/protocol/mep/frame/apdu";
import type { Signal } from "@meterport/protocol/ports";
import { mayBeRepeated } from "@meterport/protocol/procedures/repeatable";
import { BT07 } from "@meterport/protocol/tables/basic/bt07-procedure-initiate";
import { BT08 } from "@meterport/protocol/tables/basic/bt08-procedure-response";
import { tableIdOf } from "@meterport/protocol/tables/identifiers";
import { initiation, isAnswerTo, openResponse } from "../procedure/procedure-call.ts";
import type { ProcedureCaller } from "../procedure/procedure-caller.ts";
import type { ByteRange } from "../read/ranges.ts";
import { dataOf } from "../read/table-bytes.ts";
import type { ChangeableMeter } from "../write/changes.ts";
import { type FieldValue, type TableWriter, writeLabel } from "../write/table-writer.ts";

type Keys = readonly (string | number)[];

/** One step. Made by the `Steps` that a transaction provides. */
export interface Step<T> {
  /** @throws UsageError, LayoutError, LinkError, ResponseError */
  readonly layOut: (site: Site) => Promise<LaidStep>;
  /** Only for types. */
  readonly value?: T;
}

/** What a step needs to become requests. */
export interface Site {
  readonly meter: ChangeableMeter;
  readonly writer: TableWriter;
  readonly caller: ProcedureCaller;
  readonly signal: Signal | undefined;
}

/** A step as requests, and how to decode their responses. */
export interface LaidStep {
  readonly label: string;
  readonly requests: readonly TableRequest[];
  /** True if the places depend on the meter's dimensions. */
  readonly dimensioned: boolean;
  /** Decodes the data of the responses. @throws LayoutError, ProcedureError, LinkError */
  readonly open: (data: readonly Uint8Array[]) => unknown;
}

/** Makes the steps of a transaction. */
export interface Steps {
  read<T, E>(table: Table<string, T, E>): Step<T>;
  read<T, E, const P extends Path<T>>(table: Table<string, T, E>, path: P): Step<At<T, P>>;
  /** Bytes of a table, by its number if it is not declared. */
  readBytes(table: AnyTable | number, offset: number, count: number): Step<Uint8Array>;
  /** The same rules as for `meter.write`. */
  write<T, E>(table: Table<string, T, E>, value: T): Step<undefined>;
  write<T, E, const P extends Path<T>>(table: Table<string, T, E>, path: P, value: At<T, P>): Step<undefined>;
  /** Several fields of one table, like `meter.writeFields`. */
  writeFields(table: AnyTable, fields: readonly FieldValue[]): Step<undefined>;
  /** Only procedures that may be called twice: the meter runs an interrupted transaction again (MEP guide 1.1, p. 49). */
  call<Q, QE, R, RE>(procedure: Procedure<string, Q, QE, R, RE>, parameters: Q): Step<R>;
}

const until = (signal: Signal | undefined) => ({ signal });
const first = (data: readonly Uint8Array[]): Uint8Array => data[0] ?? new Uint8Array();

const read = (table: AnyTable, path: Keys = []): Step<never> => ({
  layOut: async ({ meter, signal }) => {
    const env = await meter.environment(table, until(signal));
    const part = place(table, path, env);
    return {
      label: `read ${[table.id, ...path].join(".")}`,
      requests: [{ kind: "read-at", table: table.number, offset: part.offset, count: part.length }],
      dimensioned: table.needs.length > 0,
      open: (data) => part.decode(exactly(first(data), part)),
    };
  },
});

const readBytes = (table: AnyTable | number, offset: number, count: number): Step<Uint8Array> => ({
  layOut: async () => {
    const [id, number] = typeof table === "number" ? [tableIdOf(table), table] : [table.id, table.number];
    return {
      label: `read ${id}`,
      requests: [{ kind: "read-at", table: number, offset, count }],
      dimensioned: false,
      open: (data) => exactly(first(data), { offset, length: count }),
    };
  },
});

const exactly = (data: Uint8Array, { offset, length }: ByteRange): Uint8Array => {
  if (data.length === length) return data;
  const code = data.length < length ? "truncated" : "trailing";
  throw new LayoutError(code, { path: "", offset }, `${length} bytes were requested, ${data.length} came`);
};

const writeFields = (table: AnyTable, fields: readonly FieldValue[]): Step<undefined> => ({
  layOut: async ({ writer, signal }) => {
    const label = writeLabel(table, fields);
    const options = { label, limit: Number.POSITIVE_INFINITY, rewrite: false, ...until(signal) };
    const { writes } = await writer.plan(table, fields, options);
    return {
      label,
      requests: writes.map((request) => ({ kind: "write-at", ...request })),
      dimensioned: table.needs.length > 0,
      open: () => undefined,
    };
  },
});

const responseHeader = 4;

const call = <Q, QE, R, RE>(procedure: Procedure<string, Q, QE, R, RE>, parameters: Q): Step<R> => ({
  layOut: async ({ caller, signal }) => {
    const label = `call ${procedure.id}`;
    if (!mayBeRepeated(procedure.number))
      throw new UsageError(
        "not-idempotent",
        `${label}: not in a transaction, which the meter runs again after a power failure`,
      );
    const body = await caller.body(procedure, parameters, signal);
    const table = await caller.responseTable(signal);
    const sequence = await caller.nextSequence(signal);
    const range = { offset: 0, length: body.length ?? responseHeader };
    return {
      label,
      requests: [
        { kind: "write", table: BT07.number, data: initiation(body, sequence) },
        { kind: "read-at", table: table.number, offset: 0, count: range.length },
      ],
      dimensioned: true,
      open: ([, data]) => {
        const response = decode(BT08, exactly(data ?? new Uint8Array(), range), {});
        if (isAnswerTo(body, sequence, response)) return openResponse(body, response);
        throw new LinkError("no-answer", label, `its response was not in ${table.id} yet when the transaction read it`);
      },
    };
  },
});

export const steps: Steps = {
  read,
  readBytes,
  write: (table: AnyTable, pathOrValue: unknown, value?: unknown) =>
    Array.isArray(pathOrValue)
      ? writeFields(table, [{ path: pathOrValue as Keys, value }])
      : writeFields(table, [{ path: [], value: pathOrValue }]),
  writeFields,
  call,
};

const isWrite = (request: TableRequest): request is Extract<TableRequest, { data: Uint8Array }> =>
  request.kind === "write" || request.kind === "write-at";

const bytesOf = (request: TableRequest): ByteRange => ({
  offset: request.kind === "read-at" || request.kind === "write-at" ? request.offset : 0,
  length: isWrite(request) ? request.data.length : (request.count ?? Number.POSITIVE_INFINITY),
});

const overlap = (a: TableRequest, b: TableRequest): boolean => {
  if (a.table !== b.table) return false;
  const [one, other] = [bytesOf(a), bytesOf(b)];
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
};

/**
 * A transaction may run twice: it must not read what it changes afterwards (MEP guide 1.1, p. 49). Values that share bytes
 * are refused, since each was planned without the other.
 *
 * @throws UsageError (`not-idempotent`, `overlap`)
 */
export const checkSteps = (laid: readonly LaidStep[]): void => {
  laid.forEach((later, i) => {
    for (const write of later.requests.filter((request) => isWrite(request) && request.table !== BT07.number))
      for (const earlier of laid.slice(0, i))
        for (const request of earlier.requests.filter((request) => overlap(request, write)))
          throw isWrite(request)
            ? new UsageError("overlap", `${earlier.label} and ${later.label} share bytes: write them as one value`)
            : new UsageError(
                "not-idempotent",
                `${earlier.label} before ${later.label}: run again after a power failure it would read the new value`,
              );
  });
};

/** Bytes of a step's responses in ET53 if the meter does as requested. */
export const responseSize = ({ requests }: LaidStep): number =>
  requests.reduce((sum, request) => sum + 2 + (isWrite(request) ? 1 : 3 + bytesOf(request).length), 0);

export const writtenTables = ({ requests }: LaidStep): number[] => requests.filter(isWrite).map(({ table }) => table);
export const messagesOf = ({ requests }: LaidStep): Uint8Array[] => requests.map(encodeRequest);

/** The value of a step from its response messages. @throws ResponseError, LayoutError, ProcedureError, LinkError */
export const openStep = ({ requests, label, open }: LaidStep, messages: readonly Uint8Array[]): unknown =>
  open(requests.map((request, i) => dataOf(decodeResponse(messages[i] ?? new Uint8Array(), request.kind), label)));
