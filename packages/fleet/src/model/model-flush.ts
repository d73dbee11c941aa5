/** How outboxes of a model are emptied into its database. */
import { kinds, type ModelState } from "./model-state.ts";
import { second } from "./model-times.ts";

const flushEvery = second;

/** A worker books within a second what it has read, as long as there is something. */
export const flushSoon = (model: ModelState, number: number): void => {
  const worker = model.holders.workers[number];
  if (worker === undefined || worker.flushes) return;
  worker.flushes = true;
  model.push(model.now + flushEvery, kinds.flush, number);
};

export const flush = (model: ModelState, number: number): void => {
  const worker = model.holders.workers[number];
  if (worker === undefined) return;
  worker.flushes = false;
  if (!worker.alive) return;
  if (model.database.back(model.now) === undefined) model.database.bookSome(worker, model.now);
  if (worker.outbox.size > 0) flushSoon(model, number);
};
