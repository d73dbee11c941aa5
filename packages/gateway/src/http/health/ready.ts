/** `/ready`: whether the gateway has started and its store takes values. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Store, StoreStatus } from "@meterport/engine/ports/store";
import type { Context } from "hono";
import type { CompanionApi } from "../companion-api.ts";
import type { KeeperFigures } from "../metrics/daemon-metrics.ts";
import { readyRootRoute, readyRoute } from "./routes.ts";

export interface ReadyOptions {
  readonly store: Pick<Store, "status">;
  readonly started: () => boolean;
  readonly keeper?: (() => KeeperFigures) | undefined;
  readonly companion?: Pick<CompanionApi, "ready"> | undefined;
}

type StoreState = Pick<StoreStatus, "kind" | "state" | "problem">;

/** A store that does not even give its state fails. */
const stateOf = async (store: Pick<Store, "status">): Promise<StoreState> => {
  try {
    const { kind, state, problem } = await store.status();
    return { kind, state, problem };
  } catch {
    return { kind: "unknown", state: "failing", problem: "the store does not answer; the log has the reason" };
  }
};

export const addReady = (app: OpenAPIHono, { store, started, keeper, companion }: ReadyOptions): void => {
  const answer = async (c: Context) => {
    const state = await stateOf(store);
    const parts = companion?.ready().map((part) => ({ ...part, figures: { ...part.figures } }));
    const trouble = parts?.find((part) => !part.ready) ?? parts?.find((part) => part.problem !== null);
    const problem = started()
      ? (state.problem ?? keeper?.().problem ?? trouble?.problem ?? null)
      : "the gateway is starting";
    // A busy store takes values later; a replaced one takes them now.
    const ready = started() && state.state !== "failing" && (parts ?? []).every((part) => part.ready);
    const body = { ready, problem, store: state, ...(parts === undefined ? {} : { parts }) };
    return ready ? c.json(body, 200) : c.json(body, 503);
  };
  app.openapi(readyRoute, answer);
  app.openapi(readyRootRoute, answer);
};
