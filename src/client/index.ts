/** The client of `WS /v1/converse`, published as `phiz/client`: for browsers and Node, without dependencies. */
export {
  connectConverse,
  ConverseClient,
  ConverseError,
  type ConverseListeners,
  type ConverseOptions,
  type SocketLike,
} from './client.js'
export * from './protocol.js'
