/** The output `prometheus`: the values of all meters at `/metrics` of a port of its own. */
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import { exposition } from "../../exports/exposition.ts";
import { allowedNetworks } from "../allowed-networks.ts";
import { announceIfAsked } from "../listening/announce.ts";
import { instanceOf } from "../listening/device-id.ts";
import { type Answering, listenHttp, notFound, onlyGet } from "../listening/http-server.ts";
import { hostOf } from "../listening/listening-settings.ts";
import { meterMetrics } from "./meter-metrics.ts";
import { type PrometheusSettings, prometheusPort } from "./prometheus-settings.ts";

const type = "text/plain; version=0.0.4; charset=utf-8";

export const openPrometheus =
  (settings: PrometheusSettings): Output["open"] =>
  async (context): Promise<RunningOutput> => {
    const host = hostOf(settings);
    const listening = await listenHttp({
      ...{ host, port: settings.port ?? prometheusPort, allows: allowedNetworks(settings.allow) },
      ...{ answer: answering(settings, context), log: context.log },
    });
    const [first] = context.points();
    // Several programs look for metrics by this type, and take the path of its text.
    const service = { name: instanceOf("meterport", first?.id), type: "prometheus-http", txt: { path: "/metrics" } };
    const takeBack = await announceIfAsked(settings, [service], { host, port: listening.port }, context.log).catch(
      async (error: unknown) => {
        await listening.close();
        throw error;
      },
    );
    return {
      ended: listening.ended,
      test: async () => `it listens on ${host} port ${listening.port}, and ${newestOf(context)}`,
      close: async () => {
        await Promise.all([takeBack(), listening.close()]);
      },
    };
  };

const answering =
  ({ energy = "joules", live_values = true }: PrometheusSettings, { points, sent }: OutputContext): Answering =>
  ({ path, method }) => {
    if (path !== "/metrics") return notFound;
    if (method !== "GET" && method !== "HEAD") return onlyGet;
    const all = points().map((point) => ({ point, live: point.live() }));
    const fresh = all.filter(({ live }) => live.quality !== "stale").length;
    if (fresh > 0) sent(fresh);
    return { status: 200, type, body: exposition(meterMetrics(all, { energy, liveValues: live_values })) };
  };

/** The newest of all values, for people. @throws Error with one sentence if no meter gives any */
const newestOf = ({ points, clock }: OutputContext): string => {
  const all = points();
  const fresh = all
    .map((point) => ({ id: point.id, live: point.live() }))
    .filter(({ live }) => live.quality !== "stale" && live.time !== null)
    .map(({ id, live }) => ({ id, time: Date.parse(live.time ?? "") }))
    .sort((a, b) => b.time - a.time);
  const [newest] = fresh;
  if (newest === undefined)
    throw new Error(
      all.length === 1
        ? `${all[0]?.id} gives no new values, so only meterport_meter_up is shown`
        : `each of its ${all.length} meters gives no new values, so only meterport_meter_up is shown`,
    );
  const age = Math.max(0, clock.wall() - newest.time) / 1000;
  const count = all.length === 1 ? "" : ` (${fresh.length} of ${all.length} meters give values)`;
  return `the newest value of ${newest.id} is ${age.toFixed(1)} s old${count}`;
};
