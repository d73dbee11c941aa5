/** The proofs of journal entries, for outputs whose consumer keeps them. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Proof } from "@meterport/engine/model/proof";
import type { OutputContext } from "@meterport/engine/ports/output";

type History = OutputContext["history"];

/** Proofs asked of the store at a time. */
const askedAtOnce = 64;

/** The journal names no proofs: they are asked for, each by what it proves. Differences of registers have none. */
const proofOf = async (history: History, entry: JournalEntry): Promise<Proof | undefined> => {
  if (entry.kind === "interval") {
    const { point, channel, end, source } = entry.interval;
    if (source === "difference") return undefined;
    return (await history.intervalProof(point, channel, end))?.proof ?? undefined;
  }
  if (entry.kind === "register") {
    const { point, register, tier, time } = entry.register;
    const [state] = await history.registers(point, { register, tier, from: time, to: time + 1, limit: 1 });
    return state?.proof;
  }
  return undefined;
};

export const proofsOf = async (
  history: History,
  entries: readonly JournalEntry[],
): Promise<ReadonlyMap<JournalEntry, Proof | undefined>> => {
  const proofs = new Map<JournalEntry, Proof | undefined>();
  for (let from = 0; from < entries.length; from += askedAtOnce)
    await Promise.all(
      entries
        .slice(from, from + askedAtOnce)
        .map(async (entry) => void proofs.set(entry, await proofOf(history, entry))),
    );
  return proofs;
};
