/** Transactions that the guide prints as bytes. MEP guide 1.1, pp. 50-56. */
const read = (table: string, offset: string, count: string): string => `3f${table}${offset}${count}`;

/** pp. 50-51: one read of BT23, 44 bytes. */
export const single = {
  bytes: "1100000200" + "0800" + "3f001700000000" + "2c" + "0200",
  number: 2,
  messages: [read("0017", "000000", "002c")],
};

/** p. 52: six reads in one request. */
export const request = {
  bytes:
    "430000010008003f080b000000000a08003f0014000000000a08003f0015000000000a" +
    "08003f0804000037000108003f080e000000000c08003f080f000000001f0100",
  number: 1,
  messages: [
    read("080b", "000000", "000a"),
    read("0014", "000000", "000a"),
    read("0015", "000000", "000a"),
    read("0804", "000037", "0001"),
    read("080e", "000000", "000c"),
    read("080f", "000000", "001f"),
  ],
};

/** pp. 54-56: the six responses, 111 bytes. */
export const response = {
  bytes:
    "6f000101000d0000000a054224050605020103f90d0000000a3f0efd0f08100104081a0d0000000a3f0e0c0f08000104081a" +
    "0400000001040f0000000c000000000011010001042f00220000001f00420001000201450001000201480001000201" +
    "0300f80302014b00010002010100",
  number: 1,
  messages: [
    "00000a054224050605020103f9",
    "00000a3f0efd0f08100104081a",
    "00000a3f0e0c0f08000104081a",
    "00000104",
    "00000c000000000011010001042f00",
    "00001f0042000100020145000100020148000100020103" + "00f80302014b0001000201",
  ],
};
