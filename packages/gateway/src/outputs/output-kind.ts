/** What each kind of output gives to the gateway: its keys in the configuration, and how it is made of them. */
import type { Attempt, ReadKind } from "@meterport/engine/model/visit";
import type { Output } from "@meterport/engine/ports/output";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis, Signal, Transport } from "@meterport/protocol/ports";
import { z } from "zod";
import type { NamedFile } from "../settings/file-path.ts";
import { listUpTo, onOff, shown, slug } from "../settings/leaves.ts";
import type { SecretPlace } from "../settings/secret-value.ts";
import { setting } from "../settings/setting.ts";

/** A value of the configuration once it is read: secrets and files are found. */
export type Read<T> = T extends SecretPlace ? Secret : T extends NamedFile ? string : T;

/** The keys of an output once they are read. */
export type ReadSettings<S extends z.ZodObject> = {
  readonly [K in keyof z.output<S>]: Read<Exclude<z.output<S>[K], undefined>> | Extract<z.output<S>[K], undefined>;
};

/** Opens a link in the form of the configuration, at this speed if it can be set; `signal` gives it up. */
export type OpenLink = (link: string, signal: Signal, baudRate?: number) => Promise<Transport>;

export interface JournalPlace {
  readonly newest: number;
  readonly delivered: number;
}

/** What the daemon lends to outputs. */
export interface OutputParts {
  readonly openLink: OpenLink;
  /** The data folder, for an output that has to remember more than its position. */
  readonly data: string;
  /** Has a meter's load profile looked at again from a moment on; false if that meter is not read here. */
  readonly readAgain?: ((point: string, from: Millis) => boolean) | undefined;
  /** Reads some things of a meter now, and stores them; undefined if that meter is not read here. */
  readonly visit?:
    | ((point: string, reads: readonly ReadKind[]) => Promise<ReadonlyMap<ReadKind, Attempt>> | undefined)
    | undefined;
  /** Numbers of the journal: its newest change, and the one up to which an output has delivered it. */
  readonly journalOf?: ((output: string) => Promise<JournalPlace>) | undefined;
}

export interface OutputKind<S extends z.ZodObject = z.ZodObject> {
  /** Its name in the configuration, in addresses and in the log: "mqtt". */
  readonly name: string;
  readonly schema: S;
  /** Makes it. A library that it alone needs is loaded when it opens. */
  readonly create: (settings: ReadSettings<S>, parts: OutputParts) => Output;
}

/** A kind, whose keys are checked against what it makes of them. Only one that uses the parts need be given them. */
export const outputKind = <S extends z.ZodObject, C extends OutputKind<S>["create"]>(
  kind: Omit<OutputKind<S>, "create"> & { readonly create: C },
) => kind;

const mostPoints = 50_000;

/** The keys that every output has, with those of this one. All of them take effect by a reload. */
export const outputSchema = <S extends z.ZodRawShape>(own: S) =>
  z.strictObject({
    ...own,
    enabled: setting(onOff, {
      restart: false,
      text: "Whether it runs. What is off keeps its position, and delivers what it missed once it is on again.",
      aside: true,
      example: "off",
      fallback: "on",
    }).optional(),
    points: setting(listUpTo(shown(slug), mostPoints, "because a gateway has no more meters"), {
      restart: false,
      text: "The ids of the only meters that it sees.",
      aside: true,
      example: "[home]",
      fallback: "all",
    }).optional(),
  });
