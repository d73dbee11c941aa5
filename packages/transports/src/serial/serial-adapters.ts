/** The serial ports of this machine, and a USB adapter among them by its numbers, whatever path it has now. */
import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { type LoadPort, loadBinding } from "./serial-binding.ts";

/** Which adapter is meant: vendor and product as four hex digits, and the serial number where it has one. */
export interface AdapterId {
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
}

export interface SerialAdapter {
  /** "/dev/ttyUSB0", "COM3". */
  readonly path: string;
  /** Null for a port that is not on USB. */
  readonly vendor: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  /** Its own name for its maker. */
  readonly maker: string | null;
  /** Its own name for itself: "FT232R USB UART"; null where it has none, or the system does not tell. */
  readonly name: string | null;
  /** The link to use: by its numbers where it has some, so that it is found again under another path. */
  readonly link: string;
}

type Found = Omit<SerialAdapter, "link">;

/**
 * "0403:6001:A50285BI", as in a link; undefined for anything else.
 *
 * @example
 * parseAdapterId("0403:6001:A50285BI") // { vendor: "0403", product: "6001", serial: "A50285BI" }
 */
export const parseAdapterId = (text: string): AdapterId | undefined => {
  const [, vendor, product, quoted] = /^([0-9a-f]{4}):([0-9a-f]{4})(?::(.{1,200}))?$/i.exec(text) ?? [];
  if (vendor === undefined || product === undefined) return undefined;
  const numbers = { vendor: vendor.toLowerCase(), product: product.toLowerCase() };
  if (quoted === undefined) return numbers;
  try {
    return { ...numbers, serial: decodeURIComponent(quoted) };
  } catch {
    return undefined;
  }
};

/** "usb://0403:6001:A50285BI", however it was spelled. */
export const adapterName = ({ vendor, product, serial }: AdapterId): string =>
  `usb://${vendor}:${product}${serial === undefined ? "" : `:${encodeURIComponent(serial)}`}`;

const linkOf = ({ path, vendor, product, serial }: Found): string =>
  vendor === null || product === null ? path : adapterName({ vendor, product, ...(serial === null ? {} : { serial }) });

/** The first line of a small file of the kernel's, or null. */
const line = async (path: string): Promise<string | null> => {
  try {
    return (await readFile(path, "utf8")).split("\n")[0]?.trim() || null;
  } catch {
    return null;
  }
};

/** The kernel's own list, because containers have no udev to ask. */
const ofLinux = async (root: string): Promise<Found[]> => {
  const terminals = join(root, "class/tty");
  const found: Found[] = [];
  for (const name of (await readdir(terminals)).sort()) {
    const device = await realpath(join(terminals, name, "device")).catch(() => undefined);
    // Type 0 is a place where no chip is.
    if (device === undefined || (await line(join(terminals, name, "type"))) === "0") continue;
    let [folder, vendor] = [device, await line(join(device, "idVendor"))];
    while (vendor === null && folder.length > root.length + 1 && folder !== dirname(folder)) {
      folder = dirname(folder);
      vendor = await line(join(folder, "idVendor"));
    }
    const of = (file: string): Promise<string | null> =>
      vendor === null ? Promise.resolve(null) : line(join(folder, file));
    const [product, serial, maker, own] = await Promise.all(["idProduct", "serial", "manufacturer", "product"].map(of));
    found.push({
      path: `/dev/${name}`,
      vendor,
      product: product ?? null,
      serial: serial ?? null,
      maker: maker ?? null,
      name: own ?? null,
    });
  }
  return found;
};

const ofBinding = async (loadPort: LoadPort | undefined): Promise<Found[]> => {
  const ports = await (await loadBinding(loadPort)).autoDetect().list();
  return ports.map(({ path, vendorId, productId, serialNumber, manufacturer }) => ({
    path,
    vendor: vendorId?.toLowerCase() ?? null,
    product: productId?.toLowerCase() ?? null,
    serial: serialNumber ?? null,
    maker: manufacturer ?? null,
    name: null,
  }));
};

export interface ListOptions {
  readonly loadPort?: LoadPort | undefined;
  /** "/sys" on Linux. Null on other systems: then the packages for serial ports give the list. */
  readonly sys?: string | null | undefined;
}

/**
 * What this machine has, USB adapters first.
 *
 * @throws LinkError not-open if the system does not list its ports
 * @throws UsageError if that needs the packages for serial ports and they are not installed
 */
export const listAdapters = async (options: ListOptions = {}): Promise<readonly SerialAdapter[]> => {
  const { loadPort, sys = process.platform === "linux" ? "/sys" : null } = options;
  try {
    const found = await (sys === null ? ofBinding(loadPort) : ofLinux(await realpath(sys)));
    const listed = found.map((adapter) => ({ ...adapter, link: linkOf(adapter) }));
    return [...listed.filter(({ vendor }) => vendor !== null), ...listed.filter(({ vendor }) => vendor === null)];
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const detail = "the system does not list its serial ports; name the port by its path";
    throw new LinkError("not-open", "serial ports", detail, { cause });
  }
};

/**
 * The path that the adapter has now.
 *
 * @throws LinkError not-open if it is not plugged in, or if more than one matches
 * @throws UsageError as `listAdapters` does
 */
export const findAdapter = async (id: AdapterId, options?: ListOptions): Promise<string> => {
  const name = adapterName(id);
  const all = await listAdapters(options);
  const serial = id.serial?.toLowerCase();
  const fitting = all.filter(
    (adapter) =>
      adapter.vendor === id.vendor &&
      adapter.product === id.product &&
      (serial === undefined || adapter.serial?.toLowerCase() === serial),
  );
  const [only, ...more] = fitting;
  if (only === undefined) {
    const present = all.filter(({ vendor }) => vendor !== null).map(({ link, path }) => `${link} at ${path}`);
    const others = present.length === 0 ? "there is no USB adapter at all" : `found: ${present.join(", ")}`;
    throw new LinkError("not-open", name, `cannot open it: no such adapter is plugged in; ${others}`, {
      reason: "missing",
    });
  }
  if (more.length > 0) {
    const remedy = serial === undefined ? "add the serial number" : "take the path below /dev/serial/by-id";
    const paths = fitting.map(({ path }) => path).join(" and ");
    throw new LinkError("not-open", name, `cannot open it: ${paths} both have these numbers; ${remedy}`);
  }
  return only.path;
};
