/** A WebSocket at the end of a server: the handshake, and a connection with limits. RFC 6455, section 4. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { closeFrame, endCodes, FrameReader, pongFrame, textFrame } from "./web-socket-frames.ts";

export interface WebSocketPeer {
  /** False if the connection is gone, or the client takes nothing any more. */
  readonly send: (text: string) => boolean;
  readonly close: () => void;
}

export interface WebSocketEvents {
  readonly text: (text: string) => void;
  readonly closed: () => void;
}

/** From section 1.3: a server shows with it that it knows the protocol. */
const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** A client that takes nothing is dropped before more than this waits for it. */
const mostWaiting = 64 << 10;

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
};

/** A page of another origin must not read through the browser of somebody who may. */
const isForeign = ({ headers }: IncomingMessage): boolean => {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
};

/**
 * Takes the connection over, or refuses it in words.
 *
 * @param open is called once it is open, before the first text that came with the handshake
 */
export const acceptWebSocket = (
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  open: (peer: WebSocketPeer) => WebSocketEvents,
): void => {
  const { headers, method } = request;
  const key = headers["sec-websocket-key"];
  if (
    method !== "GET" ||
    headers.upgrade?.toLowerCase() !== "websocket" ||
    headers["sec-websocket-version"] !== "13" ||
    key === undefined ||
    !/^[A-Za-z0-9+/]{22}==$/.test(key)
  ) {
    refuse(socket, "400 Bad Request");
    return;
  }
  if (isForeign(request)) {
    refuse(socket, "403 Forbidden");
    return;
  }
  const accept = createHash("sha1").update(`${key}${magic}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  const reader = new FrameReader();
  const write = (bytes: Uint8Array): boolean => {
    if (socket.destroyed || socket.writableEnded) return false;
    if (socket.writableLength > mostWaiting) {
      socket.destroy();
      return false;
    }
    socket.write(bytes);
    return true;
  };
  const end = (code: number): void => {
    if (!socket.destroyed && !socket.writableEnded) socket.end(closeFrame(code), () => socket.destroy());
  };
  const events = open({ send: (text) => write(textFrame(text)), close: () => end(endCodes.normal) });
  const take = (bytes: Uint8Array): void => {
    for (const received of reader.push(bytes)) {
      if (socket.destroyed || socket.writableEnded) return;
      if (received.kind === "text") events.text(received.text);
      else if (received.kind === "ping") write(pongFrame(received.bytes));
      else end(received.code);
    }
  };
  socket.on("data", take);
  socket.on("end", () => end(endCodes.normal));
  socket.once("close", events.closed);
  if (head.length > 0) take(head);
};
