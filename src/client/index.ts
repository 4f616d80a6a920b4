/** The client of `WS /v1/converse`, published as `phiz/client`: for browsers and Node, without dependencies. */
export { connectConverse, ConverseClient, type ConverseListeners, type ConverseOptions } from './client.js'
export { ConverseError } from './errors.js'
export * from './protocol.js'
export type { Resumption } from './resumption.js'
export type { SocketClass, SocketLike } from './socket-like.js'
