import { LinkError } from "@meterport/protocol/errors";

/** Turns what a transport threw into a `LinkError`: `closed`, unless it already was one. */
export const asLinkError = (cause: unknown, name: string): LinkError => {
  if (cause instanceof LinkError) return cause;
  const detail = cause instanceof Error && cause.message !== "" ? cause.message : "the transport broke";
  return new LinkError("closed", name, detail, { cause });
};
