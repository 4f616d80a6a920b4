/** The one file that imports `ws`: whoever serves or speaks WebSocket takes the library from here. */
export { WebSocket, WebSocketServer, type RawData } from 'ws'
