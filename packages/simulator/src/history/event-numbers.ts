/** The numbers of the events that a virtual meter logs, with their users and arguments. */

/** From 64 on the numbers are the manufacturer's: BT70 has 64 standard events. Whether real meters set bit 11 is not public. */
const manufacturer = 0x800;

/** Numbers to 35 as ANSI C12.19 has them, the others as the head-end's event table: the guides have none. */
export const eventNumber = {
  powerDown: 1,
  powerUp: 2,
  timeChangedFrom: 3,
  timeChangedTo: 4,
  procedureCalled: 9,
  tableWritten: 10,
  listPointersUpdated: 15,
  demandReset: 20,
  selfRead: 21,
  summerTimeOn: 22,
  summerTimeOff: 23,
  seasonChange: 24,
  tierSwitch: 27,
  pendingActivated: 28,
  pendingCleared: 29,
  coverRemoved: 47,
  reverseEnergy: 48,
  phaseLoss: manufacturer | 68,
  invalidPassword: manufacturer | 72,
  mbusAlarm: manufacturer | 81,
  mbusDiscoveryComplete: manufacturer | 82,
  deviceStatus: manufacturer | 96,
} as const;

/** Who was logged on when an event happened: nobody, the head-end by power line, a client on a MEP port. */
export const nobody = 0xffff;
export const powerLine = 0xfffe;
export const mepClient = 0xfffd;

export const powerUpCause = { powerFailure: 3, brownOut: 8 } as const;
export const list = { selfReads: 2, loadProfile: 3, eventLog: 8, all: 255 } as const;
export const deviceStatus = { commissioned: 0, removed: 4 } as const;
export const mbusAlarm = { billingReadDone: 0, newAlarm: 2 } as const;

/** The argument of an event of the device in a slot of ET14. */
export const deviceArgument = (slot: number, what: number): number => ((slot + 1) << 13) | what;
