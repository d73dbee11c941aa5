/** A face that is asked by HTTP: from the settings to a running output. */
import { connect } from "node:net";
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { allowedNetworks } from "../allowed-networks.ts";
import { type Announcement, type Announcing, announceIfAsked, type LoadCiao } from "./announce.ts";
import { type Answering, type HttpOptions, listenHttp, silence, type Upgrading } from "./http-server.ts";
import { hostOf, type ListeningSettings } from "./listening-settings.ts";
import { MeterOnShow } from "./meter-on-show.ts";

/** What a face says once it is open. */
export interface OpenFace {
  readonly answer: Answering;
  readonly upgrade?: Upgrading | undefined;
  readonly tls?: HttpOptions["tls"];
  readonly pair?: RunningOutput["pair"];
  /** Ends what is its own beside the port. */
  readonly close?: (() => Promise<void> | void) | undefined;
  /** Rejects if something of its own fails. */
  readonly ended?: Promise<never> | undefined;
  /** What clients find by mDNS. */
  readonly announcements?: readonly Announcement[] | undefined;
}

export interface HttpFace {
  readonly settings: ListeningSettings & Announcing;
  /** The port if none is configured. */
  readonly port: number;
  /** Milliseconds up to which a value is shown; if omitted as long as the gateway itself shows it. */
  readonly longest?: Millis | undefined;
  readonly open: (meter: MeterOnShow, context: OutputContext) => OpenFace | Promise<OpenFace>;
  /** Stands in for the import of the package. */
  readonly loadCiao?: LoadCiao | undefined;
}

/** Whether somebody listens there. */
const knock = (host: string, port: number, signal: Signal): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: host === "0.0.0.0" ? "127.0.0.1" : host });
    const stop = (): void => {
      socket.destroy();
      reject(new Error("the test was ended"));
    };
    signal.addEventListener("abort", stop);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });

const firstOf = (promises: readonly (Promise<never> | undefined)[]): Promise<void> =>
  Promise.race(promises.filter((promise) => promise !== undefined));

/** Opens the port, and what belongs to it. */
export const openHttpFace =
  (face: HttpFace): Output["open"] =>
  async (context): Promise<RunningOutput> => {
    const { settings } = face;
    const host = hostOf(settings);
    const meter = new MeterOnShow(context, face.longest);
    const own = await face.open(meter, context);
    const counting: Answering = (asked) => {
      const said = own.answer(asked);
      if (said !== silence && said.values === true) context.sent(1);
      return said;
    };
    const undo: (() => Promise<void> | void)[] = [() => own.close?.()];
    const close = async (): Promise<void> => {
      await Promise.allSettled(undo.map(async (end) => end()));
    };
    try {
      const listening = await listenHttp({
        ...{ host, port: settings.port ?? face.port, allows: allowedNetworks(settings.allow) },
        ...{ answer: counting, upgrade: own.upgrade, tls: own.tls, log: context.log },
      });
      undo.push(listening.close);
      const place = { host, port: listening.port };
      undo.push(await announceIfAsked(settings, own.announcements ?? [], place, context.log, face.loadCiao));
      return {
        ended: firstOf([listening.ended, own.ended]),
        test: async (signal) => {
          await knock(host, listening.port, signal);
          return `it listens on ${host} port ${listening.port}, and ${meter.look()}`;
        },
        pair: own.pair,
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  };
