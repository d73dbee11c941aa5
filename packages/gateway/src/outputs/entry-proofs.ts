/** The proofs of journal entries, for outputs whose consumer keeps them. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { Proof } from "@meterport/engine/model/proof";
import type { Store } from "@meterport/engine/ports/store";

type History = Pick<Store, "intervalProofs" | "registerProof">;
type Entry<K extends JournalEntry["kind"]> = Extract<JournalEntry, { readonly kind: K }>;

/** Questions that the store has at a time. */
const askedAtOnce = 64;

/** Intervals of a channel that may have proofs; differences of registers have none. */
const channelsIn = (entries: readonly JournalEntry[]): readonly (readonly Entry<"interval">[])[] => {
  const channels = new Map<string, Entry<"interval">[]>();
  for (const entry of entries) {
    if (entry.kind !== "interval" || entry.interval.source === "difference") continue;
    const name = `${entry.interval.point}\n${entry.interval.channel}`;
    const known = channels.get(name);
    if (known === undefined) channels.set(name, [entry]);
    else known.push(entry);
  }
  return [...channels.values()];
};

/**
 * The journal names no proofs: they are asked for by what they prove. Entries that share a proof get the same object, which is the quickest
 * way to see that it is the same.
 */
export const proofsOf = async (
  history: History,
  entries: readonly JournalEntry[],
): Promise<ReadonlyMap<JournalEntry, Proof>> => {
  const proofs = new Map<JournalEntry, Proof>();
  const ofChannel = async (some: readonly Entry<"interval">[]): Promise<void> => {
    const [
      {
        interval: { point, channel },
      },
    ] = some as readonly [Entry<"interval">];
    const shared = await history.intervalProofs(
      point,
      channel,
      some.map(({ interval }) => interval.end),
    );
    const byEnd = new Map(shared.flatMap(({ proof, ends }) => ends.map((end) => [end, proof] as const)));
    for (const entry of some) {
      const proof = byEnd.get(entry.interval.end);
      if (proof !== undefined) proofs.set(entry, proof);
    }
  };
  const ofRegister = async (entry: Entry<"register">): Promise<void> => {
    const proof = (await history.registerProof(entry.register.point, entry.register))?.proof;
    if (proof !== undefined && proof !== null) proofs.set(entry, proof);
  };
  const asks = [
    ...channelsIn(entries).map((some) => () => ofChannel(some)),
    ...entries.flatMap((entry) => (entry.kind === "register" ? [() => ofRegister(entry)] : [])),
  ];
  for (let from = 0; from < asks.length; from += askedAtOnce)
    await Promise.all(asks.slice(from, from + askedAtOnce).map((ask) => ask()));
  return proofs;
};
