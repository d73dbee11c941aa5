/**
 * Bytes of every documented table of a meter with firmware 3.70 and with firmware 4.30, worked out by hand from the
 * guides: without demand, 11 or 19 summations, 4 tiers, 12 self-reads, logs of 100, 50, 10 and 8 entries, and four load
 * profile data sets of 60 blocks with 96 intervals of 4 channels. `undefined`: the firmware does not have the table.
 */
export const printedSizes: Readonly<Record<string, readonly [number | undefined, number | undefined]>> = {
  // 19 and the sets that bytes 13 to 16 announce: 10, 13 (20), 2, 12, 10 and 13 (20).
  BT00: [79, 93],
  BT01: [24, 24],
  BT03: [13, 13],
  BT04: [53, 68],
  BT07: [3, 3],
  BT08: [4, 4],
  BT15: [17, 17],
  BT20: [10, 10],
  BT21: [10, 10],
  BT22: [11, 19],
  BT23: [220, 380],
  BT24: [226, 386],
  BT25: [226, 386],
  BT26: [2718, 4638],
  BT27: [55, 84],
  BT28: [220, 336],
  BT30: [10, 10],
  BT33: [63, 63],
  BT50: [9, 9],
  BT52: [7, 7],
  BT53: [6, 6],
  BT54: [808, 808],
  BT55: [9, 9],
  BT60: [31, 31],
  BT61: [31, 31],
  BT62: [52, 52],
  BT63: [52, 52],
  BT64: [110_460, 110_460],
  BT65: [110_460, 110_460],
  BT66: [110_460, 110_460],
  BT67: [110_460, 110_460],
  BT70: [9, 9],
  BT71: [9, 9],
  BT74: [1411, 1411],
  ET03: [143, 143],
  ET04: [123, 140],
  ET09: [657, 699],
  ET11: [32, 39],
  ET13: [330, 396],
  ET14: [186, 222],
  ET15: [221, 221],
  ET16: [2585, 3102],
  ET21: [524, 524],
  ET23: [186, 218],
  ET29: [20, 54],
  ET31: [2718, 4638],
  ET34: [110, 132],
  ET36: [121, 121],
  ET41: [930, 1570],
  ET42: [146, 146],
  ET45: [2106, 2106],
  ET46: [23, 23],
  ET47: [16, 16],
  ET50: [71, 142],
  ET51: [10, 20],
  ET52: [896, 896],
  ET53: [1785, 1785],
  ET54: [82, 150],
  ET55: [214, 237],
  ET57: [64, 64],
  ET58: [100, 120],
  ET59: [4, 4],
  ET61: [320, 320],
  ET62: [127, 149],
  ET66: [128, 128],
  ET70: [undefined, 156],
  ET71: [130, 130],
  ET74: [4209, 4209],
  ET75: [578, 642],
  ET79: [711, 711],
  ET80: [8, 8],
  ET81: [126, 126],
  ET85: [undefined, 4],
  ET89: [undefined, 68],
  ET90: [undefined, 20],
  ET97: [undefined, 125],
  BT4150: [814, 814],
  ET6191: [22, 22],
};

/** Where a factory meter differs from that: data set 2 has 30 blocks of 24 hours with 2 channels, sets 3 and 4 none. */
export const factoryLoadProfileSizes: Readonly<Record<string, number>> = {
  // One entry of 13 bytes for 4 channels, one of 7 for 2, and 1 for each set without channels.
  BT62: 22,
  BT65: 30 * 248,
  BT66: 0,
  BT67: 0,
};

/** Factory bytes on firmware 3.70 and 4.30, from the values that the guides print. */
export const factoryBytes: Readonly<Record<string, readonly [string, string]>> = {
  BT00: ["022A884E4553200200FF0C01000A0D020C0903", "022A884E4553200200FF0C01000A14020C0904"],
  BT20: ["3F0EFD0F081001080837", "3F0EFD13081001080854"],
  BT21: ["030C0C0B000000040037", "030C0C13000000040054"],
  BT30: ["01C203021E0001000000", "01C203021E0001000000"],
  BT50: ["03182C1917C8002803", "03182C1917C8002803"],
  BT60: [
    "8099010000 0C20 3A25A00510FF 3A25A00510FF 3A25A00510FF 3A25A00510FF",
    "8099010000 0C20 3A25A00510FF 3A25A00510FF 3A25A00510FF 3A25A00510FF",
  ],
  BT61: [
    "8099010000 0C20 3C006000040F 1E001800023C 000000000000 000000000000",
    "8099010000 0C20 3C006000040F 1E001800023C 000000000000 000000000000",
  ],
  BT71: ["060813020264000000", "060813020264000000"],
  ET11: [
    "0542240506050 28003F90619101603041111 0A0A4178060A0A10500A05010103",
    "0642240506050 28003F90619101603041111 0A0A4178060A0A10500A05010103 0607020AE20403",
  ],
  ET36: [
    `07 1F08E800FF00020000 0000000000000000 20080D02FF00080001 0000000000000000 26082300FF000A0000 0000000000000000
     29080000FF00000001 0000000000000000 2D080D02FD00040001 0000000000000000 4B088F00FD00000000 0000000000000000
     51080C00FD000A0000 0000000000000000 00`,
    `07 1F08E800FF00020000 0000000000000000 20080D02FF00080001 0000000000000000 26082300FF000A0000 0000000000000000
     29080000FF00000001 0000000000000000 2D080D02FD00040001 0000000000000000 4B089F00FD00000000 0000000000000000
     51080C00FD000A0000 0000000000000000 00`,
  ],
  // The rest is not printed.
  ET54: ["46 00", "C6 01"],
  ET90: ["", "320014024020200520202020202802 0A03C80017"],
};

/**
 * Factory entries of ET36 that are set otherwise: the guide's size of an entry of ET31 (232) is not what its fields come
 * to, and of ET41 and ET75 it gives no entries. Index of the log, then entry size and entries on 3.70 and 4.30.
 */
export const factoryLogs: Readonly<Record<number, readonly [size370: number, size430: number, entries: number]>> = {
  0: [226, 386, 12],
  3: [231, 391, 4],
  5: [143, 159, 4],
};
