/** `meterport alarms`: the active alarms of the meter and its devices. */

import { type Alarms, type DeviceAlarms, readAlarms } from "@meterport/client/readers/alarms";
import { hexByte } from "@meterport/protocol/digits";
import { toJson } from "../../format/json.ts";
import { plainMoment } from "../../format/moment.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import type { ReadOptions } from "../../options/shared-options.ts";

const deviceText = ({ slot, kind, handle, state }: DeviceAlarms): string =>
  `${kind === "mep" ? "MEP client" : "M-Bus device"} in slot ${slot}, handle ${handle}, ${state}`;

const rowsOf = ({ meter, devices }: Alarms): Row[] => [
  ...(meter?.alarms ?? []).map(({ name, key }): Row => ["meter", name, key]),
  ...(devices ?? []).flatMap((device): Row[] => {
    const where = deviceText(device);
    const read = device.statusRead === null ? "" : `status read ${plainMoment(device.statusRead)}, meter's clock`;
    const own: Row[] = device.ownAlarms === 0 ? [] : [[where, `its own alarms ${hexByte(device.ownAlarms)}`, read]];
    return [...device.alarms.map(({ name, key }): Row => [where, name, key]), ...own];
  }),
];

/** @throws UsageError, LinkError, ResponseError, LayoutError */
export const alarmsCommand = (options: ReadOptions, io: Io): Promise<Exit> =>
  withOpenMeter(options, io, async (meter) => {
    const alarms = await readAlarms(meter, { signal: io.interrupted });
    if (options.json === true) {
      print(io, toJson(alarms));
      return exit.done;
    }
    const paint = paintFor(io.stdout);
    const rows = rowsOf(alarms).map(
      ([where = "", name = "", key = ""]): Row => [
        where,
        { text: String(name), paint: (text) => paint("yellow", text) },
        { text: String(key), paint: (text) => paint("dim", text) },
      ],
    );
    if (rows.length > 0) io.stdout.write(alignedTable(rows, { width: paint.width }));
    else say(io, "no alarm is active");
    if (alarms.meter === null) say(io, "the meter does not give its own alarms (BT03) with this key");
    if (alarms.devices === null) say(io, "the meter does not give the alarms of its devices (ET14) with this key");
    return exit.done;
  });
