import { ipcChannel } from './channel.js'
import { importProgram } from './import-program.js'
import { serve } from './serve.js'

/**
 * Entry of a child process. A terminal's Ctrl-C reaches the whole group of processes, a service manager's SIGTERM may
 * too: the parent decides when this process ends, after its running step, so both are left to it. A parent that is
 * gone closes the channel.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

serve(ipcChannel(process), importProgram)
