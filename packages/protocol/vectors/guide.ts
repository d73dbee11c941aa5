/** Frames that MEP guide 1.1 prints, as hexadecimal, with the page of the PDF. */

/** One printed exchange: both frames with length, sequence number and digest. */
export interface PrintedExchange {
  readonly name: string;
  /** Page of the PDF of MEP guide 1.1. */
  readonly page: string;
  readonly request: string;
  readonly response: string;
  /** False where the guide does not print the key, so that nobody can check the digest. */
  readonly keyKnown: boolean;
}

/** The key of every printed digest but the one of Appendix A (p. 21: sixteen bytes of 01). */
export const guideKey = "01010101010101010101010101010101";

/** Every exchange with RC4 authentication that the guide prints, in order of appearance. */
export const guideExchanges: readonly PrintedExchange[] = [
{ name: "resync, wrong number", page: "p. 21", request: "00143f0017000000002c0102030474861f6d7658dd56", response: "000d0c77635b9035863c1df5b91482", keyKnown: true },
{ name: "resync, right number", page: "p. 22", request: "00143f0017000000002c77635b9113db85a135a0575e", response: "003700002c0000000000000000000000000000000008000000030000000000000000000000000000000000000006000000addcb82c3d417f91", keyKnown: true },
{ name: "registration", page: "p. 23", request: "00154f083200001e00010177636e2f86e50e2667d1e63c", response: "00090086e50e2667d1e63c", keyKnown: true },
{ name: "transaction, write ET52", page: "pp. 51-53", request: "00574f08340000000043430000010008003f080b000000000a08003f0014000000000a08003f0015000000000a08003f0804000037000108003f080e000000000c08003f080f000000001f01005b4e42e6ed6a9ceff4cc0e39", response: "000900ed6a9ceff4cc0e39", keyKnown: true },
{ name: "transaction, head of ET53", page: "pp. 53-54", request: "00143f083500000000055b4e42e7489775dad853e3a3", response: "00100000056f00010100974b99caa3314519", keyKnown: true },
{ name: "transaction, all of ET53", page: "p. 54", request: "00143f0835000000006f5b4e42e81b3204497445a87a", response: "007a00006f6f000101000d0000000a054224050605020103f90d0000000a3f0efd0f08100104081a0d0000000a3f0e0c0f08000104081a0400000001040f0000000c000000000011010001042f00220000001f004200010002014500010002014800010002010300f80302014b00010002010100bfd4ebf2b7e01f43", keyKnown: true },
{ name: "EP17 remove device", page: "pp. 59-60", request: "0017400007000611080700f8035b4e4309697ab201497e9cf7", response: "000900697ab201497e9cf7", keyKnown: true },
{ name: "Appendix A, key not printed", page: "pp. 256 and 262", request: "00143f00340000000006f52f54817cff9a5347dbabfc", response: "00110000060402100f3b37303d9bbe3da3a8b6", keyKnown: false },
];

/**
 * The exchange "resync, right number" (p. 22) encrypted by the steps of Appendix B (p. 263). The guide prints no
 * ciphertext: these bytes were computed apart from this code base, from the pseudo-code alone.
 */
export const computedEncryption = {
  packetKey: "2d5804131b282bf2be9c8058d44cbc1a",
  encryptKey: "3e8381b22e887cacbe9c8058d44cbc1a",
  request: "00145445ec99f5cb4c265df268c113db85a135a0575e",
  response: "00377ac3796488726eb50b0bb93a2f4341c1417564930e6245801ad3089382512080f2fdab15c8e30cd32eca3f1798b2fbaddcb82c3d417f91",
} as const;
