import { LinkError } from "@meterport/protocol/errors";

/** What a transport threw, as the error that it ought to have been: `closed`, unless it was a `LinkError` already. */
export const asLinkError = (cause: unknown, name: string): LinkError => {
  if (cause instanceof LinkError) return cause;
  const detail = cause instanceof Error && cause.message !== "" ? cause.message : "the transport broke";
  return new LinkError("closed", name, detail, { cause });
};
