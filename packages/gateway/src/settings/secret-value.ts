/** Secrets in the configuration: as they are, or where they are. */
import { UsageError } from "@meterport/protocol/errors";
import { parseKey } from "@meterport/protocol/mep/security/key";
import type { z } from "zod";
import { text } from "./leaves.ts";
import { isSealed, sealedPrefix } from "./sealing.ts";
import { formed, secret } from "./setting.ts";

/** Where a secret is. What is in `text` is never printed: a function hides it from every printer. */
export type SecretPlace =
  | { readonly kind: "text"; readonly text: () => string }
  | { readonly kind: "sealed"; readonly text: () => string }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "credential"; readonly name: string };

const credentialPrefix = "@credential:";

/** systemd's rule for the names of credentials. */
const isCredentialName = (name: string): boolean => /^[A-Za-z0-9_.-]{1,255}$/.test(name) && !/^\.+$/.test(name);

const noName = "does not name a credential: letters, digits, dots, - and _ only";

export const credentialName = text.refine(isCredentialName, { error: noName });

/** A secret by `@file`, `@credential:NAME` or `sealed:…`; undefined for a secret as it is. */
const placeOf = (value: string, ctx: z.RefinementCtx): SecretPlace | undefined => {
  if (value.startsWith(credentialPrefix)) {
    const name = value.slice(credentialPrefix.length);
    if (!isCredentialName(name)) ctx.addIssue(`after ${credentialPrefix} ${noName}`);
    return { kind: "credential", name };
  }
  if (value.startsWith("@")) return { kind: "file", file: value.slice(1) };
  if (!value.startsWith(sealedPrefix)) return undefined;
  if (!isSealed(value)) ctx.addIssue("begins with sealed: but is not what `meterport config seal` prints");
  return { kind: "sealed", text: () => value };
};

/** Never quotes the value, which may be a key. */
export const keyValue = secret(
  formed(
    text.transform((value, ctx): SecretPlace => {
      const place = placeOf(value, ctx);
      if (place !== undefined) return place;
      try {
        parseKey(value);
      } catch (error) {
        ctx.addIssue(error instanceof UsageError ? error.message : "is not a key");
      }
      return { kind: "text", text: () => value };
    }),
    // Editors take a key of digits for a number.
    { type: ["string", "integer"] },
  ),
);

/** What is wrong with the address of a database; undefined if nothing is. The sentence quotes nothing: there may be a password in it. */
export const storeComplaint = (value: string): string | undefined => {
  const form = "must be an address like postgres://user@host:5432/database";
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value)) return form;
  return new URL(value).pathname.length > 1 ? undefined : `names no database: it ${form}`;
};

export const storeValue = secret(
  text.transform((value, ctx): SecretPlace => {
    const place = placeOf(value, ctx);
    if (place !== undefined) return place;
    const complaint = storeComplaint(value);
    if (complaint !== undefined) ctx.addIssue(complaint);
    return { kind: "text", text: () => value };
  }),
);

const longestSecret = 4_096;

/** A password or a token, of any form. Never quoted. */
export const secretText = secret(
  formed(
    text
      .min(1, "is empty: write the secret, @FILE or @credential:NAME")
      .max(longestSecret, `has more than ${longestSecret} characters, and no secret is longer`)
      .transform((value, ctx): SecretPlace => placeOf(value, ctx) ?? { kind: "text", text: () => value }),
    // Editors take a password of digits for a number.
    { type: ["string", "integer"] },
  ),
);
