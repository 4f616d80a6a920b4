/**
 * Loaded into a server that is looked at: answers each message of its parent with what lives in it after a collection.
 * Needs `--expose-gc` and a parent that listens.
 */
process.on('message', () => {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  const resources = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  process.send({ heapMiB: heapUsed / 2 ** 20, externalMiB: external / 2 ** 20, resources, listeners })
})
// Listening must not keep the server alive.
process.channel.unref()
